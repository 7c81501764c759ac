// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/score/scorer.h"
#include "engine/select/config.h"

#include <memory>
#include <vector>

namespace kvprism::score {

// Everything that the parts of a run want to know about one step, collected in one forward pass.
class StepScorer {
  public:
    // `store`: that the forward pass writes to; read until finish(). `layers`: of the model.
    StepScorer(const select::Config& config, const StepTokens& tokens, const cache::KvStore& store,
               std::int32_t layers);

    void add(const model::LayerView& view);
    select::StepScores finish();

  private:
    std::vector<std::unique_ptr<Scorer>> m_scorers;
};

// The rows that score for `scoring`: the prompt's, or the block's last `observationWindow`, or all of the
// block's.
ScoredRows rowsOf(select::Scoring scoring, const select::Config& config, const StepTokens& tokens);

} // namespace kvprism::score
