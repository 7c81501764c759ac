// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace kvprism::cli {

// How long the views took to answer the events of one action, milliseconds.
struct FrameTimes {
    std::string action;
    std::vector<double> ms; // in their order; not empty

    // The least value that at least this share of the events did not exceed; `share` in (0, 1].
    double quantile(double share) const;
};

// Adds an event to its action, which comes last where it is new.
void addFrame(std::vector<FrameTimes>& all, const std::string& action, double ms);

} // namespace kvprism::cli
