// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Files that people name for what the program writes: never somebody else's, and never half of one.
namespace kvprism::tables {

// Whether a table that begins with the line `header` may be written to `path`, before a run is spent on it.
// An existing file is left alone unless it is empty or such a table; pipes and terminals are written to.
// `inputs` are files that are being read (empty: none); `option` is what to choose otherwise in the error.
Status mayWriteTable(const std::string& option, const std::string& path, std::string_view header,
                     const std::vector<std::string>& inputs);

// The same for anything: `isOurs` looks at the first bytes (8 KiB at most) of a file that is there, and
// `kind` names in the error what it should have been ("table").
using OwnFile = std::function<bool(std::string_view begin)>;
Status mayWriteFile(const std::string& option, const std::string& path, std::string_view kind,
                    const OwnFile& isOurs, const std::vector<std::string>& inputs);

// A file that is there whole or not at all: what is written goes to a file beside it, which takes its place
// with commit(). Pipes and devices are written to as they are. Links are followed.
class OutputFile {
  public:
    static Result<OutputFile> create(const std::string& path); // the error (io) says what the system says
    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    ~OutputFile(); // without commit(): as if nothing had been written

    std::FILE* stream() const { return m_stream; }
    // The first failure of writing, or of putting the file in place; then the former file is as it was.
    Status commit();

  private:
    OutputFile(std::string path, std::string place, std::string beside, std::FILE* stream);

    std::string m_path;   // as named
    std::string m_place;  // where it stands
    std::string m_beside; // empty: written in place
    std::FILE* m_stream = nullptr;
};

} // namespace kvprism::tables
