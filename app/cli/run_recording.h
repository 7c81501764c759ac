// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/loaded_engine.h"
#include "engine/trace/recording_writer.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace kvprism::cli {

struct RecordOptions {
    std::string path; // empty: a new file in the runs folder
    bool off = false;
    bool withoutText = false;
};

// --record, --no-record, --without-text. `options` must outlive the parsing.
void bindRecordOptions(CLI::App& app, RecordOptions& options);

// loadEngineWith for runs that are recorded, with progress on standard error: fails (io) before anything is
// loaded where no recording can be written, and says so where one will be replaced.
Result<LoadedEngine> loadEngineToRecord(const ModelRequest& request, const RecordOptions& options, bool quiet,
                                        Interrupt& interrupt);

// The recording of one run. That it fails must not cost the answer: the failure is kept until finish().
class RunRecording {
  public:
    // With --without-text a new file's name does not tell the document's either.
    RunRecording(const RecordOptions& options, std::string_view documentName);

    trace::TraceSink* sink() { return m_writer.get(); } // nullptr: nothing is recorded
    const std::string& path() const { return m_path; }  // empty where nothing is recorded
    Status status() const;                              // the first failure, if there was one
    Status finish();                                    // closes the file; the same

  private:
    std::string m_path;
    std::unique_ptr<trace::RecordingWriter> m_writer;
    Status m_status;
};

} // namespace kvprism::cli
