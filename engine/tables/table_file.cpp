// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tables/table_file.h"

namespace kvprism::tables {

Result<OutputFile> prepareTable(const Table& table, const Excerpt& excerpt, const TableTarget& target) {
    const auto columns = table.columns(excerpt.source);
    if (!columns)
        return columns.error();
    const std::string header =
        target.format == TableWriter::Format::csv ? csvHeader(*columns) : jsonHeader(table.name);
    if (const Status may = mayWriteTable("file name", target.path, header, {target.recording, target.with});
        !may)
        return may.error();
    auto file = OutputFile::create(target.path);
    if (!file)
        return file;
    TableWriter writer(file->stream(), target.format,
                       {std::string(table.name), target.recording, target.with}, *columns);
    if (const Status read =
            table.rows(excerpt, *columns, [&](const std::vector<Cell>& cells) { writer.row(cells); });
        !read)
        return read.error();
    if (const Status written = writer.finish(); !written)
        return ioError("Writing " + target.path + " failed: " + written.error().message + ".");
    return file;
}

Status writeTable(const Table& table, const Excerpt& excerpt, const TableTarget& target) {
    auto file = prepareTable(table, excerpt, target);
    if (!file)
        return file.error();
    return file->commit();
}

} // namespace kvprism::tables
