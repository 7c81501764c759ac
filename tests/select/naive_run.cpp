// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/select/naive_run.h"

#include <algorithm>
#include <map>

namespace kvprism::test {

namespace {

using Positions = std::set<std::int64_t>;

std::map<std::int64_t, float> pooled(const std::map<std::int64_t, float>& raw, std::int64_t width) {
    std::map<std::int64_t, float> result;
    for (const auto& [position, own] : raw) {
        double sum = 0;
        for (std::int64_t other = position - width / 2; other <= position + width / 2; ++other)
            if (const auto place = raw.find(other); place != raw.end())
                sum += static_cast<double>(place->second);
        result[position] = width == 1 ? own : static_cast<float>(sum / static_cast<double>(width));
    }
    return result;
}

// The best one, again and again.
Positions best(Positions from, std::int64_t count, const std::function<double(std::int64_t)>& worth) {
    Positions chosen;
    while (count-- > 0 && !from.empty()) {
        std::int64_t winner = *from.begin();
        for (const std::int64_t position : from)
            if (worth(position) > worth(winner))
                winner = position;
        chosen.insert(winner);
        from.erase(winner);
    }
    return chosen;
}

} // namespace

std::vector<NaiveStep> naiveRun(const NaiveSettings& s, const NaiveScore& score) {
    const std::int64_t window = s.budget / s.divisor;
    const std::int64_t anchors = std::max(window, s.prefix);
    const std::int64_t global = s.budget - anchors - window;
    const bool keepsAll = s.n <= s.budget || s.primary.method == "none";
    std::vector<NaiveStep> steps;
    Positions held, heldGlobal;
    for (std::int64_t begin = 0; begin < s.n; begin += s.block) {
        NaiveStep step;
        step.begin = begin;
        step.end = std::min(begin + s.block, s.n);
        Positions block;
        for (std::int64_t position = step.begin; position < step.end; ++position)
            block.insert(position);
        held.insert(block.begin(), block.end());
        Positions rest, leftTheWindow;
        for (const std::int64_t position : held) {
            if (position < anchors)
                step.anchors.insert(position);
            else if (position >= step.end - window)
                step.window.insert(position);
            else
                rest.insert(position);
        }
        for (const std::int64_t position : rest)
            if (!heldGlobal.count(position))
                leftTheWindow.insert(position);
        if (keepsAll) {
            step.global = rest;
        } else {
            step.candidates = s.accumulate ? leftTheWindow : rest;
            step.quota = global;
            if (s.accumulate && !s.perBlock) {
                const std::int64_t passed = std::max<std::int64_t>(0, step.end - window - anchors);
                step.quota =
                    global * passed / (s.n - anchors - window) - static_cast<std::int64_t>(heldGlobal.size());
            }
            const auto choose = [&](const NaivePart& part, int number, const Positions& from,
                                    std::int64_t count) {
                std::map<std::int64_t, float> raw;
                for (const std::int64_t position : held)
                    raw[position] = score(number, static_cast<std::int64_t>(steps.size()), position);
                const auto ranked = pooled(raw, part.poolWidth);
                return best(from, count, [&](std::int64_t position) {
                    if (part.method == "recency")
                        return static_cast<double>(position);
                    const auto worth = static_cast<double>(ranked.at(position));
                    return part.method == "knorm" ? -worth : worth;
                });
            };
            const auto first = s.secondary
                                   ? static_cast<std::int64_t>(static_cast<double>(step.quota) * s.ratio)
                                   : step.quota;
            step.global = choose(s.primary, 0, step.candidates, first);
            if (s.secondary) {
                Positions left;
                for (const std::int64_t position : step.candidates)
                    if (!step.global.count(position))
                        left.insert(position);
                step.bySecondary = choose(*s.secondary, 1, left, step.quota - first);
                step.global.insert(step.bySecondary.begin(), step.bySecondary.end());
            }
            if (s.accumulate)
                step.global.insert(heldGlobal.begin(), heldGlobal.end());
            for (const std::int64_t position : step.candidates)
                if (!step.global.count(position))
                    step.dropped.insert(position);
        }
        for (const std::int64_t position : step.dropped)
            held.erase(position);
        heldGlobal = step.global;
        steps.push_back(std::move(step));
    }
    return steps;
}

} // namespace kvprism::test
