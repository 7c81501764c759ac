// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/document.h"

#include "engine/files/sha256.h"
#include "engine/text/decoding.h"
#include "engine/text/pdf.h"
#include "engine/text/utf8.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace kvprism::text {

namespace {

Error tooLarge(const std::string& name) {
    return malformed(name + " has more than " + std::to_string(mostDocumentBytes >> 20) +
                     " MiB, the most a document may have; split it.");
}

// Up to `mostDocumentBytes` + 1 bytes, so that a file that grew is noticed.
Result<std::string> readAll(int file, std::uint64_t expected, const std::string& path) {
    std::string bytes(std::min(expected, mostDocumentBytes) + 1, '\0');
    std::size_t used = 0;
    for (;;) {
        if (used == bytes.size()) {
            if (used > mostDocumentBytes)
                return tooLarge(path);
            bytes.resize(std::min<std::uint64_t>(2 * used, mostDocumentBytes + 1));
        }
        const ssize_t got = ::read(file, bytes.data() + used, bytes.size() - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ioError("Reading " + path + " failed: " + std::strerror(errno) + ".");
        if (got == 0)
            break;
        used += static_cast<std::size_t>(got);
    }
    bytes.resize(used);
    return bytes;
}

Result<std::string> readFile(const std::string& path) {
    // Not blocking, so that a pipe without a writer cannot hold us up before we know that it is one.
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return noInput("Cannot open " + path + ": " + std::strerror(errno) + ".");
    struct stat status {};
    Result<std::string> bytes =
        noInput(path + " is no regular file; save it as one, or send it through standard input.");
    if (::fstat(file, &status) != 0) {
        bytes = ioError("Cannot look at " + path + ": " + std::strerror(errno) + ".");
    } else if (S_ISDIR(status.st_mode)) {
        bytes = noInput(path + " is a folder; give the path of a txt, md or PDF file.");
    } else if (S_ISREG(status.st_mode)) {
        const auto size = static_cast<std::uint64_t>(status.st_size);
        bytes = size > mostDocumentBytes ? Result<std::string>(tooLarge(path)) : readAll(file, size, path);
    }
    ::close(file);
    return bytes;
}

} // namespace

std::uint64_t Document::diskOffset(std::uint64_t textOffset) const {
    const auto after =
        std::upper_bound(shifts.begin(), shifts.end(), textOffset,
                         [](std::uint64_t offset, const Shift& shift) { return offset < shift.text; });
    if (after == shifts.begin())
        return textOffset;
    const Shift& shift = *std::prev(after);
    return shift.disk + (textOffset - shift.text) / shift.textUnit * shift.diskUnit;
}

Result<Document> readDocument(const std::string& path, const std::stop_token& stop) {
    auto bytes = readFile(path);
    if (!bytes)
        return bytes.error();
    auto document = documentFromBytes(path, *bytes, stop); // errors name the whole path
    if (!document)
        return document;
    document->name = std::filesystem::path(path).filename().string();
    document->path = path;
    return document;
}

Result<Document> documentFromBytes(std::string name, std::string_view bytes, const std::stop_token& stop) {
    if (bytes.size() > mostDocumentBytes)
        return tooLarge(name);
    Document document;
    document.name = std::move(name);
    document.bytes = bytes.size();
    if (const Status read = isPdf(bytes) ? readPdf(bytes, document, stop) : decodeText(bytes, document); !read)
        return read.error();
    if (document.text.empty())
        return malformed(document.name + " is empty.");
    if (isBlank(document.text))
        return malformed(document.name + " holds nothing but white space.");
    document.sha256 = files::sha256(bytes);
    return document;
}

} // namespace kvprism::text
