// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/plan.h"

#include "engine/select/lsh.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace kvprism::select {

namespace {

using trace::CompressionStep;
using trace::HeldTokens;
using trace::Reason;
using trace::Tier;

// Every token's place before anything is chosen: protected, older memory as it was, or a candidate that is
// not chosen.
HeldTokens placeTokens(const Memory& memory, const Geometry& geometry, const Config& config,
                       std::int32_t step) {
    HeldTokens held;
    held.positions = heldPositions(memory, geometry, step);
    const std::size_t count = held.size();
    held.tiers.resize(count);
    held.reasons.resize(count);
    held.candidates.resize(count, 0);
    held.selectors.resize(count, trace::noSelector);
    const bool pins = !config.pins.empty(), evictions = !config.evictions.empty();
    const StreamPos anchorsEnd = geometry.anchorsEnd(step), windowBegin = geometry.windowBegin(step);
    const StreamPos candidatesBegin = geometry.candidatesBegin(step);
    for (std::size_t row = 0; row < count; ++row) {
        const StreamPos position = held.positions[row];
        if (evictions && config.evictions.contains(position)) {
            held.tiers[row] = Tier::dropped;
            held.reasons[row] = Reason::evicted;
            continue;
        }
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
        } else if (pins && config.pins.contains(position)) {
            held.tiers[row] = Tier::global;
            held.reasons[row] = Reason::pinned;
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

const trace::ScoreColumn* columnNamed(const HeldTokens& held, std::string_view name) {
    const auto found = std::find_if(held.scores.begin(), held.scores.end(),
                                    [&](const auto& column) { return column.name == name; });
    return found == held.scores.end() || found->values.size() != held.size() ? nullptr : &*found;
}

// What a part ranks by, for every held token: pooled where it pools; empty where it ranks by no scores.
std::vector<float> rankedScores(const HeldTokens& held, const Part& part) {
    if (!givesScores(part.method->scorer))
        return {};
    const trace::ScoreColumn* raw = rawScores(held, *part.method);
    assert(raw && "a method that ranks by scores was given none");
    if (!raw)
        return std::vector<float>(held.size(), 0.0f);
    return poolScores(held.positions, raw->values, part.pool, part.poolWidth);
}

bool pools(const Part& part) {
    return givesScores(part.method->scorer) && part.pool != Pool::none && part.poolWidth > 1;
}

// What the pooled scores of the part with this index are recorded under.
std::string pooledName(const Part& part, std::size_t index) {
    return index == 0 ? "pooled" : "pooled:" + std::string(part.method->name);
}

// The columns of some held tokens, as a part sees them.
struct PartColumns {
    std::vector<std::size_t> rows; // of held
    std::vector<StreamPos> positions;
    std::vector<float> scores;
    std::vector<std::uint8_t> collisions;
    std::vector<std::int32_t> matchingBits;
    std::vector<float> distances, u;
    std::vector<std::int32_t> order; // of `rows`, where it is known
};

PartColumns columnsOf(const HeldTokens& held, std::span<const float> ranked,
                      std::span<const std::int32_t> matching, std::vector<std::size_t> rows) {
    PartColumns columns;
    const auto pick = [&](auto& target, const auto& source) {
        if (source.empty())
            return;
        target.reserve(rows.size());
        for (const std::size_t row : rows)
            if (row < source.size())
                target.push_back(source[row]);
    };
    pick(columns.positions, held.positions);
    pick(columns.scores, ranked);
    pick(columns.collisions, held.lsh.collisions);
    pick(columns.matchingBits, matching);
    pick(columns.distances, held.lsh.distances);
    pick(columns.u, held.lsh.u);
    columns.rows = std::move(rows);
    return columns;
}

// Rows of which `isThere` holds, ascending. Without a branch: kept and dropped tokens alternate at random,
// and a GPU may be waiting.
template <class Row, class IsThere> std::vector<Row> rowsWhere(std::size_t count, const IsThere& isThere) {
    std::vector<Row> rows(count);
    std::size_t found = 0;
    for (std::size_t row = 0; row < count; ++row) {
        rows[found] = static_cast<Row>(row);
        found += isThere(row) ? 1 : 0;
    }
    rows.resize(found);
    return rows;
}

std::vector<std::size_t> openCandidates(const HeldTokens& held) {
    return rowsWhere<std::size_t>(held.size(), [&](std::size_t row) {
        return (held.candidates[row] != 0) & (held.tiers[row] == Tier::dropped);
    });
}

Candidates candidatesOf(const PartColumns& columns, const Config& config, std::int32_t step,
                        std::int32_t quota) {
    return {.positions = columns.positions,
            .scores = columns.scores,
            .lsh = {config.lshMode, columns.collisions, columns.matchingBits, columns.distances, columns.u},
            .order = columns.order,
            .quota = quota,
            .step = step,
            .seed = config.seed};
}

// An order of held tokens as one of those in `rows`, which are some of them.
std::vector<std::int32_t> orderAmong(const std::vector<std::size_t>& rows,
                                     std::span<const std::int32_t> order, std::size_t held) {
    if (order.empty())
        return {};
    std::vector<std::int32_t> places(held, -1), among;
    among.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        places[rows[i]] = static_cast<std::int32_t>(i);
    for (const std::int32_t row : order)
        if (places[static_cast<std::size_t>(row)] >= 0)
            among.push_back(places[static_cast<std::size_t>(row)]);
    return among;
}

// One part chooses `quota` of the candidates that no part before it took.
void choosePart(CompressionStep& record, const Config& config, const Part& part, std::size_t index,
                std::int32_t quota, StepScores& scores) {
    HeldTokens& held = record.held;
    StepScores::Ranked& known = scores.rankedOf(index);
    std::vector<float> ranked =
        known.pooled.size() == held.size() ? std::move(known.pooled) : rankedScores(held, part);
    PartColumns columns = columnsOf(held, ranked, scores.matchingBits, openCandidates(held));
    if (pools(part))
        held.scores.push_back({pooledName(part, index), std::move(ranked)});
    columns.order = orderAmong(columns.rows, known.order, held.size());
    const Choice choice = part.method->choose(candidatesOf(columns, config, record.index, quota));
    const auto selector = static_cast<std::uint8_t>(index);
    for (std::size_t rank = 0; rank < choice.ranked.size(); ++rank) {
        const std::size_t row = columns.rows[static_cast<std::size_t>(choice.ranked[rank])];
        held.tiers[row] = Tier::global;
        const Reason reason = choice.reasons[rank];
        held.reasons[row] = reason == Reason::primary && index > 0 ? Reason::secondary : reason;
        held.selectors[row] = selector;
    }
    if (choice.cut)
        record.cuts.push_back({selector, *choice.cut});
}

// `scores`: what is left of them once the record has its columns.
void choose(CompressionStep& record, const Config& config, StepScores scores) {
    const std::vector<Part> parts = partsOf(config);
    if (std::ranges::find(record.held.candidates, 1) == record.held.candidates.end())
        return;
    if (!record.held.lsh.empty() && scores.matchingBits.size() != record.held.size())
        scores.matchingBits = completeLsh(record.held.lsh);
    std::int32_t left = record.quota;
    for (std::size_t index = 0; index < parts.size(); ++index) {
        const bool last = index + 1 == parts.size();
        const std::int32_t quota =
            last ? left
                 : std::clamp(static_cast<std::int32_t>(record.quota * config.hybridRatio + 1e-6), 0, left);
        choosePart(record, config, parts[index], index, quota, scores);
        left -= quota;
    }
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

// Pinned tokens take places of the quota; and where what was once chosen stays, places are left for those to
// come.
std::int32_t quotaBesidePins(const HeldTokens& held, const Geometry& geometry, const Config& config,
                             std::int32_t step) {
    std::int32_t older = 0, pinned = 0;
    for (std::size_t row = 0; row < held.size(); ++row)
        if (held.tiers[row] == Tier::global)
            ++(geometry.isCandidate(held.positions[row], step) ? pinned : older);
    std::int64_t places = std::int64_t{geometry.quota(step, older)} - pinned;
    if (geometry.mode == Mode::accumulate && geometry.scope == BudgetScope::total) {
        const StreamPos lastWindow(geometry.streamTokens - geometry.window);
        const std::int64_t toCome = config.pins.countIn(geometry.windowBegin(step), lastWindow);
        places = std::min(places, std::int64_t{geometry.global} - older - pinned - toCome);
    }
    return static_cast<std::int32_t>(std::max<std::int64_t>(0, places));
}

bool measuresAnything(const Config& config) {
    const std::vector<Part> parts = partsOf(config);
    return config.recordDetail == RecordDetail::full || std::ranges::any_of(parts, [](const Part& part) {
               return part.method->scorer != ScorerKind::none;
           });
}

} // namespace

const trace::ScoreColumn* rawScores(const HeldTokens& held, const MethodSpec& method) {
    const trace::ScoreColumn* own = columnNamed(held, method.name);
    return own ? own : columnNamed(held, std::string(trace::otherPrefix) + std::string(method.name));
}

std::vector<StreamPos> heldPositions(const Memory& memory, const Geometry& geometry, std::int32_t step) {
    const StreamPos begin = geometry.blockBegin(step), end = geometry.blockEnd(step);
    std::vector<StreamPos> positions;
    positions.reserve(memory.size() + static_cast<std::size_t>(std::max(0, end - begin)));
    positions = memory.positions;
    for (StreamPos position = begin; position < end; ++position)
        positions.push_back(position);
    return positions;
}

OpenStep openStep(const Memory& memory, const Geometry& geometry, const Config& config, std::int32_t step) {
    OpenStep open;
    CompressionStep& record = open.record;
    record.index = step;
    record.begin = geometry.blockBegin(step);
    record.end = geometry.blockEnd(step);
    record.held = placeTokens(memory, geometry, config, step);
    record.quota = quotaBesidePins(record.held, geometry, config, step);
    const auto& candidates = record.held.candidates;
    open.needsScores =
        measuresAnything(config) && std::find(candidates.begin(), candidates.end(), 1) != candidates.end();
    return open;
}

CompressionStep planStep(OpenStep open, const Config& config, StepScores scores) {
    CompressionStep record = std::move(open.record);
    if (open.needsScores) {
        record.held.scores = std::move(scores.columns);
        if (scores.peak.layers.size() == record.held.size())
            record.held.peak = std::move(scores.peak);
        record.held.lsh = std::move(scores.lsh);
    }
    choose(record, config, std::move(scores));
    record.counts = countTokens(record.held);
    return record;
}

CompressionStep planStep(const Memory& memory, const Geometry& geometry, const Config& config,
                         std::int32_t step, StepScores scores) {
    return planStep(openStep(memory, geometry, config, step), config, std::move(scores));
}

bool stepNeedsScores(const Memory& memory, const Geometry& geometry, const Config& config,
                     std::int32_t step) {
    return openStep(memory, geometry, config, step).needsScores;
}

namespace {

// What a part of the run ranked by as it was recorded, bit for bit; another method's is computed.
std::vector<float> recordedScores(const HeldTokens& held, const Config& config, const Part& part) {
    const std::vector<Part> parts = partsOf(config);
    for (std::size_t index = 0; pools(part) && index < parts.size(); ++index) {
        const trace::ScoreColumn* pooled = columnNamed(held, pooledName(part, index));
        if (parts[index].method == part.method && pooled)
            return pooled->values;
    }
    return rankedScores(held, part);
}

} // namespace

std::vector<std::size_t> rankCandidates(const CompressionStep& step, const Config& config, const Part& part) {
    const HeldTokens& held = step.held;
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < held.size(); ++row)
        if (held.candidates[row])
            rows.push_back(row);
    const bool scored = !givesScores(part.method->scorer) || rawScores(held, *part.method);
    if (!scored || (part.method->scorer == ScorerKind::lsh && held.lsh.empty()))
        return {};
    // Recordings without text have no signatures to count equal bits of, but u grows with them.
    std::vector<std::int32_t> matching;
    for (const float u : held.lsh.u)
        matching.push_back(std::bit_cast<std::int32_t>(u));
    if (!held.lsh.signatures.empty()) {
        trace::LshColumns lsh = held.lsh;
        matching = completeLsh(lsh);
    }
    const PartColumns columns =
        columnsOf(held, recordedScores(held, config, part), matching, std::move(rows));
    const auto all = static_cast<std::int32_t>(columns.rows.size());
    std::vector<std::size_t> order;
    for (const std::int32_t chosen :
         part.method->choose(candidatesOf(columns, config, step.index, all)).ranked)
        order.push_back(columns.rows[static_cast<std::size_t>(chosen)]);
    return order;
}

std::vector<std::int32_t> keptRows(const CompressionStep& step) {
    return rowsWhere<std::int32_t>(step.held.size(),
                                   [&](std::size_t row) { return step.held.tiers[row] != Tier::dropped; });
}

Memory memoryAfter(const CompressionStep& step) {
    Memory memory;
    const std::vector<std::int32_t> rows = keptRows(step);
    memory.positions.reserve(rows.size());
    memory.tiers.reserve(rows.size());
    memory.reasons.reserve(rows.size());
    memory.selectors.reserve(rows.size());
    for (const std::int32_t kept : rows) {
        const auto row = static_cast<std::size_t>(kept);
        memory.positions.push_back(step.held.positions[row]);
        memory.tiers.push_back(step.held.tiers[row]);
        memory.reasons.push_back(step.held.reasons[row]);
        memory.selectors.push_back(step.held.selectors[row]);
    }
    return memory;
}

} // namespace kvprism::select
