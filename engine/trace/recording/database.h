// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace kvprism::trace::recording {

class Database;

// Text out of a file as a part of a sentence: no line breaks, nothing that a terminal would obey, not long.
std::string quotable(std::string_view text);

// A prepared statement. Parameters count from 1, columns from 0, as SQLite does. What is bound must live
// until run() or the last next(); what a column gives lives until the following call. Must go before its
// Database.
class Statement {
  public:
    Statement() = default;
    Statement(const Database& database, sqlite3_stmt* statement)
        : m_database(&database), m_statement(statement) {}
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, double value); // not a number becomes NULL
    Statement& bind(int parameter, std::string_view text);
    Statement& bind(int parameter, std::span<const std::byte> blob);

    Status run();        // to its end, then ready for the next values
    Result<bool> next(); // true: a row is there
    void rewind();       // ends a reading that did not come to its end

    bool isInteger(int column) const;
    bool isNumber(int column) const; // integer or real
    bool isNull(int column) const;
    bool isText(int column) const;
    bool isBlob(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string_view text(int column) const; // may hold zero bytes and invalid UTF-8
    std::span<const std::byte> blob(int column) const;

  private:
    const Database* m_database = nullptr;
    sqlite3_stmt* m_statement = nullptr;
};

// A connection to one file, used on one thread.
class Database {
  public:
    enum class Access {
        read,
        readImmutable,
        write
    }; // immutable: no locks, no journal; only for what nobody writes

    static Result<std::unique_ptr<Database>> open(const std::string& path, Access access,
                                                  const std::string& shownAs = {});
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Status execute(const char* statements);
    Result<Statement> prepare(std::string_view sql) const;
    Result<std::int64_t> integer(const char* query) const; // first column of the first row

    const std::string& path() const { return m_path; }
    int lastCode() const; // SQLite's extended code of the last failure
    Error error() const;  // the last failure as a sentence
    sqlite3* handle() const { return m_handle; }

  private:
    Database(std::string path, sqlite3* handle) : m_path(std::move(path)), m_handle(handle) {}

    std::string m_path;
    sqlite3* m_handle;
};

} // namespace kvprism::trace::recording
