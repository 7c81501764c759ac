// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/score/scorer.h"
#include "engine/select/config.h"

#include <cstdint>

namespace kvprism::score {

// Standard normal numbers [dim, tables·bits], a function of the seed alone: Box–Muller over counter-based
// bits, so that every machine hashes alike.
std::vector<float> lshProjection(std::int32_t dim, std::int32_t tables, std::int32_t bits,
                                 std::uint64_t seed);

// signature[table] bit k = (projection of `vector` onto column table·bits + k) > 0. `vector` [dim]; the
// products are added in order of dim by fused multiply-adds in f32: the same bits on every processor.
void lshSignature(const float* vector, std::int32_t dim, const std::vector<float>& projection,
                  std::int32_t tables, std::int32_t bits, std::uint16_t* signature);

// Signatures and tie-break distances of the candidates (LASER-KV page, section 4). Vectors are the last
// layer's keys as the cache holds them, averaged over KV heads; those of candidates and of the scoring rows
// are centred by the mean of all candidates.
class LshScorer final : public Scorer {
  public:
    struct Options {
        std::int32_t tables = 8, bits = 10;
        std::uint64_t seed = 1;
        select::TieBreak tieBreak = select::TieBreak::l2;
        ScoredRows rows;
        std::int32_t lastLayer = 0;
    };
    LshScorer(const Options& options, const StepTokens& tokens) : m_options(options), m_tokens(tokens) {}

    void add(const model::LayerView& view) override;
    void finish(select::StepScores& scores) override;

  private:
    Options m_options;
    StepTokens m_tokens;
    at::Tensor m_keys;    // [held, head_dim] f32, of the last layer
    at::Tensor m_queries; // [rows, head_dim] f32
};

// Distance of each vector [n, dim] to the query tokens [m, dim] (f64 inside): [n] f32. Empty for `none` and
// without query tokens. `mahalanobis` with one query token is l2.
std::vector<float> tieBreakDistances(select::TieBreak tieBreak, const at::Tensor& vectors,
                                     const at::Tensor& queries);

} // namespace kvprism::score
