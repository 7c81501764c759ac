// SPDX-License-Identifier: GPL-3.0-or-later
// What two runs kept, in numbers and token by token.
#include "engine/tables/step_pairs.h"
#include "engine/trace/comparison.h"

#include <algorithm>

namespace kvprism::tables {

namespace {

using trace::CompressionStep;
using trace::Tier;

Tier tierIn(const CompressionStep& step, StreamPos position) {
    const auto& held = step.held.positions;
    const auto place = std::lower_bound(held.begin(), held.end(), position);
    if (place == held.end() || *place != position)
        return Tier::dropped; // by a step before
    return step.held.tiers[static_cast<std::size_t>(place - held.begin())];
}

const char* keptBy(bool a, bool b) {
    return a ? (b ? "both" : "only_a") : "only_b";
}

} // namespace

// comparison: a step that both have a row.

Result<Columns> comparisonColumns(const RunSource&) {
    return Columns{"step", "step_b", "begin", "end", "both", "only_a", "only_b", "neither", "jaccard"};
}

Status comparisonRows(const Excerpt& excerpt, const Columns&, const RowSink& sink) {
    return forEachPair(excerpt, [&](const CompressionStep& a, const CompressionStep& b) {
        const trace::KeptComparison kept = trace::compareKept(a, b);
        const auto count = [](const auto& positions) {
            return whole(static_cast<std::int64_t>(positions.size()));
        };
        sink({whole(a.index), whole(b.index), whole(a.begin.value), whole(a.end.value), count(kept.both),
              count(kept.onlyA), count(kept.onlyB), whole(kept.neither), kept.jaccard()});
    });
}

// difference: a token that one of the two holds after a step a row.

Result<Columns> differenceColumns(const RunSource&) {
    return Columns{"step", "position", "kept_by", "tier_a", "tier_b"};
}

Status differenceRows(const Excerpt& excerpt, const Columns&, const RowSink& sink) {
    return forEachPair(excerpt, [&](const CompressionStep& a, const CompressionStep& b) {
        std::vector<StreamPos> any;
        const std::vector<StreamPos> keptA = trace::keptPositions(a), keptB = trace::keptPositions(b);
        std::ranges::set_union(keptA, keptB, std::back_inserter(any));
        for (const StreamPos position : any) {
            const Tier inA = tierIn(a, position), inB = tierIn(b, position);
            sink({whole(a.index), whole(position.value),
                  std::string(keptBy(inA != Tier::dropped, inB != Tier::dropped)), nameCell(inA),
                  nameCell(inB)});
        }
    });
}

} // namespace kvprism::tables
