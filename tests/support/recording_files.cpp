// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/recording_files.h"

#include "engine/trace/recording_reader.h"
#include "engine/trace/recording_writer.h"

namespace kvprism::test {

using namespace trace;

void play(const TraceStore& store, TraceSink& sink, std::size_t steps, bool ends) {
    sink.runStarted(std::make_shared<Run>(*store.run()));
    for (std::size_t i = 0; i < steps; ++i) {
        sink.stepPlanned(store.steps()[i]);
        if (i < store.applied().size())
            sink.stepApplied(store.applied()[i]);
    }
    if (!ends)
        return;
    for (const auto& answer : store.answers())
        sink.answered(answer);
    if (store.end())
        sink.runEnded(*store.end());
}

Status writeRecording(const TraceStore& store, const std::string& file, bool withoutText) {
    auto writer = RecordingWriter::create(file, {.withoutText = withoutText});
    if (!writer)
        return writer.error();
    play(store, **writer, store.steps().size(), true);
    return (*writer)->status();
}

Result<TraceStore> readRecording(const std::string& file) {
    const auto reader = RecordingReader::open(file);
    if (!reader)
        return reader.error();
    TraceStore store;
    const Status replayed = (*reader)->replay(store);
    if (!replayed)
        return replayed.error();
    return store;
}

Result<TraceStore> readChecked(const std::string& file) {
    const Status checked = checkRecording(file);
    if (!checked)
        return checked.error();
    return readRecording(file);
}

} // namespace kvprism::test
