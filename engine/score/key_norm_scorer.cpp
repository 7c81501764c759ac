// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/key_norm_scorer.h"

namespace kvprism::score {

void KeyNormScorer::add(const model::LayerView& view) {
    const at::Tensor keys = view.keys.narrow(1, 0, m_held).to(at::kFloat);
    const at::Tensor norms = at::linalg_vector_norm(keys, 2, -1).to(at::kDouble).mean(0);
    m_sum = m_sum.defined() ? m_sum + norms : norms;
    ++m_layers;
}

void KeyNormScorer::finish(select::StepScores& scores) {
    const at::Tensor mean = (m_sum / static_cast<double>(m_layers)).to(at::kFloat).contiguous().cpu();
    const float* values = mean.data_ptr<float>();
    scores.columns.push_back({m_column, {values, values + m_held}});
}

} // namespace kvprism::score
