// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace kvprism::cli {

// The mean of a − b over pairs, with a 95 % interval by the percentile bootstrap (Efron 1979; 10,000
// resamples of the pairs, drawn from a fixed seed, so that a table can be made again).
struct PairedDifference {
    double mean = 0, low = 0, high = 0;
    bool excludesZero() const { return low > 0 || high < 0; }
};
// `a` and `b` have the same length; without pairs everything is 0.
PairedDifference pairedDifference(std::span<const double> a, std::span<const double> b);

} // namespace kvprism::cli
