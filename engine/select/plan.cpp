// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/plan.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace kvprism::select {

namespace {

using trace::CompressionStep;
using trace::HeldTokens;
using trace::Reason;
using trace::Tier;

constexpr std::uint8_t theSelector = 0; // Run::selectors holds the one method that runs

// Every token's place before anything is chosen: protected, older memory as it was, or a candidate that is
// not chosen.
HeldTokens placeTokens(const Memory& memory, const Geometry& geometry, std::int32_t step) {
    HeldTokens held;
    held.positions = heldPositions(memory, geometry, step);
    const std::size_t count = held.size();
    held.tiers.resize(count);
    held.reasons.resize(count);
    held.candidates.resize(count, 0);
    held.selectors.resize(count, trace::noSelector);
    const StreamPos anchorsEnd = geometry.anchorsEnd(step), windowBegin = geometry.windowBegin(step);
    const StreamPos candidatesBegin = geometry.candidatesBegin(step);
    for (std::size_t row = 0; row < count; ++row) {
        const StreamPos position = held.positions[row];
        if (position < anchorsEnd) {
            held.tiers[row] = Tier::anchor;
            held.reasons[row] = Reason::anchor;
        } else if (position >= windowBegin) {
            held.tiers[row] = Tier::window;
            held.reasons[row] = Reason::window;
        } else if (geometry.keepsAll || position < candidatesBegin) {
            held.tiers[row] = Tier::global;
            held.reasons[row] = row < memory.size() ? memory.reasons[row] : Reason::fits;
            held.selectors[row] = row < memory.size() ? memory.selectors[row] : trace::noSelector;
        } else {
            held.tiers[row] = Tier::dropped;
            held.reasons[row] = Reason::belowCut;
            held.candidates[row] = 1;
        }
        if (geometry.keepsAll)
            held.reasons[row] = Reason::fits;
    }
    return held;
}

// What the method ranks by, for every held token; adds the column "pooled" where pooling makes it another
// one.
std::vector<float> rankedScores(HeldTokens& held, const MethodSpec& method, const Config& config) {
    if (method.scorer == ScorerKind::none)
        return {};
    const bool complete = !held.scores.empty() && held.scores.front().values.size() == held.size();
    assert(complete && "a method that ranks by scores was given none");
    if (!complete)
        return std::vector<float>(held.size(), 0.0f);
    if (config.scorePool == Pool::none || config.scorePoolWidth <= 1)
        return held.scores.front().values;
    std::vector<float> pooled =
        poolScores(held.positions, held.scores.front().values, config.scorePool, config.scorePoolWidth);
    held.scores.push_back({"pooled", pooled});
    return pooled;
}

void choose(CompressionStep& record, const MethodSpec& method, const Config& config) {
    HeldTokens& held = record.held;
    std::vector<std::size_t> rows; // of the candidates
    for (std::size_t row = 0; row < held.size(); ++row)
        if (held.candidates[row])
            rows.push_back(row);
    if (rows.empty())
        return;
    const std::vector<float> ranked = rankedScores(held, method, config);
    std::vector<StreamPos> positions;
    std::vector<float> scores;
    for (const std::size_t row : rows) {
        positions.push_back(held.positions[row]);
        if (!ranked.empty())
            scores.push_back(ranked[row]);
    }
    const Choice choice = method.choose({.positions = positions,
                                         .scores = scores,
                                         .quota = record.quota,
                                         .step = record.index,
                                         .seed = config.seed});
    for (std::size_t rank = 0; rank < choice.ranked.size(); ++rank) {
        const std::size_t row = rows[static_cast<std::size_t>(choice.ranked[rank])];
        held.tiers[row] = Tier::global;
        held.reasons[row] = choice.reasons[rank];
        held.selectors[row] = theSelector;
    }
    if (!choice.ranked.empty())
        record.cuts.push_back({theSelector, choice.cut});
}

trace::StepCounts countTokens(const HeldTokens& held) {
    trace::StepCounts counts;
    for (std::size_t row = 0; row < held.size(); ++row) {
        counts.candidates += held.candidates[row];
        counts.anchors += held.tiers[row] == Tier::anchor;
        counts.window += held.tiers[row] == Tier::window;
        counts.global += held.tiers[row] == Tier::global;
        counts.dropped += held.tiers[row] == Tier::dropped;
    }
    counts.kept = counts.anchors + counts.window + counts.global;
    return counts;
}

} // namespace

std::vector<StreamPos> heldPositions(const Memory& memory, const Geometry& geometry, std::int32_t step) {
    std::vector<StreamPos> positions = memory.positions;
    const StreamPos end = geometry.blockEnd(step);
    for (StreamPos position = geometry.blockBegin(step); position < end; ++position)
        positions.push_back(position);
    return positions;
}

CompressionStep planStep(const Memory& memory, const Geometry& geometry, const MethodSpec& method,
                         const Config& config, std::int32_t step, StepScores scores) {
    CompressionStep record;
    record.index = step;
    record.begin = geometry.blockBegin(step);
    record.end = geometry.blockEnd(step);
    record.held = placeTokens(memory, geometry, step);
    const auto older = std::count(record.held.tiers.begin(), record.held.tiers.end(), Tier::global);
    record.quota = geometry.quota(step, static_cast<std::int32_t>(older));
    if (stepNeedsScores(memory, geometry, method, step)) {
        record.held.scores = std::move(scores.columns);
        if (scores.peak.layers.size() == record.held.size())
            record.held.peak = std::move(scores.peak);
    }
    choose(record, method, config);
    record.counts = countTokens(record.held);
    return record;
}

bool stepNeedsScores(const Memory& memory, const Geometry& geometry, const MethodSpec& method,
                     std::int32_t step) {
    if (geometry.keepsAll || method.scorer == ScorerKind::none)
        return false;
    const StreamPos begin = geometry.candidatesBegin(step), end = geometry.windowBegin(step);
    if (std::max(begin, geometry.blockBegin(step)) < end)
        return true; // tokens of the block
    const auto first = std::lower_bound(memory.positions.begin(), memory.positions.end(), begin);
    return first != memory.positions.end() && *first < end;
}

std::vector<std::int32_t> keptRows(const CompressionStep& step) {
    std::vector<std::int32_t> rows;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.tiers[row] != Tier::dropped)
            rows.push_back(static_cast<std::int32_t>(row));
    return rows;
}

Memory memoryAfter(const CompressionStep& step) {
    Memory memory;
    for (const std::int32_t kept : keptRows(step)) {
        const auto row = static_cast<std::size_t>(kept);
        memory.positions.push_back(step.held.positions[row]);
        memory.tiers.push_back(step.held.tiers[row]);
        memory.reasons.push_back(step.held.reasons[row]);
        memory.selectors.push_back(step.held.selectors[row]);
    }
    return memory;
}

} // namespace kvprism::select
