// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/cut_guard.h"

#include <cstddef>
#include <span>
#include <string>

namespace kvprism::files {

// A regular file mapped read-only. Fails with a sentence on what is missing, unreadable, empty or no regular
// file. A file that is cut while it is mapped reads as zeros from there on.
class MappedFile {
  public:
    static Result<MappedFile> open(const std::string& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return m_bytes; }
    // Whether all that was read of bytes() until now was there; else an error (io) that names the file. Any
    // thread.
    Status intact() const;

  private:
    MappedFile(std::string path, std::span<const std::byte> bytes, CutGuard guard)
        : m_path(std::move(path)), m_bytes(bytes), m_guard(std::move(guard)) {}

    std::string m_path;
    std::span<const std::byte> m_bytes;
    CutGuard m_guard;
};

} // namespace kvprism::files
