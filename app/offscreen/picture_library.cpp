// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/offscreen/picture_library.h"

#include "engine/base/result.h"
#include "engine/tables/tables.h"
#include "engine/trace/recording_reader.h"
#include "views/library_application.h"
#include "views/models/batch_sink.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/style.h"
#include "views/view_export.h"

namespace {

using namespace kvprism;
using namespace kvprism::views;

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
    LibraryApplication application;
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
    return statusOf(drawView(*request), message, messageSize);
}
