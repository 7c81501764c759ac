// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tables/table_writer.h"

#include "engine/text/utf8_stream.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

namespace kvprism::tables {

namespace {

template <class Number> std::string numberText(Number value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string jsonText(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

struct CsvText {
    std::string operator()(std::monostate) const { return ""; }
    std::string operator()(std::int64_t value) const { return numberText(value); }
    std::string operator()(double value) const { return std::isfinite(value) ? numberText(value) : ""; }
    std::string operator()(float value) const { return std::isfinite(value) ? numberText(value) : ""; }
    std::string operator()(bool value) const { return value ? "1" : "0"; }
    std::string operator()(const std::string& value) const { return csvField(text::toValidUtf8(value)); }
};

struct JsonText {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(std::int64_t value) const { return numberText(value); }
    std::string operator()(double value) const { return std::isfinite(value) ? numberText(value) : "null"; }
    std::string operator()(float value) const { return std::isfinite(value) ? numberText(value) : "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(const std::string& value) const { return jsonText(value); }
};

} // namespace

TableWriter::TableWriter(std::FILE* file, Format format, const TableOrigin& origin,
                         std::vector<std::string> columns)
    : m_file(file), m_format(format), m_columns(std::move(columns)) {
    if (m_format == Format::csv)
        write(csvHeader(m_columns));
    else
        write(jsonHeader(origin.view) + ",\"recording\":" + jsonText(origin.recording) +
              (origin.with.empty() ? "" : ",\"with\":" + jsonText(origin.with)) + ",\"rows\":[");
}

void TableWriter::row(const std::vector<Cell>& cells) {
    std::string line = m_format == Format::csv ? "" : m_first ? "\n{" : ",\n{";
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        line += i == 0 ? "" : ",";
        if (m_format == Format::csv)
            line += std::visit(CsvText{}, cells[i]);
        else
            line += jsonText(m_columns[i]) + ":" + std::visit(JsonText{}, cells[i]);
    }
    write(line + (m_format == Format::csv ? "\n" : "}"));
    m_first = false;
}

Status TableWriter::finish() {
    if (m_format == Format::json)
        write("\n]}\n");
    if (std::fflush(m_file) != 0 && m_error == 0)
        m_error = errno;
    if (m_error != 0)
        return ioError(std::strerror(m_error));
    return {};
}

void TableWriter::write(std::string_view text) {
    if (m_error == 0 && std::fwrite(text.data(), 1, text.size(), m_file) != text.size())
        m_error = errno;
}

std::string csvField(std::string_view text) {
    if (text.find_first_of("\",\r\n") == std::string_view::npos)
        return std::string(text);
    std::string field = "\"";
    for (const char c : text) {
        if (c == '"')
            field += '"';
        field += c;
    }
    return field + '"';
}

std::string csvHeader(const std::vector<std::string>& columns) {
    std::string line;
    for (const std::string& column : columns)
        line += (line.empty() ? "" : ",") + csvField(column);
    return line + "\n";
}

std::string jsonHeader(std::string_view view) {
    return "{\"view\":" + jsonText(view);
}

} // namespace kvprism::tables
