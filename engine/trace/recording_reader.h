// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/trace/sink.h"

namespace kvprism::trace {

// Reads a .kvtrace file that anybody may have made: every length, enum, index and checksum is looked at before use.
// Used on one thread; several readers may have the same file open, also while it is being written.
class RecordingReader {
  public:
    static Result<std::unique_ptr<RecordingReader>> open(const std::string& path);
    ~RecordingReader();

    std::shared_ptr<const Run> run() const;
    std::int32_t stepCount() const;
    Result<std::shared_ptr<const CompressionStep>> step(std::int32_t index) const;
    const std::vector<std::shared_ptr<const Answer>>& answers() const;
    Status replay(TraceSink& sink) const; // everything, in the order in which it was recorded

  private:
    struct Impl;
    explicit RecordingReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

// Reads all of it and looks at what a single record cannot show: sorted unique positions, counts that add up, kept
// sets that follow from one another, budgets. The error names step and field.
Status checkRecording(const std::string& path);

} // namespace kvprism::trace
