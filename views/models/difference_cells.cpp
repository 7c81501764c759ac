// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/difference_cells.h"

#include <algorithm>
#include <cmath>

namespace kvprism::views {

DifferenceCell differenceCellOf(const KeptCounts& counts) {
    if (counts.read() == 0)
        return {};
    if (counts.held() == 0)
        return {KeptBy::neither, 0};
    KeptBy most = KeptBy::onlyA;
    for (const KeptBy who : {KeptBy::onlyB, KeptBy::both})
        if (counts.of(who) > counts.of(most))
            most = who;
    const double share = static_cast<double>(counts.held()) / counts.read();
    return {most, static_cast<std::uint8_t>(std::max(1L, std::lround(share * 255)))};
}

const std::vector<DifferenceCell>& DifferenceCells::row(const RunComparison& comparison, int step) {
    return m_cells.row(
        step, [&](int first, int end) { return differenceCellOf(comparison.count(step, first, end)); });
}

} // namespace kvprism::views
