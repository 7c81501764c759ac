// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tables/output_file.h"

#include "engine/base/real_place.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace kvprism::tables {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t looksAt = 8192; // bytes of an existing file

Status mayReplace(const std::string& option, const std::string& path, std::string_view kind,
                  const OwnFile& isOurs) {
    std::ifstream file(path, std::ios::binary);
    std::string begin(looksAt, '\0');
    file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    begin.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    std::error_code failure;
    const bool isEmpty = fs::file_size(path, failure) == 0 && !failure;
    if (!isEmpty && !isOurs(begin))
        return usageError(path + " exists and is no " + std::string(kind) +
                          " of this kind, so it is left alone: choose another " + option + ".");
    return {};
}

Error cannotWrite(const std::string& path, int error) {
    return ioError("Cannot write " + path + " (" + std::strerror(error) + "): choose another place.");
}

// A new file beside `place`, with the rights of the one that it will replace.
int openBeside(const std::string& place, std::string& beside) {
    static std::atomic<unsigned> count = 0;
    beside = place + ".new-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
    const int descriptor = ::open(beside.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    struct stat former {};
    if (descriptor >= 0 && ::stat(place.c_str(), &former) == 0)
        (void)::fchmod(descriptor, former.st_mode & 0777);
    return descriptor;
}

} // namespace

Status mayWriteTable(const std::string& option, const std::string& path, std::string_view header,
                     const std::vector<std::string>& inputs) {
    return mayWriteFile(
        option, path, "table", [header](std::string_view begin) { return begin.starts_with(header); },
        inputs);
}

Status mayWriteFile(const std::string& option, const std::string& path, std::string_view kind,
                    const OwnFile& isOurs, const std::vector<std::string>& inputs) {
    std::error_code failure;
    for (const std::string& input : inputs)
        if (!input.empty() && fs::equivalent(path, input, failure) && !failure)
            return usageError("It would be written over " + input + ", which is read: choose another " +
                              option + ".");
    const fs::file_status status = fs::status(path, failure);
    switch (status.type()) {
    case fs::file_type::directory:
    case fs::file_type::block:
    case fs::file_type::socket:
        return usageError(path + " is no file: choose another " + option + ".");
    case fs::file_type::regular:
        if (const Status may = mayReplace(option, path, kind, isOurs); !may)
            return may;
        break;
    default:
        break;
    }
    const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
    const bool isThere = status.type() != fs::file_type::not_found && status.type() != fs::file_type::none;
    if (status.type() == fs::file_type::none ||
        ::faccessat(AT_FDCWD, isThere ? path.c_str() : folder.c_str(), W_OK, AT_EACCESS) != 0)
        return ioError("Cannot write " + path + " (" + std::strerror(errno) + "): choose another " + option +
                       ".");
    if (!isThere && !fs::is_directory(folder, failure)) // a file can be written, but not below
        return ioError("Cannot write " + path + " (" + std::strerror(ENOTDIR) + "): choose another " +
                       option + ".");
    return {};
}

Result<OutputFile> OutputFile::create(const std::string& path) {
    std::error_code failure;
    const fs::file_type type = fs::status(path, failure).type();
    if (type != fs::file_type::regular && type != fs::file_type::not_found && type != fs::file_type::none) {
        std::FILE* stream = std::fopen(path.c_str(), "wb");
        return stream ? Result<OutputFile>(OutputFile(path, path, "", stream))
                      : Result<OutputFile>(cannotWrite(path, errno));
    }
    const std::string place = realPlace(path);
    std::string beside;
    const int descriptor = openBeside(place, beside);
    if (descriptor < 0)
        return cannotWrite(path, errno);
    std::FILE* stream = ::fdopen(descriptor, "wb");
    if (!stream) {
        const int error = errno;
        ::close(descriptor);
        ::unlink(beside.c_str());
        return cannotWrite(path, error);
    }
    return OutputFile(path, place, beside, stream);
}

OutputFile::OutputFile(std::string path, std::string place, std::string beside, std::FILE* stream)
    : m_path(std::move(path)), m_place(std::move(place)), m_beside(std::move(beside)), m_stream(stream) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : m_path(std::move(other.m_path)), m_place(std::move(other.m_place)),
      m_beside(std::exchange(other.m_beside, {})), m_stream(std::exchange(other.m_stream, nullptr)) {}

OutputFile::~OutputFile() {
    if (m_stream)
        std::fclose(m_stream);
    if (!m_beside.empty())
        ::unlink(m_beside.c_str());
}

Status OutputFile::commit() {
    errno = 0;
    const bool failed = std::ferror(m_stream) != 0;
    const bool flushed = std::fclose(std::exchange(m_stream, nullptr)) == 0;
    if (failed || !flushed)
        return ioError("Writing " + m_path + " failed (" + std::strerror(errno != 0 ? errno : EIO) +
                       "): is the disk full?");
    if (m_beside.empty())
        return {};
    if (std::rename(m_beside.c_str(), m_place.c_str()) != 0)
        return cannotWrite(m_path, errno);
    m_beside.clear();
    return {};
}

} // namespace kvprism::tables
