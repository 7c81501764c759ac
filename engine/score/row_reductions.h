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

// Where exp(best[j]) · norms[j] is larger than scores[j], that and first + bestRow[j] take its place; −∞
// counts for 0.
void raiseScores(const float* best, const std::int32_t* bestRow, const float* norms, std::int64_t count,
                 std::int32_t first, float* scores, std::int32_t* where);

} // namespace kvprism::score
