// SPDX-License-Identifier: GPL-3.0-or-later
// Needles: how much of a passage is held after each step, in one run or in two.
#include "engine/tables/step_pairs.h"

#include <algorithm>
#include <array>

namespace kvprism::tables {

namespace {

using trace::CompressionStep;
using trace::Tier;

constexpr std::array<Tier, 4> keptTiers{Tier::anchor, Tier::window, Tier::global, Tier::compressed};

// `step`: the shown run's; `after`: the step of either run that the numbers are of.
void needleRows(const Excerpt& excerpt, const char* run, std::int32_t step, const CompressionStep& after,
                const RowSink& sink) {
    std::int64_t number = 0;
    for (const Needle& needle : excerpt.needles) {
        const auto& held = after.held.positions;
        const auto from = std::lower_bound(held.begin(), held.end(), StreamPos(needle.first));
        const auto to = std::upper_bound(from, held.end(), StreamPos(needle.last));
        std::array<std::int64_t, 5> byTier{};
        for (auto place = from; place != to; ++place)
            ++byTier[static_cast<std::size_t>(
                after.held.tiers[static_cast<std::size_t>(place - held.begin())])];
        std::int64_t kept = 0;
        for (const Tier tier : keptTiers)
            kept += byTier[static_cast<std::size_t>(tier)];
        const std::int64_t read =
            std::clamp(after.end.value - needle.first, 0, needle.last - needle.first + 1);
        std::vector<Cell> cells{whole(number++),
                                whole(needle.first),
                                whole(needle.last),
                                excerpt.source.run().withoutText ? Cell()
                                                                 : Cell(textOf(excerpt.source.run(), needle)),
                                std::string(run),
                                whole(step),
                                whole(after.end.value),
                                whole(read),
                                whole(kept)};
        for (const Tier tier : keptTiers)
            cells.push_back(whole(byTier[static_cast<std::size_t>(tier)]));
        cells.push_back(whole(read - kept));
        sink(cells);
    }
}

} // namespace

Result<Columns> needlesColumns(const RunSource&) {
    return Columns{"needle", "first", "last",   "text",   "run",    "step",       "end",
                   "read",   "held",  "anchor", "window", "global", "compressed", "dropped"};
}

Status needlesRows(const Excerpt& excerpt, const Columns&, const RowSink& sink) {
    const Status done = forEachStep(
        excerpt, [&](const CompressionStep& step) { needleRows(excerpt, "a", step.index, step, sink); });
    if (!done || !excerpt.other)
        return done;
    return forEachPair(excerpt, [&](const CompressionStep& a, const CompressionStep& b) {
        needleRows(excerpt, "b", a.index, b, sink);
    });
}

} // namespace kvprism::tables
