// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/survival_table.h"

#include <algorithm>
#include <fmt/format.h>

namespace kvprism::cli {

std::vector<StreamPos> tokensOfBytes(const trace::TokenTable& tokens, std::int64_t begin, std::int64_t end) {
    std::vector<StreamPos> positions;
    for (std::size_t i = 0; i < tokens.byteOffsets.size(); ++i) {
        const std::int64_t from = tokens.byteOffsets[i];
        const auto to = from + static_cast<std::int64_t>(tokens.piece(i).size());
        if (from >= 0 && from < end && to > begin)
            positions.emplace_back(static_cast<std::int32_t>(i));
    }
    return positions;
}

std::int32_t heldAfter(const trace::TraceStore& store, std::int32_t step,
                       const std::vector<StreamPos>& positions) {
    const auto held = std::count_if(positions.begin(), positions.end(), [&](StreamPos position) {
        const auto tier = store.tierAt(step, position);
        return tier && *tier != trace::Tier::dropped;
    });
    return static_cast<std::int32_t>(held);
}

std::string survivalTable(const trace::TraceStore& store, const std::vector<StreamPos>& marked) {
    std::string text = fmt::format("{:>5}  {:>11}  {:>6}  {:>7}  {:>6}  {:>6}  {:>7}  {:>8}\n", "block",
                                   "tokens", "kept", "anchors", "window", "global", "dropped", "the fact");
    for (const auto& step : store.steps()) {
        const trace::StepCounts& counts = step->counts;
        const bool read = !marked.empty() && marked.front() < step->end;
        const std::string fact =
            read ? fmt::format("{} of {}", heldAfter(store, step->index, marked), marked.size()) : "–";
        text += fmt::format("{:>5}  {:>11}  {:>6}  {:>7}  {:>6}  {:>6}  {:>7}  {:>8}\n", step->index,
                            fmt::format("{}–{}", step->begin.value, step->end.value - 1), counts.kept,
                            counts.anchors, counts.window, counts.global, counts.dropped, fact);
    }
    return text;
}

} // namespace kvprism::cli
