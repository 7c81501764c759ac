// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

// Whether the run can be recorded where it was asked for, to be looked at before a model is loaded: an error
// (io) where it cannot. `replaces` is told whether a recording is there that the run will replace.
Status checkRecording(const RecordOptions& options, bool* replaces);

// The recording of one run. That it fails must not cost the answer: the failure is kept until finish().
class RunRecording {
  public:
    // With --without-text a new file's name does not tell the document's either.
    RunRecording(const RecordOptions& options, std::string_view documentName);

    trace::TraceSink* sink() { return m_writer.get(); } // nullptr: nothing is recorded
    const std::string& path() const { return m_path; }  // empty where nothing is recorded
    // Closes the file. The first failure, if there was one.
    Status finish();

  private:
    std::string m_path;
    std::unique_ptr<trace::RecordingWriter> m_writer;
    Status m_status;
};

} // namespace kvprism::cli
