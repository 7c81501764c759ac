// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/frame_times.h"

#include <algorithm>
#include <cmath>

namespace kvprism::cli {

double FrameTimes::quantile(double share) const {
    std::vector<double> sorted = ms;
    const auto last = static_cast<std::ptrdiff_t>(sorted.size()) - 1;
    const auto rank = static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(sorted.size())));
    const auto place = sorted.begin() + std::clamp<std::ptrdiff_t>(rank - 1, 0, last);
    std::nth_element(sorted.begin(), place, sorted.end());
    return *place;
}

void addFrame(std::vector<FrameTimes>& all, const std::string& action, double ms) {
    auto place =
        std::find_if(all.begin(), all.end(), [&](const FrameTimes& f) { return f.action == action; });
    if (place == all.end())
        place = all.insert(all.end(), {action, {}});
    place->ms.push_back(ms);
}

} // namespace kvprism::cli
