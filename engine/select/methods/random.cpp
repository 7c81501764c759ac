// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/counter_random.h"
#include "engine/select/methods/methods.h"
#include "engine/select/methods/top.h"

namespace kvprism::select {

Choice chooseRandom(const Candidates& candidates) {
    const auto draw = [&](std::int32_t row) {
        const StreamPos position = candidates.positions[static_cast<std::size_t>(row)];
        return randomBits(candidates.seed, static_cast<std::uint64_t>(candidates.step),
                          static_cast<std::uint64_t>(position.value));
    };
    Choice choice = chooseTop(candidates, [&](std::int32_t a, std::int32_t b) { return draw(a) > draw(b); });
    // The draw as a number in [0, 1).
    if (!choice.ranked.empty())
        choice.cut = static_cast<float>(draw(choice.ranked.back()) >> 40) * 0x1p-24f;
    return choice;
}

} // namespace kvprism::select
