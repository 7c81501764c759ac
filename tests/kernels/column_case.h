// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/column_scores.h"
#include "tests/kernels/checks.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kvprism::test {

// Rows and keys of a random shape, with the rows' log-sum-exps.
struct ColumnCase {
    kernels::ColumnScores shape; // pointers are of the host
    std::vector<std::uint16_t> query, keys;
    std::vector<float> lse2;

    std::string name() const;
};

ColumnCase randomColumnCase(Checks& checks, int round);

} // namespace kvprism::test
