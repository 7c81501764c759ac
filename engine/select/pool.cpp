// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/plan.h"

#include <algorithm>

namespace kvprism::select {

std::vector<float> poolScores(std::span<const StreamPos> positions, std::span<const float> raw, Pool pool,
                              std::int32_t width) {
    if (pool == Pool::none || width <= 1)
        return {raw.begin(), raw.end()};
    const std::int32_t half = (width - 1) / 2;
    const std::size_t count = std::min(positions.size(), raw.size());
    std::vector<float> pooled(count);
    std::size_t first = 0, last = 0; // neighbours of `row` that are held: [first, last)
    for (std::size_t row = 0; row < count; ++row) {
        while (positions[row] - positions[first] > half)
            ++first;
        while (last < count && positions[last] - positions[row] <= half)
            ++last;
        // Summed anew for every token: a running sum would carry the rounding error of large scores to small
        // ones.
        double sum = 0;
        float largest = last - first < static_cast<std::size_t>(width) ? 0.0f : raw[first];
        for (std::size_t neighbour = first; neighbour < last; ++neighbour) {
            sum += static_cast<double>(raw[neighbour]);
            largest = std::max(largest, raw[neighbour]);
        }
        pooled[row] = pool == Pool::avg ? static_cast<float>(sum / width) : largest;
    }
    return pooled;
}

} // namespace kvprism::select
