// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/document.h"

#include "engine/files/sha256.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace kvprism::text {

namespace {

// More invalid bytes than this share, and a text is taken for binary or for another encoding.
constexpr double mostInvalidShare = 0.3;

Error tooLarge(const std::string& name) {
    return malformed(name + " has more than " + std::to_string(mostDocumentBytes >> 20) +
                     " MiB, the most a document may have; split it.");
}

// Encodings and kinds of file that can be told from the first bytes, with what to do about them.
std::optional<Error> refuseByBeginning(const std::string& name, std::string_view bytes) {
    using namespace std::string_view_literals;
    const auto convert = [&](const char* encoding) {
        return malformed(name + " is " + encoding + "; convert it to UTF-8 first (iconv -f " + encoding +
                         " -t UTF-8).");
    };
    if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv))
        return convert("UTF-32");
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        return convert("UTF-16");
    if (bytes.starts_with("%PDF-"))
        return malformed(name + " is a PDF, which cannot be read yet; turn it into text first (pdftotext).");
    if (const std::size_t zero = bytes.find('\0'); zero != std::string_view::npos)
        return malformed(name + " is no text: there is a NUL byte at offset " + std::to_string(zero) +
                         "; give a txt or md file in UTF-8.");
    return std::nullopt;
}

// One U+FFFD (3 bytes) takes the place of `length` (1 … 3) bytes on disk, so that text and disk run apart
// there. Text offsets within it never go beyond the bytes that it stands for.
void shiftFor(std::size_t length, Document& document, std::uint64_t disk) {
    const std::uint64_t text = document.text.size();
    for (std::uint64_t i = length; i < replacementCharacter.size(); ++i)
        document.shifts.push_back({text + i, disk + length - 1});
}

std::string describeReplaced(std::size_t replaced, std::uint64_t first) {
    return std::to_string(replaced) +
           (replaced == 1 ? " invalid UTF-8 sequence was" : " invalid UTF-8 sequences were") +
           " replaced by U+FFFD, the first at byte " + std::to_string(first) + ".";
}

// Fills in text, shifts and notices. Gives the number of bytes that were no UTF-8.
std::uint64_t decode(std::string_view bytes, Document& document) {
    std::uint64_t at = 0, invalid = 0, firstInvalid = 0;
    std::size_t replaced = 0;
    if (bytes.starts_with("\xEF\xBB\xBF")) {
        at = 3;
        document.shifts.push_back({0, at});
    }
    document.text.reserve(bytes.size());
    while (at < bytes.size()) {
        const std::size_t valid = validUtf8Prefix(bytes.substr(at));
        document.text += bytes.substr(at, valid);
        at += valid;
        if (at == bytes.size())
            break;
        const std::size_t length = firstUtf8Part(bytes.substr(at)).length;
        if (replaced++ == 0)
            firstInvalid = at;
        shiftFor(length, document, at);
        document.text += replacementCharacter;
        at += length;
        invalid += length;
    }
    if (replaced > 0)
        document.notices.push_back(describeReplaced(replaced, firstInvalid));
    return invalid;
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
        bytes = noInput(path + " is a folder; give the path of a txt or md file.");
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
    return textOffset - shift.text + shift.disk;
}

Result<Document> readDocument(const std::string& path) {
    auto bytes = readFile(path);
    if (!bytes)
        return bytes.error();
    auto document = documentFromBytes(path, *bytes); // errors name the whole path
    if (!document)
        return document;
    document->name = std::filesystem::path(path).filename().string();
    document->path = path;
    return document;
}

Result<Document> documentFromBytes(std::string name, std::string_view bytes) {
    if (bytes.size() > mostDocumentBytes)
        return tooLarge(name);
    if (auto error = refuseByBeginning(name, bytes))
        return *std::move(error);
    Document document;
    document.name = std::move(name);
    document.bytes = bytes.size();
    const std::uint64_t invalid = decode(bytes, document);
    if (document.text.empty())
        return malformed(document.name + " is empty.");
    if (static_cast<double>(invalid) > mostInvalidShare * static_cast<double>(bytes.size()))
        return malformed(document.name + " is no UTF-8 text: " + std::to_string(invalid) + " of its " +
                         std::to_string(bytes.size()) +
                         " bytes are invalid; convert it to UTF-8 first (iconv).");
    document.sha256 = files::sha256(bytes);
    return document;
}

} // namespace kvprism::text
