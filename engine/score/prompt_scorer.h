// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/decoder.h"
#include "engine/select/method.h"
#include "engine/select/plan.h"

#include <cstdint>
#include <vector>

namespace kvprism::score {

// What each held token is worth to the scoring prompt, collected layer by layer while the block is read
// ("eager": the weights of the prompt's rows are formed, in f32, over the full row of memory, block and
// prompt).
//   exact: score_j = Σ layers Σ query heads Σ rows softmax(q·Kᵀ/√d)_j          (LASER-KV, arXiv 2602.02199)
//   peak:  score_j = max layers, query heads, rows softmax(q·Kᵀ/√d)_j · ‖v_j‖₂  (our own; keeps where the
//   maximum was)
// One step each; engine thread.
class PromptScorer {
  public:
    // `promptRows`: the last rows of every forward view are the prompt; all keys before them are held tokens.
    PromptScorer(select::ScorerKind kind, std::int32_t promptRows);

    void add(const model::LayerView& view);
    select::StepScores finish(); // one value per held token, under the scorer's name

  private:
    void addExact(const at::Tensor& weights, std::int64_t held);
    void addPeak(const at::Tensor& weights, const model::LayerView& view, std::int64_t held);

    select::ScorerKind m_kind;
    std::int32_t m_promptRows;
    std::vector<float> m_scores;
    trace::PeakOrigins m_origins;
};

} // namespace kvprism::score
