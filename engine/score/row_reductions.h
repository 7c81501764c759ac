// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

// What the flash backend makes of a row of logits over `count` keys. No tensors.
namespace kvprism::score {

// log Σ_j exp(logits[j]); count > 0.
float logSumExp(const float* logits, std::int64_t count);

// sums[j] += exp(logits[j] − lse)
void addWeights(const float* logits, std::int64_t count, float lse, float* sums);

// Where logits[j] − lse is larger than best[j], that and `row` take its place. Weights need no exponential
// each to be compared.
void raiseWeights(const float* logits, std::int64_t count, float lse, std::int32_t row, float* best,
                  std::int32_t* bestRow);

// best[j] = exp(best[j]); −∞ gives 0.
void exponentiate(float* best, std::int64_t count);

} // namespace kvprism::score
