// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/write_lock.h"

#include <fcntl.h>
#include <unistd.h>

namespace kvprism::trace::recording {

namespace {

// Open file description locks (fcntl(2)): unlike the process's own, which SQLite uses, they are not lost when
// another descriptor of the file is closed.
flock byteBehindAllPages() {
    flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = off_t{1} << 62;
    lock.l_len = 1;
    return lock;
}

} // namespace

std::optional<WriteLock> WriteLock::take(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return std::nullopt;
    WriteLock taken(descriptor);
    flock lock = byteBehindAllPages();
    if (::fcntl(descriptor, F_OFD_SETLK, &lock) != 0)
        return std::nullopt;
    return taken;
}

WriteLock::~WriteLock() {
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

bool isBeingWritten(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return false;
    flock lock = byteBehindAllPages();
    const bool asked = ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0;
    ::close(descriptor);
    return asked && lock.l_type != F_UNLCK;
}

} // namespace kvprism::trace::recording
