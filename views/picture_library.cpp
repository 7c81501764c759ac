// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/picture_library.h"

#include "engine/base/result.h"
#include "engine/tables/tables.h"
#include "engine/trace/recording_reader.h"
#include "views/models/batch_sink.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/style.h"
#include "views/view_export.h"

#include <QApplication>

#include <algorithm>
#include <cstring>
#include <memory>

namespace {

using namespace kvprism;
using namespace kvprism::views;

// Qt's own words (a missing runtime folder, a font that it replaces) are not for people who asked for a
// picture.
class QuietQt {
  public:
    QuietQt()
        : m_before(qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {})) {}
    QuietQt(const QuietQt&) = delete;
    QuietQt& operator=(const QuietQt&) = delete;
    ~QuietQt() { qInstallMessageHandler(m_before); }

  private:
    QtMessageHandler m_before;
};

// An application of our own for as long as the picture takes, where the process has none.
class ApplicationGuard {
  public:
    Status prepare() {
        if (qobject_cast<QApplication*>(QCoreApplication::instance()))
            return {};
        if (QCoreApplication::instance())
            return unavailable(
                "Pictures need a QApplication, and this process runs another kind of Qt application; "
                "draw the picture from the command line or the window.");
        qputenv("QT_QPA_PLATFORM", "offscreen");
        m_application = std::make_unique<QApplication>(m_argumentCount, m_arguments);
        applyStyle(*m_application, Scheme::light);
        return {};
    }

  private:
    int m_argumentCount = 1;
    char m_name[8] = "kvprism";
    char* m_arguments[2] = {m_name, nullptr};
    std::unique_ptr<QApplication> m_application;
};

Status place(Navigator& navigator, const TraceModel& model, const tables::PictureRequest& request) {
    const tables::StoreSource source(model.store());
    tables::Selection wanted;
    if (request.step >= 0)
        wanted.step = request.step;
    if (request.token >= 0)
        wanted.token = request.token;
    if (const Status there = tables::checkSelection(source, wanted); !there)
        return there;
    if (wanted.step)
        navigator.setStep(*wanted.step);
    if (wanted.token)
        navigator.lock(*wanted.token, false);
    return {};
}

Status drawView(const tables::PictureRequest& request) {
    const std::string recording = request.recording;
    auto reader = trace::RecordingReader::open(recording);
    if (!reader)
        return reader.error();
    BatchSink sink;
    if (Status status = (*reader)->replay(sink); !status)
        return status;
    ApplicationGuard application;
    if (Status status = application.prepare(); !status)
        return status;
    TraceModel model;
    Navigator navigator;
    bindExtent(&model, &navigator);
    model.append(sink.batch);
    if (!model.run())
        return malformed("The recording " + recording + " holds no run, so there is nothing to draw.");
    if (const Status placed = place(navigator, model, request); !placed)
        return placed;
    ViewExport what;
    what.view = QString::fromUtf8(request.view);
    what.path = QString::fromUtf8(request.output);
    what.width = request.width;
    what.height = request.height;
    what.scale = request.scale;
    what.scheme = request.dark ? Scheme::dark : Scheme::light;
    what.withData = request.withData;
    what.recording = QString::fromStdString(recording);
    return exportView(model, navigator, what);
}

} // namespace

int kvprism_draw_view(const tables::PictureRequest* request, char* message, int messageSize) {
    const QuietQt quiet;
    const Status status = drawView(*request);
    if (message && messageSize > 0) {
        const std::string text = status ? std::string() : status.error().message;
        const std::size_t length = std::min(text.size(), static_cast<std::size_t>(messageSize) - 1);
        std::memcpy(message, text.data(), length);
        message[length] = '\0';
    }
    return status ? 0 : static_cast<int>(status.error().code);
}
