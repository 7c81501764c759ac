// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tables/needle.h"
#include "engine/tables/run_source.h"
#include "engine/tables/table_writer.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The numbers behind the window's views, as tables; docs/export.md tells every column.
namespace kvprism::tables {

// What of a run a table is made of: steps [first, end), and what it is about beside them.
struct Excerpt {
    const RunSource& source;
    std::int32_t first = 0;
    std::int32_t end = 0;
    std::optional<std::int32_t> token = std::nullopt; // stream position
    const RunSource* other = nullptr;                 // the second run, over the same tokens
    std::vector<Needle> needles = {};
};

using Columns = std::vector<std::string>;
using RowSink = std::function<void(const std::vector<Cell>&)>;

// What a view shows of the steps.
enum class Shows {
    allSteps,  // the shown one is marked
    oneStep,   // the shown one
    stateAfter // how things stand after the shown one
};

// What a table needs to be told.
enum class About { run, oneToken, twoRuns, needles };

struct Table {
    std::string_view name; // as the view's
    Shows shows = Shows::allSteps;
    About about = About::run;
    // The columns of the whole run, whatever the excerpt; the error (unavailable) says what the run lacks.
    Result<Columns> (*columns)(const RunSource&) = nullptr;
    // `columns` are those that the function above gave.
    Status (*rows)(const Excerpt&, const Columns& columns, const RowSink&) = nullptr;
};

std::span<const Table> allTables();
const Table* findTable(std::string_view name); // nullptr: there is none

struct Selection {
    std::optional<std::int32_t> step;
    std::optional<std::int32_t> token;
    const RunSource* other = nullptr; // the run to compare with
    std::vector<Needle> needles;      // of the run: findNeedles()
};

// Whether a table may have, and has, the other run and the needles that it is about. The errors say what is
// missing or is not for it (usage), or why the two runs cannot be compared (malformed).
Status checkSubject(const RunSource& source, const Table& table, const Selection& selection);

// Whether the run has the step and the token; the error (usage) says what there is.
Status checkSelection(const RunSource& source, const Selection& selection);

// What a table says of the selection: all steps, or the one chosen (of what stands after it: up to that one).
// The errors are those of checkSubject(), and which step or token there is not, is missing, or is not for
// this table (usage).
Result<Excerpt> excerptOf(const RunSource& source, const Table& table, const Selection& selection);

// What a picture of the view shows, where `selection.step` is the step shown (nothing: the last) and
// `selection.token` the token marked.
Result<Excerpt> excerptBesidePicture(const RunSource& source, const Table& table, const Selection& selection);

// Calls `act` with each step of the excerpt, in order.
using StepFunction = std::function<void(const trace::CompressionStep&)>;
Status forEachStep(const Excerpt& excerpt, const StepFunction& act);
Status forEachStep(const RunSource& source, const StepFunction& act); // all steps

// Cells that several tables have.
Cell nameCell(trace::Tier tier);
Cell nameCell(trace::Reason reason);
Cell selectorCell(const trace::Run& run, std::uint8_t selector); // none for noSelector

// Each view's (run_tables.cpp, score_tables.cpp, selector_tables.cpp, comparison_tables.cpp,
// needle_tables.cpp).
Result<Columns> mapColumns(const RunSource& source);
Status mapRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink);
Result<Columns> textColumns(const RunSource& source);
Status textRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink);
Result<Columns> budgetColumns(const RunSource& source);
Status budgetRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink);
Result<Columns> scoresColumns(const RunSource& source);
Status scoresRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink);
Result<Columns> tokenColumns(const RunSource& source);
Status tokenRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink);
Result<Columns> lshColumns(const RunSource& source);
Status lshRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink);
Result<Columns> overlapColumns(const RunSource& source);
Status overlapRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink);
Result<Columns> comparisonColumns(const RunSource& source);
Status comparisonRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink);
Result<Columns> differenceColumns(const RunSource& source);
Status differenceRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink);
Result<Columns> needlesColumns(const RunSource& source);
Status needlesRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink);

} // namespace kvprism::tables
