// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/file_access.h"

#include "engine/trace/recording/format.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sqlite3.h>
#include <unistd.h>

namespace kvprism::trace::recording {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view sqliteMagic{"SQLite format 3\0", 16};
constexpr std::size_t sqliteHeaderBytes = 100;
constexpr std::size_t applicationIdOffset = 68; // big-endian

std::string folderOf(const std::string& path) {
    const fs::path folder = fs::path(path).parent_path();
    return folder.empty() ? "." : folder.string();
}

bool hasJournal(const std::string& path) {
    std::error_code failure;
    const auto bytes = fs::file_size(path + "-journal", failure);
    return !failure && bytes > 0;
}

Status notARecording(const std::string& path) {
    switch (fileKind(path)) {
    case FileKind::missing:
        return noInput("There is no recording '" + path + "': check the path.");
    case FileKind::notAFile:
        return noInput("'" + path + "' is not a file: give the path of a .kvtrace file.");
    case FileKind::empty:
        return malformed("'" + path +
                         "' is empty, so it is not a recording: give a file that KVPrism wrote.");
    case FileKind::other:
        if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0)
            return noInput("The recording '" + path + "' may not be read: look at its permissions.");
        return malformed("'" + path +
                         "' is not a KVPrism recording (its first 100 bytes say so): give a .kvtrace file.");
    case FileKind::recording:
        return {};
    }
    return {};
}

// The first read of the file: where locks cannot be had in a folder that cannot be written, nobody writes
// there, and none are needed.
Result<std::unique_ptr<Database>> openAndRead(const std::string& path) {
    Error first;
    for (const auto access : {Database::Access::read, Database::Access::readImmutable}) {
        auto database = Database::open(path, access);
        if (database) {
            const auto read = (*database)->integer("SELECT count(*) FROM sqlite_schema");
            if (read)
                return database;
            if (access == Database::Access::read)
                first = read.error();
            const int code = (*database)->lastCode() & 0xFF;
            if (code != SQLITE_CANTOPEN && code != SQLITE_IOERR && code != SQLITE_READONLY)
                break;
        } else if (access == Database::Access::read) {
            first = database.error();
        }
        if (hasJournal(path) || ::faccessat(AT_FDCWD, folderOf(path).c_str(), W_OK, AT_EACCESS) == 0)
            break;
    }
    return first;
}

// Whether a CREATE statement is of names, types and keys alone. Expressions (CHECK, generated columns,
// indexes of them) would be worked out while we look for damage, and can take any time and memory.
bool isPlainDefinition(std::string_view sql) {
    constexpr std::string_view ours = "CHECK(id = 0)"; // of run_end, since format 1.0
    constexpr std::array<std::string_view, 5> never{"CHECK", "AS", "GENERATED", "DEFAULT", "WHERE"};
    std::string text(sql);
    if (const std::size_t at = text.find(ours); at != std::string::npos)
        text.erase(at, ours.size());
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const int deepest = text.find("INDEX") < text.find('(') ? 1 : 2; // brackets: columns, and keys of several
    const auto isName = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
    int depth = 0;
    for (auto at = text.begin(); at != text.end();) {
        const auto end = std::find_if_not(at, text.end(), isName);
        if (std::ranges::find(never, std::string_view(at, end)) != never.end())
            return false;
        if (at = end; at == text.end())
            break;
        depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
        if (depth > deepest || std::string_view(" \n\t(),").find(*at) == std::string_view::npos)
            return false;
        ++at;
    }
    return true;
}

Status checkVersion(const Database& database) {
    const auto version = versionOf(database);
    if (!version)
        return version.error();
    if (*version / 1000 < 1)
        return malformed("The recording '" + database.path() +
                         "' has no version: use a whole copy, or record the run again.");
    if (*version / 1000 > formatMajor)
        return malformed("The recording '" + database.path() + "' has format " +
                         std::to_string(*version / 1000) + ", this program reads up to " +
                         std::to_string(formatMajor) + ": open it with a newer KVPrism.");
    return {};
}

// Plain tables and indexes are all that a recording has: what else a schema can hold could run code of the
// file's maker.
Status checkStructure(const Database& database) {
    auto schema =
        database.prepare("SELECT type IN ('table', 'index') AND rootpage >= 1, sql FROM sqlite_schema");
    if (!schema)
        return schema.error();
    for (;;) {
        const auto found = schema->next();
        if (!found)
            return found.error();
        if (!*found)
            break;
        const bool plain =
            schema->integer(0) == 1 && (schema->isNull(1) || isPlainDefinition(schema->text(1)));
        if (!plain)
            return malformed("The recording '" + database.path() +
                             "' holds things that no recording holds (views, triggers, virtual tables or "
                             "expressions): do not trust it.");
    }
    auto check = database.prepare("PRAGMA quick_check(1)");
    if (!check)
        return check.error();
    auto row = check->next();
    if (!row)
        return row.error();
    if (*row && check->text(0) == "ok")
        return {};
    return malformed("The recording '" + database.path() + "' is damaged (" + quotable(check->text(0)) +
                     "): use a whole copy, or record the run again.");
}

} // namespace

FileKind fileKind(const std::string& path) {
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (status.type() == fs::file_type::not_found)
        return FileKind::missing;
    if (status.type() != fs::file_type::regular)
        return FileKind::notAFile;
    std::array<char, sqliteHeaderBytes> header{};
    std::ifstream file(path, std::ios::binary);
    file.read(header.data(), header.size());
    if (file.gcount() == 0 && file.is_open() && fs::file_size(path, failure) == 0)
        return FileKind::empty;
    if (file.gcount() != static_cast<std::streamsize>(header.size()))
        return FileKind::other;
    if (std::string_view(header.data(), sqliteMagic.size()) != sqliteMagic)
        return FileKind::other;
    std::uint32_t id = 0;
    for (std::size_t i = 0; i < 4; ++i)
        id = (id << 8) | static_cast<unsigned char>(header[applicationIdOffset + i]);
    return id == static_cast<std::uint32_t>(applicationId) ? FileKind::recording : FileKind::other;
}

Result<std::int32_t> versionOf(const Database& database) {
    const auto version = database.integer("PRAGMA user_version");
    if (!version)
        return version.error();
    return static_cast<std::int32_t>(*version);
}

Status checkSize(const std::string& path) {
    auto database = openToRead(path);
    if (!database)
        return database.error();
    // In a transaction nobody else writes.
    Status begun = (*database)->execute("BEGIN");
    const auto read = (*database)->integer("SELECT count(*) FROM sqlite_schema");
    const auto pages = (*database)->integer("PRAGMA page_count");
    const auto pageBytes = (*database)->integer("PRAGMA page_size");
    std::error_code failure;
    const std::uint64_t bytes = fs::file_size(path, failure);
    if (begun && (!read || !pages || !pageBytes))
        begun = (!read ? read : !pages ? pages : pageBytes).error();
    if (!begun)
        return begun;
    if (!failure && bytes != static_cast<std::uint64_t>(*pages * *pageBytes))
        return malformed("The recording '" + path + "' has " + std::to_string(bytes) + " bytes instead of " +
                         std::to_string(*pages * *pageBytes) +
                         ": use a whole copy, or record the run again.");
    return {};
}

Status undoUnfinishedWrite(const std::string& path) {
    if (!hasJournal(path))
        return {};
    auto database = Database::open(path, Database::Access::write);
    if (!database)
        return database.error();
    const auto read =
        (*database)->integer("SELECT count(*) FROM sqlite_schema"); // SQLite rolls back on the way
    if (!read)
        return read.error();
    return {};
}

Result<std::unique_ptr<Database>> openToRead(const std::string& path) {
    const Status kind = notARecording(path);
    if (!kind)
        return kind.error();
    auto database = openAndRead(path);
    if (!database && hasJournal(path)) {
        if (!undoUnfinishedWrite(path))
            return ioError("The recording '" + path +
                           "' was cut off in the middle of a write, which can only be undone"
                           " where it may be written: copy it and '" +
                           fs::path(path).filename().string() +
                           "-journal' to a folder of yours and open that copy.");
        database = openAndRead(path);
    }
    if (!database)
        return database.error();
    Status status = checkVersion(**database);
    if (status)
        status = checkStructure(**database);
    if (!status)
        return status.error();
    return database;
}

} // namespace kvprism::trace::recording
