// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/counter_random.h"
#include "engine/select/methods/methods.h"
#include "engine/select/methods/top.h"

#include <cmath>

namespace kvprism::select {

namespace {

std::size_t at(std::int32_t row) {
    return static_cast<std::size_t>(row);
}

// More collisions first, then the smaller tie-break distance.
Choice rankByFrequency(const Candidates& candidates) {
    const LshValues& lsh = candidates.lsh;
    Choice choice = chooseTop(candidates, [&](std::int32_t a, std::int32_t b) {
        if (lsh.collisions[at(a)] != lsh.collisions[at(b)])
            return lsh.collisions[at(a)] > lsh.collisions[at(b)];
        if (lsh.distances.empty())
            return false;
        const float left = lsh.distances[at(a)], right = lsh.distances[at(b)];
        if (std::isnan(left) || std::isnan(right))
            return !std::isnan(left) && std::isnan(right);
        return left < right;
    });
    if (!choice.ranked.empty())
        choice.cut = static_cast<float>(lsh.collisions[at(choice.ranked.back())]);
    return choice;
}

// As published: who collides in two tables survives and is ranked by u; where too few survive, the newest
// others fill up.
Choice rankBySurvival(const Candidates& candidates) {
    const LshValues& lsh = candidates.lsh;
    const auto survives = [&](std::int32_t row) { return lsh.collisions[at(row)] >= 2; };
    Choice choice = chooseTop(candidates, [&](std::int32_t a, std::int32_t b) {
        if (survives(a) != survives(b))
            return survives(a);
        if (!survives(a))
            return a > b;
        return lsh.matchingBits[at(a)] > lsh.matchingBits[at(b)]; // u grows with them
    });
    for (std::size_t rank = 0; rank < choice.ranked.size(); ++rank) {
        if (!survives(choice.ranked[rank]))
            choice.reasons[rank] = trace::Reason::filled;
        else
            choice.cut = lsh.u[at(choice.ranked[rank])];
    }
    return choice;
}

// Draws without replacement with weights u, by the Gumbel-top-k trick (Kool and others, arXiv 1903.06059):
// the largest log(u) + G win, G = −log(−log(uniform)). Weight 0 comes last, newest first.
Choice drawBySurvival(const Candidates& candidates) {
    const LshValues& lsh = candidates.lsh;
    std::vector<double> keys(candidates.positions.size());
    for (std::size_t row = 0; row < keys.size(); ++row) {
        const std::uint64_t bits = randomBits(candidates.seed, static_cast<std::uint64_t>(candidates.step),
                                              static_cast<std::uint64_t>(candidates.positions[row].value));
        const double uniform = (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53; // in (0, 1)
        keys[row] = std::log(static_cast<double>(lsh.u[row])) - std::log(-std::log(uniform));
    }
    Choice choice = chooseTop(candidates, [&](std::int32_t a, std::int32_t b) {
        const bool left = lsh.u[at(a)] > 0, right = lsh.u[at(b)] > 0;
        if (left != right)
            return left;
        return left ? keys[at(a)] > keys[at(b)] : a > b;
    });
    for (std::size_t rank = 0; rank < choice.ranked.size(); ++rank) {
        if (!(lsh.u[at(choice.ranked[rank])] > 0))
            choice.reasons[rank] = trace::Reason::filled;
        else
            choice.cut = static_cast<float>(keys[at(choice.ranked[rank])]);
    }
    return choice;
}

} // namespace

// LASER-KV page, section 4.
Choice chooseLsh(const Candidates& candidates) {
    switch (candidates.lsh.mode) {
    case LshMode::magicpigBaseline:
        return rankBySurvival(candidates);
    case LshMode::magicpigSampling:
        return drawBySurvival(candidates);
    case LshMode::frequencyRank:
        break;
    }
    return rankByFrequency(candidates);
}

} // namespace kvprism::select
