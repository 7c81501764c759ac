// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kvprism::tables {

// A value of an exported table; monostate: there is none (empty in CSV, null in JSON). Numbers are written so
// that reading them gives the same bits; what is no number is written as if there were none.
using Cell = std::variant<std::monostate, std::int64_t, double, float, bool, std::string>;

inline Cell whole(std::int64_t value) {
    return value;
}

// What a table says of where its numbers come from.
struct TableOrigin {
    std::string view;
    std::string recording; // empty: the run is not recorded
    std::string with;      // the other run's recording; empty: there is none
};

// Writes a table row by row: CSV (RFC 4180, a line of names first, line feeds) or one JSON object {"view",
// "recording", "with" where there is one, "rows": [{name: value, …}, …]}. Texts become valid UTF-8.
class TableWriter {
  public:
    enum class Format { csv, json };
    // `file` stays the caller's. `columns` are the names, in order.
    TableWriter(std::FILE* file, Format format, const TableOrigin& origin, std::vector<std::string> columns);

    void row(const std::vector<Cell>& cells); // as many as there are columns
    Status finish();                          // the first failure, an error of writing

  private:
    void write(std::string_view text);

    std::FILE* m_file;
    Format m_format;
    std::vector<std::string> m_columns;
    bool m_first = true;
    int m_error = 0; // errno of the first failure
};

// A field of a CSV line: quoted where it holds a comma, a quote, or a line break, quotes doubled.
std::string csvField(std::string_view text);
std::string csvHeader(const std::vector<std::string>& columns);
std::string jsonHeader(std::string_view view); // how every JSON export of that view begins

} // namespace kvprism::tables
