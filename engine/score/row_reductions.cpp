// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/row_reductions.h"

#include "engine/base/clones.h"
#include "engine/base/exponential.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kvprism::score {

namespace {
constexpr std::int64_t lanes = 32; // partial results in a fixed order, so that the compiler may vectorise
}

KVPRISM_CLONES
float logSumExp(const float* logits, std::int64_t count) {
    const std::int64_t whole = count / lanes * lanes;
    float most[lanes], sums[lanes] = {};
    std::fill(most, most + lanes, -std::numeric_limits<float>::infinity());
    for (std::int64_t j = 0; j < whole; j += lanes)
        for (std::int64_t lane = 0; lane < lanes; ++lane)
            most[lane] = most[lane] < logits[j + lane] ? logits[j + lane] : most[lane];
    float largest = -std::numeric_limits<float>::infinity();
    for (const float value : most)
        largest = largest < value ? value : largest;
    for (std::int64_t j = whole; j < count; ++j)
        largest = largest < logits[j] ? logits[j] : largest;
    for (std::int64_t j = 0; j < whole; j += lanes)
        for (std::int64_t lane = 0; lane < lanes; ++lane)
            sums[lane] += expOf(logits[j + lane] - largest);
    float sum = 0;
    for (const float part : sums)
        sum += part;
    for (std::int64_t j = whole; j < count; ++j)
        sum += expOf(logits[j] - largest);
    return largest + std::log(sum);
}

KVPRISM_CLONES
void addWeights(const float* logits, std::int64_t count, float lse, float* sums) {
    for (std::int64_t j = 0; j < count; ++j)
        sums[j] += expOf(logits[j] - lse);
}

KVPRISM_CLONES
void raiseWeights(const float* logits, std::int64_t count, float lse, std::int32_t row, float* best,
                  std::int32_t* bestRow) {
    for (std::int64_t j = 0; j < count; ++j) {
        const float weight = logits[j] - lse;
        const bool larger = weight > best[j];
        best[j] = larger ? weight : best[j];
        bestRow[j] = larger ? row : bestRow[j];
    }
}

KVPRISM_CLONES
void raiseScores(const float* best, const std::int32_t* bestRow, const float* norms, std::int64_t count,
                 std::int32_t first, float* scores, std::int32_t* where) {
    for (std::int64_t j = 0; j < count; ++j) {
        const float score = expOf(best[j]) * norms[j];
        const bool larger = score > scores[j];
        scores[j] = larger ? score : scores[j];
        where[j] = larger ? first + bestRow[j] : where[j];
    }
}

} // namespace kvprism::score
