// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/mapped_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace kvprism::files {

Result<MappedFile> MappedFile::open(const std::string& path) {
    // Not blocking, so that a pipe without a writer cannot hold us up before we know that it is one.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return noInput("Cannot open " + path + ": " + std::strerror(errno) + ".");
    struct stat status {};
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(file);
        const char* kind = S_ISDIR(status.st_mode) ? "a folder" : "no regular file";
        return noInput(path + " is " + kind + "; give the path of a file.");
    }
    if (status.st_size == 0) {
        ::close(file);
        return malformed(path + " is empty.");
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    void* begin = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    const int failure = errno;
    ::close(file);
    if (begin == MAP_FAILED && failure == ENOMEM)
        return outOfMemory("The system gave no memory to map " + path +
                           ": use a smaller model, or make room.");
    if (begin == MAP_FAILED)
        return ioError("Cannot map " + path + ": " + std::strerror(failure) + ".");
    const std::span bytes(static_cast<const std::byte*>(begin), size);
    auto guard = CutGuard::over(bytes);
    if (!guard) {
        ::munmap(begin, size);
        return guard.error();
    }
    return MappedFile(path, bytes, std::move(*guard));
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_path(std::move(other.m_path)), m_bytes(std::exchange(other.m_bytes, {})),
      m_guard(std::move(other.m_guard)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(m_path, other.m_path);
    std::swap(m_bytes, other.m_bytes);
    m_guard = std::move(other.m_guard);
    return *this;
}

MappedFile::~MappedFile() {
    m_guard.release();
    if (!m_bytes.empty())
        ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
}

Status MappedFile::intact() const {
    if (m_guard.isWhole())
        return {};
    return ioError(m_path +
                   " was cut, or its disk failed, while it was read; put the whole file back and try again.");
}

} // namespace kvprism::files
