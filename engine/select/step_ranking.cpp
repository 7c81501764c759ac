// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/step_ranking.h"

#include "engine/select/options.h"
#include "engine/select/plan.h"

namespace kvprism::select {

std::vector<std::size_t> rankedCandidates(const trace::Run& run, const trace::CompressionStep& step,
                                          std::size_t part) {
    const auto config = configOfRun(run);
    if (!config)
        return {};
    const auto parts = partsOf(*config);
    if (part >= parts.size() || parts[part].method->scorer == ScorerKind::none)
        return {};
    return rankCandidates(step, *config, parts[part]);
}

std::vector<std::int32_t> candidateRanks(const trace::Run& run, const trace::CompressionStep& step) {
    std::vector<std::int32_t> ranks(step.held.size(), 0);
    std::int32_t rank = 0;
    for (const std::size_t row : rankedCandidates(run, step))
        ranks[row] = ++rank;
    return ranks;
}

std::vector<std::int32_t> candidateRanks(const trace::CompressionStep& step, const Config& config,
                                         const Part& part) {
    const std::vector<std::size_t> order = rankCandidates(step, config, part);
    std::vector<std::int32_t> ranks(order.empty() ? 0 : step.held.size(), 0);
    std::int32_t rank = 0;
    for (const std::size_t row : order)
        ranks[row] = ++rank;
    return ranks;
}

} // namespace kvprism::select
