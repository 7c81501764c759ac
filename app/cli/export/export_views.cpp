// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/export/export_views.h"

#include "engine/select/step_ranking.h"

#include <algorithm>
#include <array>

namespace kvprism::cli {

namespace {

using Columns = std::vector<std::string>;

Cell selectorCell(const trace::Run& run, std::uint8_t selector) {
    return selector == trace::noSelector ? Cell() : Cell(run.selectors[selector]);
}

std::string nameOf(trace::Tier tier) {
    return std::string(trace::name(tier));
}

// map: every token held when a step chose.

Result<Columns> mapColumns(const ExportSource&) {
    return Columns{"step", "position", "tier", "reason", "selector"};
}

Status mapRows(const ExportSource& source, const Columns&, const RowSink& sink) {
    return forEachStep(source, [&](const trace::CompressionStep& step) {
        for (std::size_t row = 0; row < step.held.size(); ++row)
            sink({whole(step.index), whole(step.held.positions[row].value), nameOf(step.held.tiers[row]),
                  std::string(trace::name(step.held.reasons[row])),
                  selectorCell(source.outline.run(), step.held.selectors[row])});
    });
}

// text: every token of the stream, and what became of it.

Result<Columns> textColumns(const ExportSource&) {
    return Columns{"position", "id",   "byte_offset",  "bytes",
                   "piece",    "tier", "read_in_step", "dropped_in_step"};
}

Status textRows(const ExportSource& source, const Columns&, const RowSink& sink) {
    const trace::Run& run = source.outline.run();
    struct Fate {
        std::int32_t read = -1, dropped = -1;
        trace::Tier tier = trace::Tier::dropped;
    };
    std::vector<Fate> fates(run.tokens.size());
    const Status done = forEachStep(source, [&](const trace::CompressionStep& step) {
        for (std::size_t row = 0; row < step.held.size(); ++row) {
            Fate& fate = fates[static_cast<std::size_t>(step.held.positions[row].value)];
            if (fate.read < 0)
                fate.read = step.index;
            fate.tier = step.held.tiers[row];
            if (fate.tier == trace::Tier::dropped)
                fate.dropped = step.index;
        }
    });
    if (!done)
        return done;
    const auto stepOrNone = [](std::int32_t step) { return step < 0 ? Cell() : whole(step); };
    for (std::size_t i = 0; i < fates.size(); ++i) {
        const Fate& fate = fates[i];
        const bool text = !run.withoutText;
        const std::string piece(text ? run.tokens.piece(i) : std::string_view());
        const std::int64_t offset = run.tokens.byteOffsets[i];
        sink({whole(static_cast<std::int64_t>(i)), text ? whole(run.tokens.ids[i]) : Cell(),
              text && offset >= 0 ? whole(offset) : Cell(),
              text ? whole(static_cast<std::int64_t>(piece.size())) : Cell(), text ? Cell(piece) : Cell(),
              fate.read < 0 ? Cell("unread") : Cell(nameOf(fate.tier)), stepOrNone(fate.read),
              stepOrNone(fate.dropped)});
    }
    return {};
}

// budget: a step a row.

Result<Columns> budgetColumns(const ExportSource& source) {
    Columns columns{"step",  "begin",   "end",    "budget", "held",    "candidates",
                    "quota", "anchors", "window", "global", "dropped", "kept"};
    for (const std::string& selector : source.outline.run().selectors)
        columns.push_back("global_" + selector);
    for (const char* name : {"bytes_kept", "peak_slots", "forward_ms", "score_ms", "select_ms", "compact_ms"})
        columns.emplace_back(name);
    return columns;
}

Status budgetRows(const ExportSource& source, const Columns&, const RowSink& sink) {
    const trace::Run& run = source.outline.run();
    return forEachStep(source, [&](const trace::CompressionStep& step) {
        const auto& applied = source.outline.steps()[static_cast<std::size_t>(step.index)].applied;
        std::vector<Cell> cells;
        for (const std::int32_t number : {step.index, step.begin.value, step.end.value, run.budget,
                                          static_cast<std::int32_t>(step.held.size()), step.counts.candidates,
                                          step.quota, step.counts.anchors, step.counts.window,
                                          step.counts.global, step.counts.dropped, step.counts.kept})
            cells.push_back(whole(number));
        for (std::size_t selector = 0; selector < run.selectors.size(); ++selector) {
            std::int64_t chosen = 0;
            for (std::size_t row = 0; row < step.held.size(); ++row)
                chosen += step.held.tiers[row] == trace::Tier::global && step.held.selectors[row] == selector;
            cells.push_back(whole(chosen));
        }
        cells.push_back(applied ? whole(static_cast<std::int64_t>(applied->bytesKept)) : Cell());
        cells.push_back(whole(step.peakSlots));
        for (const double ms : {step.ms.forward, step.ms.score, step.ms.select})
            cells.emplace_back(ms);
        cells.push_back(applied ? Cell(applied->compactMs) : Cell());
        sink(cells);
    });
}

// scores: every candidate of every step.

Result<Columns> scoresColumns(const ExportSource& source) {
    Columns columns{"step", "position", "rank", "kept", "tier", "reason", "selector"};
    Columns scores;
    bool peak = false;
    const Status done = forEachStep(source, [&](const trace::CompressionStep& step) {
        for (const trace::ScoreColumn& column : step.held.scores)
            if (std::find(scores.begin(), scores.end(), "score:" + column.name) == scores.end())
                scores.push_back("score:" + column.name);
        peak = peak || !step.held.peak.empty();
    });
    if (!done)
        return done.error();
    columns.insert(columns.end(), scores.begin(), scores.end());
    for (const std::string& selector : source.outline.run().selectors)
        columns.push_back("cut:" + selector);
    if (peak)
        columns.insert(columns.end(), {"peak_layer", "peak_head", "peak_row"});
    return columns;
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

Status scoresRows(const ExportSource& source, const Columns& columns, const RowSink& sink) {
    const trace::Run& run = source.outline.run();
    return forEachStep(source, [&](const trace::CompressionStep& step) {
        const trace::HeldTokens& held = step.held;
        const std::vector<std::int32_t> ranks = select::candidateRanks(run, step);
        for (std::size_t row = 0; row < held.size(); ++row) {
            if (!held.candidates[row])
                continue;
            std::vector<Cell> cells{whole(step.index),
                                    whole(held.positions[row].value),
                                    ranks[row] == 0 ? Cell() : whole(ranks[row]),
                                    held.tiers[row] != trace::Tier::dropped,
                                    nameOf(held.tiers[row]),
                                    std::string(trace::name(held.reasons[row])),
                                    selectorCell(run, held.selectors[row])};
            for (std::size_t i = cells.size(); i < columns.size(); ++i) {
                const std::string& column = columns[i];
                if (column.starts_with("score:"))
                    cells.push_back(scoreCell(step, row, column.substr(6)));
                else if (column.starts_with("cut:"))
                    cells.push_back(cutCell(run, step, column.substr(4)));
                else
                    cells.push_back(peakCell(held.peak, row, column));
            }
            sink(cells);
        }
    });
}

constexpr std::array<ExportView, 6> views{{{"map", mapColumns, mapRows},
                                           {"text", textColumns, textRows},
                                           {"budget", budgetColumns, budgetRows},
                                           {"scores", scoresColumns, scoresRows},
                                           {"lsh", lshColumns, lshRows},
                                           {"overlap", overlapColumns, overlapRows}}};

} // namespace

Status forEachStep(const ExportSource& source, const StepFunction& act) {
    for (std::int32_t index = 0; index < source.reader.stepCount(); ++index) {
        const auto step = source.reader.step(index);
        if (!step)
            return step.error();
        act(**step);
    }
    return {};
}

std::span<const ExportView> exportViews() {
    return views;
}

} // namespace kvprism::cli
