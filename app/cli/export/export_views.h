// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/export/table_writer.h"
#include "app/cli/run_outline.h"
#include "engine/trace/recording_reader.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

// The numbers behind the window's views, as tables; docs/export.md tells every column.
namespace kvprism::cli {

struct ExportSource {
    const trace::RecordingReader& reader;
    const RunOutline& outline; // of the same recording
};

using RowSink = std::function<void(const std::vector<Cell>&)>;

struct ExportView {
    std::string_view name;
    // The table's columns; the error (unavailable) says what the recording lacks.
    Result<std::vector<std::string>> (*columns)(const ExportSource&);
    Status (*rows)(const ExportSource&, const std::vector<std::string>& columns, const RowSink&);
};

std::span<const ExportView> exportViews();

// The views whose numbers not every recording has (export_selectors.cpp).
Result<std::vector<std::string>> lshColumns(const ExportSource& source);
Status lshRows(const ExportSource& source, const std::vector<std::string>& columns, const RowSink& sink);
Result<std::vector<std::string>> overlapColumns(const ExportSource& source);
Status overlapRows(const ExportSource& source, const std::vector<std::string>& columns, const RowSink& sink);

using StepFunction = std::function<void(const trace::CompressionStep&)>;
Status forEachStep(const ExportSource& source, const StepFunction& act);

} // namespace kvprism::cli
