// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/geometry.h"

#include "engine/select/method.h"

#include <algorithm>
#include <limits>
#include <string>

namespace kvprism::select {

namespace {

constexpr std::int64_t mostInt32 = std::numeric_limits<std::int32_t>::max();

std::int32_t narrow(std::int64_t value) {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, 0, mostInt32));
}

// Global tokens that accumulate with scope per_block holds in the end: Σ over blocks of min(G, candidates).
// Candidates of a block are what leaves the window in it: none at first, then a part of a block, then whole
// blocks.
std::int64_t globalTokensPerBlock(std::int64_t n, std::int64_t blockSize, std::int64_t isProtected,
                                  std::int64_t quota) {
    if (n <= isProtected)
        return 0;
    const std::int64_t firstEnd = std::min(n, (isProtected / blockSize + 1) * blockSize);
    const std::int64_t rest = n - firstEnd;
    return std::min(quota, firstEnd - isProtected) + rest / blockSize * std::min(quota, blockSize) +
           std::min(quota, rest % blockSize);
}

struct Shares {
    std::int64_t anchors, window, global;
};

Shares sharesOf(std::int64_t budget, std::int64_t divisor, std::int64_t prefixTokens) {
    const std::int64_t window = budget / divisor;
    const std::int64_t anchors = std::max(window, prefixTokens);
    return {anchors, window, budget - anchors - window};
}

// The smallest B with B ≥ 4n and G ≥ 1.
std::int64_t smallestBudget(std::int64_t divisor, std::int64_t prefixTokens) {
    std::int64_t budget = std::max(4 * divisor, (prefixTokens + 1) * divisor / (divisor - 1) - 1);
    while (sharesOf(budget, divisor, prefixTokens).global < 1)
        ++budget;
    return budget;
}

std::int64_t keptInTheEnd(const Shares& shares, std::int64_t n, std::int64_t blockSize) {
    const std::int64_t isProtected = shares.anchors + shares.window;
    return std::min(n, isProtected) +
           globalTokensPerBlock(n, blockSize, isProtected, std::max<std::int64_t>(shares.global, 0));
}

// Largest B in [low, high] whose per_block run keeps at most `wanted`, for one block size; 0 where there is
// none. G falls by one where ⌊B/n⌋ grows and rises by n − 1 ≥ 2 before it does so again, so what is kept does
// not grow steadily with B; with the smaller G of B and B + 1 it does, and is never more than what B really
// keeps.
std::int64_t largestPerBlock(std::int64_t low, std::int64_t high, std::int64_t wanted, std::int64_t blockSize,
                             std::int64_t divisor, std::int64_t n, std::int64_t prefixTokens) {
    const auto keptAtLeast = [&](std::int64_t budget) {
        Shares shares = sharesOf(budget, divisor, prefixTokens);
        shares.global = std::min(shares.global, sharesOf(budget + 1, divisor, prefixTokens).global);
        return keptInTheEnd(shares, n, blockSize);
    };
    std::int64_t below = low - 1, above = high + 1; // keptAtLeast(below) ≤ wanted < keptAtLeast(above)
    while (above - below > 1) {
        const std::int64_t middle = below + (above - below) / 2;
        (keptAtLeast(middle) <= wanted ? below : above) = middle;
    }
    while (below >= low && keptInTheEnd(sharesOf(below, divisor, prefixTokens), n, blockSize) > wanted)
        --below;
    return below >= low ? below : 0;
}

Error tooSmall(std::int64_t budget, std::int64_t divisor, std::int64_t n, std::int64_t prefixTokens) {
    const std::int64_t enough = smallestBudget(divisor, prefixTokens);
    const std::string instruction =
        prefixTokens > 0 ? " and an instruction of " + std::to_string(prefixTokens) + " tokens" : "";
    Error error = usageError("A budget of " + std::to_string(budget) + (budget == 1 ? " token" : " tokens") +
                             " is too small for a divisor of " + std::to_string(divisor) + instruction +
                             ": it has to be " + std::to_string(std::min(enough, n)) +
                             (enough > n ? ", which keeps the whole stream." : " or more."));
    error.fittingBudget = std::min(enough, n);
    return error;
}

} // namespace

std::int32_t Geometry::blocks() const {
    return blockSize < 1 ? 0 : narrow((std::int64_t{streamTokens} + blockSize - 1) / blockSize);
}

StreamPos Geometry::blockBegin(std::int32_t step) const {
    return StreamPos(narrow(std::min<std::int64_t>(std::int64_t{step} * blockSize, streamTokens)));
}

StreamPos Geometry::blockEnd(std::int32_t step) const {
    return StreamPos(narrow(std::min<std::int64_t>((std::int64_t{step} + 1) * blockSize, streamTokens)));
}

StreamPos Geometry::anchorsEnd(std::int32_t step) const {
    return std::min(StreamPos(anchors), blockEnd(step));
}

StreamPos Geometry::windowBegin(std::int32_t step) const {
    return std::max(anchorsEnd(step), StreamPos(narrow(std::int64_t{blockEnd(step).value} - window)));
}

StreamPos Geometry::candidatesBegin(std::int32_t step) const {
    if (keepsAll)
        return windowBegin(step);
    if (mode == Mode::recursive)
        return anchorsEnd(step);
    const StreamPos windowBefore(narrow(std::int64_t{blockBegin(step).value} - window));
    return std::clamp(windowBefore, anchorsEnd(step), windowBegin(step));
}

bool Geometry::isCandidate(StreamPos position, std::int32_t step) const {
    return !keepsAll && position >= anchorsEnd(step) && position >= candidatesBegin(step) &&
           position < windowBegin(step);
}

std::int32_t Geometry::quota(std::int32_t step, std::int32_t heldGlobal) const {
    if (keepsAll)
        return 0;
    if (mode == Mode::recursive || scope == BudgetScope::perBlock)
        return global;
    // ⌊G·c(e)/C⌋: every candidate is treated alike, also while all would still fit, and the last step ends at
    // G.
    const std::int64_t protectedTokens = std::int64_t{anchors} + window;
    const std::int64_t all = std::int64_t{streamTokens} - protectedTokens;
    const std::int64_t read = std::max<std::int64_t>(0, blockEnd(step).value - protectedTokens);
    if (all <= 0)
        return 0;
    return narrow(global * read / all - heldGlobal);
}

std::int32_t Geometry::mostKept() const {
    if (keepsAll)
        return streamTokens;
    if (mode == Mode::recursive || scope == BudgetScope::total)
        return std::min(streamTokens, budget);
    return narrow(keptInTheEnd({anchors, window, global}, streamTokens, blockSize));
}

std::int32_t Geometry::mostSlots(std::int32_t promptTokens) const {
    const std::int64_t tokens = std::min<std::int64_t>(streamTokens, std::int64_t{mostKept()} + blockSize);
    return narrow(tokens + promptTokens);
}

Result<Geometry> makeGeometry(const Config& config, std::int32_t streamTokens, std::int32_t prefixTokens) {
    if (streamTokens < 0 || prefixTokens < 0 || prefixTokens > streamTokens)
        return defect("A stream of " + std::to_string(streamTokens) +
                      " tokens cannot begin with a prefix of " + std::to_string(prefixTokens) + ".");
    if (config.budget < 1 || config.blockSize < 1)
        return defect("Budget and block size have to be decided before tokens are shared out.");
    if (config.protectionDivisor < 3)
        return usageError("--protection-divisor must be 3 or more.");
    const MethodSpec* method = findMethod(config.method);
    if (!method)
        return usageError("There is no method '" + config.method + "'.");

    const Shares shares = sharesOf(config.budget, config.protectionDivisor, prefixTokens);
    Geometry geometry;
    geometry.streamTokens = streamTokens;
    geometry.prefixTokens = prefixTokens;
    geometry.budget = config.budget;
    geometry.blockSize = config.blockSize;
    geometry.anchors = narrow(shares.anchors);
    geometry.window = narrow(shares.window);
    geometry.global = narrow(shares.global);
    geometry.mode = config.mode;
    geometry.scope = config.budgetScope;
    geometry.keepsAll = streamTokens <= config.budget || method->keepsAll;
    if (!geometry.keepsAll && (shares.global < 1 || config.budget < 4LL * config.protectionDivisor))
        return tooSmall(config.budget, config.protectionDivisor, streamTokens, prefixTokens);
    return geometry;
}

std::int64_t smallestBudget(const Config& config, std::int32_t prefixTokens) {
    return smallestBudget(std::int64_t{config.protectionDivisor}, std::int64_t{prefixTokens});
}

Result<std::int32_t> budgetForRatio(const Config& config, std::int32_t defaultBlock,
                                    std::int32_t streamTokens, std::int32_t prefixTokens) {
    // The small addition makes 0.29 of 100 tokens 29, though 0.29 as a double is a little less.
    const std::int64_t n = streamTokens;
    const auto wanted = static_cast<std::int64_t>(config.compressionRatio * static_cast<double>(n) + 1e-6);
    if (wanted >= n)
        return narrow(std::max<std::int64_t>(n, 1)); // an empty stream, too, needs a budget
    const MethodSpec* method = findMethod(config.method);
    const bool everyBlockAdds =
        config.mode == Mode::accumulate && config.budgetScope == BudgetScope::perBlock;
    if (method && method->keepsAll)
        return narrow(std::max<std::int64_t>(wanted, 1));

    const std::int64_t divisor = config.protectionDivisor;
    const std::int64_t least = smallestBudget(divisor, prefixTokens);
    std::int64_t found = wanted >= least ? wanted : 0;
    const auto blockOf = [&](std::int64_t budget) {
        return config.blockSize > 0 ? std::int64_t{config.blockSize}
                                    : std::min<std::int64_t>(defaultBlock, budget);
    };
    if (found != 0 && everyBlockAdds) {
        const std::int64_t steady =
            config.blockSize > 0 ? least : std::max<std::int64_t>(least, defaultBlock);
        found = largestPerBlock(steady, wanted, wanted, blockOf(steady), divisor, n, prefixTokens);
        // Below, the block is the budget, so what is kept follows no order: look at each.
        for (std::int64_t budget = std::min(wanted, steady - 1); found == 0 && budget >= least; --budget)
            if (keptInTheEnd(sharesOf(budget, divisor, prefixTokens), n, blockOf(budget)) <= wanted)
                found = budget;
    }
    if (found != 0)
        return narrow(found);
    const std::int64_t leastKept =
        everyBlockAdds ? keptInTheEnd(sharesOf(least, divisor, prefixTokens), n, blockOf(least)) : least;
    return usageError("--compression-ratio keeps " + std::to_string(wanted) + " of " + std::to_string(n) +
                      " tokens, and the smallest memory at this divisor and instruction is " +
                      std::to_string(std::min(leastKept, n)) +
                      ": use a larger ratio (it is the share that is kept).");
}

} // namespace kvprism::select
