// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/score/scorer.h"
#include "engine/select/method.h"

#include <string>

namespace kvprism::score {

// What each held token is worth to some rows of the forward pass (LASER-KV page, sections 3 and 5):
//   exact: score_j = Σ layers Σ query heads Σ rows softmax(q·Kᵀ/√d)_j          (LASER-KV, arXiv 2602.02199)
//   peak:  score_j = max layers, query heads, rows softmax(q·Kᵀ/√d)_j · ‖v_j‖₂  (our own; keeps where the
//   maximum was)
// The softmax is taken over everything that the row sees. Logits are f32 products of the stored q and k.
//   eager: the weights of some rows at a time are formed over all keys: the test oracle.
//   flash: the matrix is never formed: the row's log-sum-exp first, then what exp(logit − lse) adds to the
//   scores, some rows at a time (fused_rows.h).
class RowScorer final : public Scorer {
  public:
    struct Options {
        std::string column; // the method's name
        select::ScorerKind kind = select::ScorerKind::exact;
        ScoredRows rows;
        std::int32_t selfExclusion =
            0; // peak with rows of the block: pairs with 0 ≤ r − j < this are left out
        bool flash = false;
    };
    RowScorer(Options options, const StepTokens& tokens);

    void add(const model::LayerView& view) override;
    void finish(select::StepScores& scores) override;

  private:
    // Weights of `count` rows from `first` over keys [0, end): [kv_heads, count·group, end] f32.
    struct Piece {
        std::int64_t first = 0, count = 0, end = 0;
        at::Tensor weights;
    };
    void addEager(const model::LayerView& view, std::int64_t first, std::int64_t count);
    void addFlash(const model::LayerView& view);
    void takeSum(const Piece& piece);
    void takePeak(const model::LayerView& view, const Piece& piece);
    std::int64_t
    countedKeys(std::int64_t row) const; // held tokens that this row may speak for: the first so many

    Options m_options;
    std::vector<StreamPos> m_held;
    std::int64_t m_past;
    std::vector<float> m_scores;
    trace::PeakOrigins m_origins;
    at::Tensor m_norms; // ‖v‖ of the layer, [kv_heads, held]
};

} // namespace kvprism::score
