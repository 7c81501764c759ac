// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace kvprism::trace::recording {

// Marks a recording as being written, for other programs that would replace it: a lock on a byte that no
// SQLite file has, which goes with the process. SQLite itself holds locks only within transactions.
class WriteLock {
  public:
    // Nothing where the file cannot be locked; recording goes on without.
    static std::optional<WriteLock> take(const std::string& path);
    ~WriteLock();
    WriteLock(WriteLock&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
    WriteLock& operator=(WriteLock&& other) noexcept {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }

  private:
    explicit WriteLock(int descriptor) : m_descriptor(descriptor) {}
    int m_descriptor;
};

// Whether somebody, here or in another process, holds a WriteLock on the file.
bool isBeingWritten(const std::string& path);

} // namespace kvprism::trace::recording
