// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/database.h"

#include <cmath>
#include <cstring>
#include <sqlite3.h>
#include <utility>

namespace kvprism::trace::recording {

namespace {

constexpr int busyMilliseconds = 10'000;        // readers hold a file for milliseconds
constexpr int longestValue = 512 * 1024 * 1024; // bytes of one text or blob

// '?', '#' and '%' mean something in SQLite's file: addresses, and so does a relative path such as
// ":memory:".
std::string fileAddress(const std::string& path, const char* parameters) {
    // "file:" alone before an absolute path would make "//folder" the name of a machine.
    std::string address = path.starts_with('/') ? "file://" : "file:./";
    for (const char byte : path) {
        const bool plain = byte != '?' && byte != '#' && byte != '%';
        if (plain) {
            address += byte;
        } else {
            address += '%';
            address += "0123456789ABCDEF"[static_cast<unsigned char>(byte) >> 4];
            address += "0123456789ABCDEF"[static_cast<unsigned char>(byte) & 15];
        }
    }
    return address + parameters;
}

// The sentence that belongs to one of SQLite's extended result codes.
Error sentence(const std::string& path, int code, const std::string& detail) {
    const std::string file = "The recording '" + path + "' ";
    switch (code & 0xFF) {
    case SQLITE_FULL:
        return ioError(file + "could not be written, as the disk is full: free some space and run again.");
    case SQLITE_NOMEM:
        return outOfMemory(file + "did not fit in memory.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ioError(file + "is in use by another program: try again when that one is done.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_ERROR:
        return malformed(file + "is damaged (" + detail + "): use a whole copy, or record the run again.");
    case SQLITE_READONLY:
        if (code == SQLITE_READONLY_DBMOVED)
            return ioError(
                file + "was moved or replaced while it was written: leave it in place until the run ends.");
        if (code == SQLITE_READONLY_ROLLBACK) // somebody else's journal stands beside it, so it is no longer
                                              // that file
            return ioError(file + "was replaced while it was read: open it again.");
        return ioError(file + "cannot be written (" + detail + "): choose a place that you may write to.");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return ioError(file + "cannot be opened: look at its permissions and those of its folder.");
    default:
        return ioError(file + "could not be read or written (" + detail +
                       "): look at the disk and try again.");
    }
}

} // namespace

std::string quotable(std::string_view text) {
    constexpr std::size_t longest = 160;
    std::string result(text.substr(0, longest));
    for (char& byte : result)
        if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F)
            byte = ' ';
    return text.size() > longest ? result + "…" : result;
}

Statement::Statement(Statement&& other) noexcept
    : m_database(other.m_database), m_statement(std::exchange(other.m_statement, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(m_database, other.m_database);
    std::swap(m_statement, other.m_statement);
    return *this;
}

Statement::~Statement() {
    sqlite3_finalize(m_statement);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
    sqlite3_bind_int64(m_statement, parameter, value);
    return *this;
}

Statement& Statement::bind(int parameter, double value) {
    sqlite3_bind_double(m_statement, parameter, value);
    return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
    // A null pointer would bind NULL.
    const char* data = text.data() ? text.data() : "";
    sqlite3_bind_text64(m_statement, parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int parameter, std::span<const std::byte> blob) {
    const void* data = blob.data() ? static_cast<const void*>(blob.data()) : "";
    sqlite3_bind_blob64(m_statement, parameter, data, blob.size(), SQLITE_STATIC);
    return *this;
}

Status Statement::run() {
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW)
        code = sqlite3_step(m_statement);
    Status status;
    if (code != SQLITE_DONE)
        status = m_database->error();
    rewind();
    return status;
}

Result<bool> Statement::next() {
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE) {
        const Error failure = m_database->error();
        rewind();
        return failure;
    }
    rewind();
    return false;
}

void Statement::rewind() {
    sqlite3_reset(m_statement);
    sqlite3_clear_bindings(m_statement);
}

bool Statement::isInteger(int column) const {
    return sqlite3_column_type(m_statement, column) == SQLITE_INTEGER;
}
bool Statement::isNull(int column) const {
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}
bool Statement::isText(int column) const {
    return sqlite3_column_type(m_statement, column) == SQLITE_TEXT;
}
bool Statement::isBlob(int column) const {
    return sqlite3_column_type(m_statement, column) == SQLITE_BLOB;
}
bool Statement::isNumber(int column) const {
    return isInteger(column) || sqlite3_column_type(m_statement, column) == SQLITE_FLOAT;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(m_statement, column);
}
double Statement::real(int column) const {
    return sqlite3_column_double(m_statement, column);
}

std::string_view Statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    if (!data)
        return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

std::span<const std::byte> Statement::blob(int column) const {
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(m_statement, column));
    if (!data)
        return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Access access,
                                                 const std::string& shownAs) {
    const char* parameters = access == Access::write  ? "?mode=rw"
                             : access == Access::read ? "?mode=ro"
                                                      : "?mode=ro&immutable=1";
    const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                      (access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(fileAddress(path, parameters).c_str(), &handle, flags, nullptr);
    std::unique_ptr<Database> database(new Database(shownAs.empty() ? path : shownAs, handle));
    if (!handle)
        return outOfMemory("The recording '" + database->path() + "' did not fit in memory.");
    sqlite3_extended_result_codes(handle, 1);
    if (code != SQLITE_OK)
        return database->error();
    sqlite3_busy_timeout(handle, busyMilliseconds);
    // A file is data, never code: nothing in its schema may run, change settings or be mapped into memory.
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, longestValue);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    const Status set =
        database->execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;");
    if (!set)
        return set.error();
    return database;
}

Database::~Database() {
    sqlite3_close_v2(m_handle);
}

Status Database::execute(const char* statements) {
    if (sqlite3_exec(m_handle, statements, nullptr, nullptr, nullptr) != SQLITE_OK)
        return error();
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(m_handle, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
        SQLITE_OK)
        return error();
    return Statement(*this, statement);
}

Result<std::int64_t> Database::integer(const char* query) const {
    auto statement = prepare(query);
    if (!statement)
        return statement.error();
    auto row = statement->next();
    if (!row)
        return row.error();
    if (!*row || !statement->isInteger(0))
        return malformed("The recording '" + m_path + "' is damaged (no number).");
    return statement->integer(0);
}

int Database::lastCode() const {
    return sqlite3_extended_errcode(m_handle);
}

Error Database::error() const {
    return sentence(m_path, sqlite3_extended_errcode(m_handle), quotable(sqlite3_errmsg(m_handle)));
}

} // namespace kvprism::trace::recording
