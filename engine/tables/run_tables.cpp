// SPDX-License-Identifier: GPL-3.0-or-later
// The views that every run has numbers for: map, text and budget.
#include "engine/tables/tables.h"

namespace kvprism::tables {

// map: every token held when a step chose.

Result<Columns> mapColumns(const RunSource&) {
    return Columns{"step", "position", "tier", "reason", "selector"};
}

Status mapRows(const Excerpt& excerpt, const Columns&, const RowSink& sink) {
    return forEachStep(excerpt, [&](const trace::CompressionStep& step) {
        for (std::size_t row = 0; row < step.held.size(); ++row)
            sink({whole(step.index), whole(step.held.positions[row].value), nameCell(step.held.tiers[row]),
                  nameCell(step.held.reasons[row]),
                  selectorCell(excerpt.source.run(), step.held.selectors[row])});
    });
}

// text: every token of the stream, and what became of it.

Result<Columns> textColumns(const RunSource&) {
    return Columns{"position", "id",   "byte_offset",  "bytes",
                   "piece",    "tier", "read_in_step", "dropped_in_step"};
}

Status textRows(const Excerpt& excerpt, const Columns&, const RowSink& sink) {
    const trace::Run& run = excerpt.source.run();
    struct Fate {
        std::int32_t read = -1, dropped = -1;
        trace::Tier tier = trace::Tier::dropped;
    };
    std::vector<Fate> fates(run.tokens.size());
    const Status done = forEachStep(excerpt, [&](const trace::CompressionStep& step) {
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
              fate.read < 0 ? Cell("unread") : nameCell(fate.tier), stepOrNone(fate.read),
              stepOrNone(fate.dropped)});
    }
    return {};
}

// budget: a step a row.

Result<Columns> budgetColumns(const RunSource& source) {
    Columns columns{"step",  "begin",   "end",    "budget", "held",    "candidates",
                    "quota", "anchors", "window", "global", "dropped", "kept"};
    for (const std::string& selector : source.run().selectors)
        columns.push_back("global_" + selector);
    for (const char* name : {"bytes_kept", "peak_slots", "forward_ms", "score_ms", "select_ms", "compact_ms"})
        columns.emplace_back(name);
    return columns;
}

Status budgetRows(const Excerpt& excerpt, const Columns&, const RowSink& sink) {
    const trace::Run& run = excerpt.source.run();
    return forEachStep(excerpt, [&](const trace::CompressionStep& step) {
        const trace::StepApplied* applied = excerpt.source.applied(step.index);
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

} // namespace kvprism::tables
