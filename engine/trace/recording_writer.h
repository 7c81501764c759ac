// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/sink.h"

#include <memory>
#include <string>

namespace kvprism::trace {

struct RecordingOptions {
    bool withoutText =
        false; // leave out ids, pieces, offsets, question, answers, file names and the document's hash
};

// Whether RecordingWriter::create would record there, without doing anything; says what is in the way.
Status mayRecordAt(const std::string& path);
// Whether a run is being recorded there now, by this program or another.
bool isBeingRecorded(const std::string& path);
// Whether a recording is there, by its first bytes: a new run would replace it.
bool isRecording(const std::string& path);

// Appends a run to a new .kvtrace file: a transaction per planned step, so that whatever kills the process,
// the file opens up to its last whole step. What stepApplied brings is written with the next transaction.
// Used on one thread; a thread of its own writes, so that nobody waits for a disk, unless that one is many
// steps behind.
class RecordingWriter final : public TraceSink {
  public:
    // Replaces an existing recording at `path` only once the new run has started; refuses to replace any
    // other file.
    static Result<std::unique_ptr<RecordingWriter>> create(const std::string& path,
                                                           const RecordingOptions& options = {});
    ~RecordingWriter() override;

    void runStarted(std::shared_ptr<const Run> run) override;
    void stepPlanned(std::shared_ptr<const CompressionStep> step) override;
    void stepApplied(const StepApplied& applied) override;
    void answered(std::shared_ptr<const Answer> answer) override;
    void runEnded(const RunEnd& end) override;

    // The first failure (disk full, …). After one, nothing more is written; what was written stays whole.
    // Final once runEnded has returned; runStarted too waits until all is written.
    Status status() const;
    // What it cost so far, milliseconds: time in the calls above and processor time of the writing thread.
    double writingMs() const;

  private:
    struct Impl;
    explicit RecordingWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace kvprism::trace
