// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_recording.h"

#include "app/cli/places.h"

namespace kvprism::cli {

namespace {

// An error (io) where the run cannot be recorded. `replaces` is told whether a recording is there.
Status checkTarget(const RecordOptions& options, bool* replaces) {
    *replaces = false;
    if (options.off)
        return {};
    std::string path = options.path;
    if (path.empty()) {
        const auto fresh = newRunPath("run", ".kvtrace");
        if (!fresh)
            return fresh.error();
        path = *fresh;
    }
    const Status may = trace::mayRecordAt(path);
    if (!may)
        return ioError(may.error().message);
    *replaces = trace::isRecording(path);
    return {};
}

} // namespace

void bindRecordOptions(CLI::App& app, RecordOptions& options) {
    const std::string group = "Recording";
    CLI::Option* record = app.add_option("--record", options.path, "Where the run is recorded")
                              ->type_name("F.kvtrace")
                              ->default_str("a new file in the user's data folder")
                              ->group(group);
    CLI::Option* off = app.add_flag("--no-record", options.off, "Record nothing")->group(group);
    app.add_flag("--without-text", options.withoutText,
                 "Leave every text out of the recording: only positions, counts and scores stay")
        ->excludes(off)
        ->group(group);
    record->excludes(off);
}

Result<LoadedEngine> loadEngineToRecord(const ModelRequest& request, const RecordOptions& options, bool quiet,
                                        Interrupt& interrupt) {
    bool replaces = false;
    if (const Status recordable = checkTarget(options, &replaces); !recordable)
        return recordable.error();
    Narrator narrator({.quiet = quiet}, [] {});
    if (replaces)
        narrator.notice("the recording " + options.path + " will be replaced.");
    return loadEngineWith(request, &narrator, interrupt);
}

RunRecording::RunRecording(const RecordOptions& options, std::string_view documentName) {
    if (options.off)
        return;
    std::string path = options.path;
    if (path.empty()) {
        auto fresh = newRunPath(options.withoutText ? "run" : documentName, ".kvtrace");
        if (!fresh) {
            m_status = fresh.error();
            return;
        }
        path = std::move(fresh).value();
    }
    auto writer = trace::RecordingWriter::create(path, {.withoutText = options.withoutText});
    if (!writer) {
        m_status = ioError(writer.error().message); // whatever the reason: the run goes on without it
        return;
    }
    m_writer = std::move(writer).value();
    m_path = std::move(path);
}

Status RunRecording::status() const {
    return m_writer && !m_writer->status() ? m_writer->status() : m_status;
}

Status RunRecording::finish() {
    m_status = status();
    m_writer.reset();
    return m_status;
}

} // namespace kvprism::cli
