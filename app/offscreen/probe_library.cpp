// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/offscreen/probe_library.h"

#include "engine/trace/recording_reader.h"
#include "app/offscreen/explorer_probe.h"
#include "views/library_application.h"
#include "views/models/batch_sink.h"

#include <QElapsedTimer>

#include <string>

namespace {

using namespace kvprism;
using namespace kvprism::views;

double millisecondsOf(const QElapsedTimer& clock) {
    return static_cast<double>(clock.nsecsElapsed()) * 1e-6;
}

Status fill(TraceModel& model, const std::string& recording) {
    auto reader = trace::RecordingReader::open(recording);
    if (!reader)
        return reader.error();
    BatchSink sink;
    if (Status status = (*reader)->replay(sink); !status)
        return status;
    model.append(sink.batch);
    if (!model.run() || model.stepCount() == 0)
        return malformed("The recording " + recording + " holds no step, so there is nothing to measure.");
    return {};
}

Status measure(const tables::ExplorerProbeRequest& request) {
    LibraryApplication application;
    if (Status status = application.prepare(); !status)
        return status;
    TraceModel model;
    Navigator navigator;
    bindExtent(&model, &navigator);
    QElapsedTimer clock;
    clock.start();
    if (Status status = fill(model, request.recording); !status)
        return status;
    const double filled = millisecondsOf(clock);
    ExplorerProbe probe(&model, &navigator, {request.width, request.height}, request.seed);
    request.opened(request.context, filled, millisecondsOf(clock));
    for (const ExplorerProbe::Action& action : ExplorerProbe::actions()) {
        probe.begin(action);
        for (int event = 0; event < request.repeats; ++event) {
            if (!request.mayGoOn(request.context))
                return interrupted("The measurement was stopped.");
            if (const auto ms = probe.measure(action))
                request.measured(request.context, action.name, *ms);
        }
        probe.end();
    }
    return {};
}

} // namespace

int kvprism_measure_explorer(const tables::ExplorerProbeRequest* request, char* message, int messageSize) {
    const QuietQt quiet;
    return statusOf(measure(*request), message, messageSize);
}
