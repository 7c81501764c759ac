// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/run_log.h"
#include "app/cli/run_recording.h"

#include <optional>
#include <string>

namespace kvprism::cli {

// Where the runs of one session go: a log and a recording of its own for each reading. A session that answers
// from a memory that it holds begins no run; its answer belongs to the reading that made the memory.
class RunKeeper final : public trace::TraceSink {
  public:
    // `options` must outlive it.
    RunKeeper(const RecordOptions& options, std::string documentName)
        : m_options(options), m_documentName(std::move(documentName)) {}

    void runStarted(std::shared_ptr<const trace::Run> run) override;
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override;
    void stepApplied(const trace::StepApplied& applied) override;
    void answered(std::shared_ptr<const trace::Answer> answer) override;
    void runEnded(const trace::RunEnd& end) override;

    const RunLog& log() const { return m_log; } // of the newest reading
    Status status() const;                      // of its recording; final once its runEnded has returned
    std::string path() const { return m_recording ? m_recording->path() : std::string(); } // empty: none

  private:
    trace::TraceSink* sink() { return m_recording ? m_recording->sink() : nullptr; }

    const RecordOptions& m_options;
    std::string m_documentName;
    RunLog m_log;
    std::optional<RunRecording> m_recording;
};

} // namespace kvprism::cli
