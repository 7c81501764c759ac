// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/pictures.h"

#include "engine/base/result.h"
#include "engine/trace/recording_reader.h"
#include "views/models/batch_sink.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"
#include "views/survival_map.h"

#include <QApplication>
#include <QImage>
#include <QPainter>

#include <algorithm>
#include <cstring>
#include <memory>

namespace {

using namespace kvprism;
using namespace kvprism::views;

constexpr int pictureWidth = 1600;
constexpr int headHeight = 10 * grid;
constexpr int mapHeight = 640;

// Qt's own words (a missing runtime folder, a font that it replaces) are not for people who asked for a picture.
class QuietQt {
  public:
    QuietQt() : m_before(qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {})) {}
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

QString settingsLine(const trace::Run& run) {
    QStringList parts{QString::fromStdString(run.model.name)};
    for (const char* name : {"method", "mode", "scoring", "seed"})
        for (const trace::Setting& setting : run.config)
            if (setting.name == name)
                parts << QStringLiteral("%1 %2").arg(QLatin1String(name),
                                                     QString::fromStdString(setting.value));
    parts << QStringLiteral("budget %1 of %2 tokens").arg(grouped(run.budget), grouped(run.streamTokens()));
    parts << QStringLiteral("blocks of %1").arg(grouped(run.blockSize));
    parts << QStringLiteral("anchors %1, window %2").arg(grouped(run.anchors), grouped(run.window));
    parts.removeAll(QString());
    return parts.join(QStringLiteral("  ·  "));
}

void drawHead(QPainter& painter, const trace::Run& run, const QPalette& palette) {
    const Shades& shades = shadesOf(palette);
    const QRect line(6 * grid, 2 * grid, pictureWidth - 8 * grid, 3 * grid);
    QString title = QString::fromStdString(run.document.name);
    const QString question = QString::fromStdString(run.question).simplified();
    if (!question.isEmpty())
        title += (title.isEmpty() ? QString() : QStringLiteral(" – ")) + question;
    if (title.isEmpty())
        title = QStringLiteral("Survival map");
    painter.setFont(textFont(TextSize::large, QFont::DemiBold));
    painter.setPen(shades.text);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(title, Qt::ElideRight, line.width()));
    painter.setFont(numberFont(TextSize::small));
    painter.setPen(shades.quietText);
    painter.drawText(line.translated(0, 3 * grid), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(settingsLine(run), Qt::ElideRight, line.width()));
}

Status drawSurvivalMap(const std::string& recording, const std::string& pngPath) {
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

    SurvivalMap map(&model, &navigator);
    map.setFocusPolicy(Qt::NoFocus);
    map.resize(pictureWidth, mapHeight);
    QImage image(pictureWidth, headHeight + mapHeight + grid, QImage::Format_RGB32);
    image.fill(shadesOf(map.palette()).panel);
    QPainter painter(&image);
    drawHead(painter, *model.run(), map.palette());
    map.render(&painter, QPoint(0, headHeight));
    painter.end();
    if (!image.save(QString::fromStdString(pngPath), "PNG"))
        return ioError("The picture could not be written to " + pngPath +
                       "; check that its folder exists and has room.");
    return {};
}

} // namespace

int kvprism_draw_survival_map(const char* recording, const char* pngPath, char* message, int messageSize) {
    const QuietQt quiet;
    const Status status = drawSurvivalMap(recording, pngPath);
    if (message && messageSize > 0) {
        const std::string text = status ? std::string() : status.error().message;
        const std::size_t length = std::min(text.size(), static_cast<std::size_t>(messageSize) - 1);
        std::memcpy(message, text.data(), length);
        message[length] = '\0';
    }
    return status ? 0 : static_cast<int>(status.error().code);
}
