// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/offscreen/picture_library.h"

#include "engine/base/result.h"
#include "engine/tables/needle.h"
#include "engine/tables/tables.h"
#include "engine/trace/recording_reader.h"
#include "views/library_application.h"
#include "views/models/batch_sink.h"
#include "views/models/navigator.h"
#include "views/models/run_comparison.h"
#include "views/models/trace_model.h"
#include "views/style.h"
#include "views/view_export.h"

#include <optional>

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

// A recording as the views read it.
Result<TraceBatch> readRun(const std::string& recording) {
    auto reader = trace::RecordingReader::open(recording);
    if (!reader)
        return reader.error();
    BatchSink sink;
    if (Status status = (*reader)->replay(sink); !status)
        return status.error();
    if (!sink.batch.run)
        return malformed("The recording " + recording + " holds no run, so there is nothing to draw.");
    return std::move(sink.batch);
}

Result<std::vector<Navigator::TokenRange>> needlesOf(const TraceModel& model,
                                                     const tables::PictureRequest& request) {
    tables::NeedleNames names;
    names.words.assign(request.needles, request.needles + request.needleCount);
    names.tokens = request.needleTokens ? request.needleTokens : "";
    const auto found = tables::findNeedles(*model.run(), names);
    if (!found)
        return found.error();
    std::vector<Navigator::TokenRange> needles;
    for (const tables::Needle& needle : *found)
        needles.push_back({needle.first, needle.last});
    return needles;
}

ViewExport wantedOf(const tables::PictureRequest& request) {
    ViewExport what;
    what.view = QString::fromUtf8(request.view);
    what.path = QString::fromUtf8(request.output);
    what.width = request.width;
    what.height = request.height;
    what.scale = request.scale;
    what.scheme = request.dark ? Scheme::dark : Scheme::light;
    what.withData = request.withData;
    what.recording = QString::fromUtf8(request.recording);
    what.with = QString::fromUtf8(request.with);
    return what;
}

Status drawView(const tables::PictureRequest& request) {
    const auto shown = readRun(request.recording);
    if (!shown)
        return shown.error();
    std::optional<TraceBatch> beside;
    if (request.with) {
        auto read = readRun(request.with);
        if (!read)
            return read.error();
        beside = std::move(*read);
    }
    LibraryApplication application;
    if (Status status = application.prepare(); !status)
        return status;
    TraceModel model, other;
    Navigator navigator;
    bindExtent(&model, &navigator);
    model.append(*shown);
    RunComparison comparison(&model);
    if (const Status placed = place(navigator, model, request); !placed)
        return placed;
    ViewExport what = wantedOf(request);
    if (beside) {
        other.append(*beside);
        comparison.setOther(&other);
        what.comparison = &comparison;
    }
    auto needles = needlesOf(model, request);
    if (!needles)
        return needles.error();
    what.needles = std::move(*needles);
    return exportView(model, navigator, what);
}

} // namespace

int kvprism_draw_view(const tables::PictureRequest* request, char* message, int messageSize) {
    const QuietQt quiet;
    return statusOf(drawView(*request), message, messageSize);
}
