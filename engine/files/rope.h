// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace kvprism::files {

// Rotary positions: pair i of a head turns by base^(−2i/head_dim) / divisors[i] a token.
struct Rope {
    double base = 10000;
    std::vector<float> divisors{}; // [head_dim/2], above 0; empty: all 1
};

// How Llama 3.1 and later stretch their positions: slow pairs by `factor`, fast ones not at all, those
// between in between. A pair's wavelength in tokens is held against originalContext / lowFactor and /
// highFactor.
struct Llama3Scaling {
    double factor = 1;
    double lowFactor = 1, highFactor = 4; // low < high
    double originalContext = 8192;
};
std::vector<float> llama3Divisors(const Llama3Scaling& scaling, double base, std::int32_t headDim);

// Positions divided by `factor`; empty where it is 1.
std::vector<float> linearDivisors(double factor, std::int32_t headDim);

} // namespace kvprism::files
