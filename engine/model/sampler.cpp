// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace kvprism::model {

Sampler::Sampler(double temperature, double topP, std::uint64_t seed)
    : m_temperature(temperature), m_topP(topP), m_random(seed) {}

std::int32_t Sampler::next(std::span<const float> logits) {
    const auto best = std::max_element(logits.begin(), logits.end());
    if (m_temperature <= 0)
        return static_cast<std::int32_t>(best - logits.begin());

    std::vector<double> weights(logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i)
        weights[i] = std::exp((static_cast<double>(logits[i]) - *best) / m_temperature);
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<std::int32_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
        return weights[static_cast<std::size_t>(a)] > weights[static_cast<std::size_t>(b)];
    });
    double nucleus = 0;
    std::size_t count = 0;
    while (count < order.size() && (count == 0 || nucleus < m_topP * total))
        nucleus += weights[static_cast<std::size_t>(order[count++])];
    // 53 random bits: the same on every standard library, unlike std::uniform_real_distribution.
    const double draw = static_cast<double>(m_random() >> 11) * 0x1p-53 * nucleus;
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += weights[static_cast<std::size_t>(order[i])];
        if (draw < sum)
            return order[i];
    }
    return order[count - 1];
}

} // namespace kvprism::model
