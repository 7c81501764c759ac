// SPDX-License-Identifier: GPL-3.0-or-later
// The views scores (every candidate of a step) and token (one token's life).
#include "engine/select/step_ranking.h"
#include "engine/tables/tables.h"

#include <algorithm>

namespace kvprism::tables {

namespace {

constexpr std::string_view scorePrefix = "score:";
constexpr std::string_view cutPrefix = "cut:";

// Every score that was recorded, every selector's cut-off, and for `peak` where the weight was.
Status appendScoreColumns(const RunSource& source, Columns& columns) {
    Columns scores;
    bool peak = false;
    const Status done = forEachStep(source, [&](const trace::CompressionStep& step) {
        for (const trace::ScoreColumn& column : step.held.scores) {
            std::string name = std::string(scorePrefix) + column.name;
            if (std::find(scores.begin(), scores.end(), name) == scores.end())
                scores.push_back(std::move(name));
        }
        peak = peak || !step.held.peak.empty();
    });
    columns.insert(columns.end(), scores.begin(), scores.end());
    for (const std::string& selector : source.run().selectors)
        columns.push_back(std::string(cutPrefix) + selector);
    if (peak)
        columns.insert(columns.end(), {"peak_layer", "peak_head", "peak_row"});
    return done;
}

// The last columns, which are there only in recordings of `peak`.
Cell peakCell(const trace::PeakOrigins& peak, std::size_t row, const std::string& column) {
    if (peak.empty())
        return {};
    return whole(column == "peak_layer"  ? peak.layers[row]
                 : column == "peak_head" ? peak.heads[row]
                                         : peak.rows[row]);
}

Cell scoreCell(const trace::CompressionStep& step, std::size_t row, std::string_view name) {
    for (const trace::ScoreColumn& column : step.held.scores)
        if (column.name == name)
            return column.values[row];
    return {};
}

Cell cutCell(const trace::Run& run, const trace::CompressionStep& step, std::string_view selector) {
    for (const trace::Cut& cut : step.cuts)
        if (cut.selector != trace::noSelector && run.selectors[cut.selector] == selector)
            return cut.value;
    return {};
}

// What appendScoreColumns() announced, behind the cells that there are.
void appendScoreCells(const trace::Run& run, const trace::CompressionStep& step, std::size_t row,
                      const Columns& columns, std::vector<Cell>& cells) {
    for (std::size_t i = cells.size(); i < columns.size(); ++i) {
        const std::string_view column = columns[i];
        if (column.starts_with(scorePrefix))
            cells.push_back(scoreCell(step, row, column.substr(scorePrefix.size())));
        else if (column.starts_with(cutPrefix))
            cells.push_back(cutCell(run, step, column.substr(cutPrefix.size())));
        else
            cells.push_back(peakCell(step.held.peak, row, columns[i]));
    }
}

Cell rankCell(std::int32_t rank) {
    return rank == 0 ? Cell() : whole(rank);
}

} // namespace

Result<Columns> scoresColumns(const RunSource& source) {
    Columns columns{"step", "position", "rank", "kept", "tier", "reason", "selector"};
    if (const Status done = appendScoreColumns(source, columns); !done)
        return done.error();
    return columns;
}

Status scoresRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink) {
    const trace::Run& run = excerpt.source.run();
    return forEachStep(excerpt, [&](const trace::CompressionStep& step) {
        const trace::HeldTokens& held = step.held;
        const std::vector<std::int32_t> ranks = select::candidateRanks(run, step);
        for (std::size_t row = 0; row < held.size(); ++row) {
            if (!held.candidates[row])
                continue;
            std::vector<Cell> cells{whole(step.index),
                                    whole(held.positions[row].value),
                                    rankCell(ranks[row]),
                                    held.tiers[row] != trace::Tier::dropped,
                                    nameCell(held.tiers[row]),
                                    nameCell(held.reasons[row]),
                                    selectorCell(run, held.selectors[row])};
            appendScoreCells(run, step, row, columns, cells);
            sink(cells);
        }
    });
}

Result<Columns> tokenColumns(const RunSource& source) {
    Columns columns{"step", "position", "tier", "reason", "selector", "candidate", "rank"};
    if (const Status done = appendScoreColumns(source, columns); !done)
        return done.error();
    return columns;
}

Status tokenRows(const Excerpt& excerpt, const Columns& columns, const RowSink& sink) {
    const trace::Run& run = excerpt.source.run();
    const StreamPos position(*excerpt.token);
    return forEachStep(excerpt, [&](const trace::CompressionStep& step) {
        const trace::HeldTokens& held = step.held;
        const auto place = std::lower_bound(held.positions.begin(), held.positions.end(), position);
        if (place == held.positions.end() || *place != position)
            return;
        const auto row = static_cast<std::size_t>(place - held.positions.begin());
        std::vector<Cell> cells{whole(step.index),
                                whole(position.value),
                                nameCell(held.tiers[row]),
                                nameCell(held.reasons[row]),
                                selectorCell(run, held.selectors[row]),
                                held.candidates[row] != 0,
                                rankCell(select::candidateRanks(run, step)[row])};
        appendScoreCells(run, step, row, columns, cells);
        sink(cells);
    });
}

} // namespace kvprism::tables
