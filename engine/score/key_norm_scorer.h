// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/score/scorer.h"

#include <string>

namespace kvprism::score {

// ‖k_j‖₂ averaged over layers and KV heads (arXiv 2406.11430). Rotation does not change a norm.
class KeyNormScorer final : public Scorer {
  public:
    KeyNormScorer(std::string column, const StepTokens& tokens)
        : m_column(std::move(column)), m_held(static_cast<std::int64_t>(tokens.held.size())) {}
    bool onDevice() const override { return true; } // libtorch's operators, wherever the keys are
    void add(const model::LayerView& view) override;
    void finish(select::StepScores& scores) override;

  private:
    std::string m_column;
    std::int64_t m_held;
    std::int64_t m_layers = 0;
    at::Tensor m_sum; // [held] f64
};

} // namespace kvprism::score
