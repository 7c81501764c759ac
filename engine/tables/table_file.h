// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tables/output_file.h"
#include "engine/tables/tables.h"

#include <string>

namespace kvprism::tables {

struct TableTarget {
    std::string path;
    TableWriter::Format format = TableWriter::Format::csv;
    std::string recording; // where the run is recorded, which is never written over; empty: nowhere
    std::string with = {}; // the same of the other run
};

// Writes the table to a file beside the target, which is still to be put in place: OutputFile::commit().
// Errors: what the run lacks (unavailable), a file that is not ours (usage), reading, writing.
Result<OutputFile> prepareTable(const Table& table, const Excerpt& excerpt, const TableTarget& target);

// The same, in place.
Status writeTable(const Table& table, const Excerpt& excerpt, const TableTarget& target);

} // namespace kvprism::tables
