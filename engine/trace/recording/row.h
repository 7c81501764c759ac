// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/recording/database.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace kvprism::trace::recording {

// The error of something wrong inside a file: `where` names step and column, `what` completes the sentence.
inline Error damaged(const Database& database, const std::string& where, const std::string& what) {
    return malformed("The recording '" + database.path() + "' is damaged: " + quotable(where) + ": " +
                     quotable(what) + ". Use a whole copy, or record the run again.");
}

// Reads one row column by column and remembers the first value that cannot be, so that a row is read in one
// go and looked at once. Every number has its range, every column its kind.
class Row {
  public:
    Row(const Database& database, const Statement& statement, std::string where)
        : m_database(database), m_statement(statement), m_where(std::move(where)) {}

    std::int64_t integer(const char* name, std::int64_t least, std::int64_t most) {
        const int column = m_column++;
        if (!m_statement.isInteger(column))
            return wrong(name, "is not an integer"), least;
        const std::int64_t value = m_statement.integer(column);
        if (value >= least && value <= most)
            return value;
        wrong(name, "is " + std::to_string(value) + ", outside " + std::to_string(least) + " to " +
                        std::to_string(most));
        return least;
    }
    std::int32_t int32(const char* name, std::int32_t least = 0,
                       std::int32_t most = std::numeric_limits<std::int32_t>::max()) {
        return static_cast<std::int32_t>(integer(name, least, most));
    }
    double real(const char* name) { // NULL is what SQLite makes of "not a number"
        const int column = m_column++;
        if (m_statement.isNull(column))
            return std::numeric_limits<double>::quiet_NaN();
        if (!m_statement.isNumber(column))
            return wrong(name, "is not a number"), 0.0;
        return m_statement.real(column);
    }
    std::string text(const char* name) {
        const int column = m_column++;
        if (!m_statement.isText(column))
            return wrong(name, "is not text"), std::string();
        return std::string(m_statement.text(column));
    }
    std::span<const std::byte> blob(const char* name) {
        const int column = m_column++;
        if (!m_statement.isBlob(column))
            wrong(name, "is not a blob");
        return m_statement.blob(column);
    }

    void wrong(const std::string& name, const std::string& what) {
        if (!m_problem)
            m_problem = damaged(m_database, m_where, name + " " + what);
    }
    const std::optional<Error>& problem() const { return m_problem; }

  private:
    const Database& m_database;
    const Statement& m_statement;
    std::string m_where;
    int m_column = 0;
    std::optional<Error> m_problem;
};

} // namespace kvprism::trace::recording
