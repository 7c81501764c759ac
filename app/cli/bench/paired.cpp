// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/paired.h"

#include "engine/select/counter_random.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace kvprism::cli {

PairedDifference pairedDifference(std::span<const double> a, std::span<const double> b) {
    constexpr std::size_t resamples = 10'000;
    const std::size_t pairs = std::min(a.size(), b.size());
    if (pairs == 0)
        return {};
    std::vector<double> differences(pairs), means(resamples);
    double sum = 0;
    for (std::size_t i = 0; i < pairs; ++i)
        sum += differences[i] = a[i] - b[i];
    for (std::size_t sample = 0; sample < resamples; ++sample) {
        double drawn = 0;
        for (std::size_t i = 0; i < pairs; ++i)
            drawn += differences[select::randomBits(1, sample, i) % pairs];
        means[sample] = drawn / static_cast<double>(pairs);
    }
    std::sort(means.begin(), means.end());
    return {sum / static_cast<double>(pairs), means[resamples / 40], means[resamples - 1 - resamples / 40]};
}

} // namespace kvprism::cli
