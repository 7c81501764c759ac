// SPDX-License-Identifier: GPL-3.0-or-later
// The device's pooling and rankings choose what the CPU's rules choose from the same numbers, ties and all.
#include "engine/kernels/ranking.h"
#include "engine/select/method.h"
#include "engine/select/options.h"
#include "engine/select/plan.h"
#include "tests/kernels/checks.h"
#include "tests/kernels/device_memory.h"

#include <algorithm>
#include <limits>

namespace kvprism::test {

namespace {

using namespace kernels;

struct Held {
    std::vector<std::int32_t> positions, rows, matching;
    std::vector<StreamPos> streamPositions;
    std::vector<float> values;
    std::vector<std::uint8_t> collisions;
};

// Few different numbers, so that there are many ties; some are none at all.
// `many`: more than are counted instead of sorted.
Held someTokens(Checks& checks, bool many) {
    Held held;
    const int count = many ? checks.between(21000, 25000) : checks.between(1, 9000),
              numbers = checks.between(1, 3) == 1 ? 5 : 100000;
    std::int32_t position = 0;
    for (int row = 0; row < count; ++row) {
        position += checks.between(0, 3) == 0 ? checks.between(1, 40) : 1;
        held.positions.push_back(position);
        held.streamPositions.emplace_back(position);
        held.values.push_back(static_cast<float>(checks.between(-numbers, numbers)) / 7.0f);
        if (checks.between(0, 200) == 0)
            held.values.back() = std::numeric_limits<float>::quiet_NaN();
        held.collisions.push_back(static_cast<std::uint8_t>(checks.between(0, 3)));
        held.matching.push_back(checks.between(0, 80));
        if (checks.between(0, 4) > 0)
            held.rows.push_back(row);
    }
    return held;
}

std::vector<std::int32_t> rankedOnDevice(const Held& held, Order order, bool withValues) {
    const auto count = static_cast<std::int32_t>(held.rows.size());
    DeviceMemory<std::int32_t> rows(held.rows), matching(held.matching), ranked(held.rows.size());
    DeviceMemory<float> values(held.values);
    DeviceMemory<std::uint8_t> collisions(held.collisions);
    DeviceMemory<unsigned char> scratch(rankingScratchBytes(count));
    Ranking call;
    call.order = order;
    call.rows = rows.data();
    call.values = withValues ? values.data() : nullptr;
    call.collisions = collisions.data();
    call.matching = matching.data();
    call.ranked = ranked.data();
    call.count = count;
    call.scratch = scratch.data();
    const Launched launched = rank(call, nullptr);
    check(static_cast<cudaError_t>(launched.code), "rank");
    check(cudaDeviceSynchronize(), "rank");
    return ranked.values();
}

// By a method of the registry, with candidates' columns as it wants them.
std::vector<std::int32_t> rankedOnHost(const Held& held, std::string_view method, select::LshMode mode,
                                       bool withValues) {
    std::vector<StreamPos> positions;
    std::vector<float> values, u;
    std::vector<std::uint8_t> collisions;
    std::vector<std::int32_t> matching;
    for (const std::int32_t row : held.rows) {
        const auto at = static_cast<std::size_t>(row);
        positions.push_back(held.streamPositions[at]);
        values.push_back(held.values[at]);
        collisions.push_back(held.collisions[at]);
        matching.push_back(held.matching[at]);
        u.push_back(static_cast<float>(held.matching[at]) / 100);
    }
    select::Candidates candidates;
    candidates.positions = positions;
    if (method == "lsh")
        candidates.lsh = {mode, collisions, matching,
                          withValues ? std::span<const float>(values) : std::span<const float>(), u};
    else
        candidates.scores = values;
    candidates.quota = static_cast<std::int32_t>(positions.size());
    std::vector<std::int32_t> ranked;
    for (const std::int32_t index : select::findMethod(method)->choose(candidates).ranked)
        ranked.push_back(held.rows[static_cast<std::size_t>(index)]);
    return ranked;
}

void checkPooling(Checks& checks, Held held) {
    for (float& value : held.values)
        if (value != value)
            value = 0;
    const int width = 2 * checks.between(0, 20) + 1;
    DeviceMemory<std::int32_t> positions(held.positions);
    DeviceMemory<float> raw(held.values), pooled(held.values.size());
    for (const bool maximum : {false, true}) {
        const Launched launched = poolScores({positions.data(), raw.data(), pooled.data(),
                                              static_cast<std::int32_t>(held.values.size()), width, maximum},
                                             nullptr);
        check(static_cast<cudaError_t>(launched.code), "poolScores");
        check(cudaDeviceSynchronize(), "poolScores");
        const auto wanted = select::poolScores(held.streamPositions, held.values,
                                               width == 1 ? select::Pool::none
                                               : maximum  ? select::Pool::max
                                                          : select::Pool::avg,
                                               width);
        checks.expect(pooled.values() == wanted,
                      "pooled scores are those of the CPU, width " + std::to_string(width));
    }
}

} // namespace

void checkSelection(Checks& checks) {
    using select::LshMode;
    for (int round = 0; round < checks.rounds(); ++round) {
        const Held held = someTokens(checks, round % 8 == 7);
        checkPooling(checks, held);
        if (held.rows.empty())
            continue;
        const std::string among = " among " + std::to_string(held.rows.size());
        checks.expect(rankedOnDevice(held, Order::score, true) == rankedOnHost(held, "exact", {}, true),
                      "by score" + among);
        checks.expect(rankedOnDevice(held, Order::smallest, true) == rankedOnHost(held, "knorm", {}, true),
                      "by norm" + among);
        for (const bool distances : {true, false})
            checks.expect(rankedOnDevice(held, Order::frequency, distances) ==
                              rankedOnHost(held, "lsh", LshMode::frequencyRank, distances),
                          "by frequency" + among);
        checks.expect(rankedOnDevice(held, Order::survival, false) ==
                          rankedOnHost(held, "lsh", LshMode::magicpigBaseline, false),
                      "by survival" + among);
    }
}

} // namespace kvprism::test
