// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/prompt_scorer.h"

#include <algorithm>
#include <limits>

namespace kvprism::score {

namespace {

// softmax over the full rows of the prompt: [kv_heads, prompt·group, held + prompt] f32; row = prompt row ·
// group + head of the group. Logits are products of the stored q and k in f32.
at::Tensor promptWeights(const model::LayerView& view, std::int64_t prompt) {
    const std::int64_t kvHeads = view.query.size(0);
    const std::int64_t rows = view.query.size(1);
    const std::int64_t group = view.query.size(2);
    const std::int64_t dim = view.query.size(3);
    const at::Tensor query =
        view.query.narrow(1, rows - prompt, prompt).to(at::kFloat).reshape({kvHeads, prompt * group, dim});
    at::Tensor logits = at::bmm(query, view.keys.to(at::kFloat).transpose(1, 2));
    const at::Tensor mask =
        at::full({prompt, prompt}, -std::numeric_limits<float>::infinity(), at::kFloat).triu(1);
    logits.narrow(2, logits.size(2) - prompt, prompt).add_(mask.repeat_interleave(group, 0));
    return at::softmax(logits, -1);
}

} // namespace

PromptScorer::PromptScorer(select::ScorerKind kind, std::int32_t promptRows)
    : m_kind(kind), m_promptRows(promptRows) {}

void PromptScorer::add(const model::LayerView& view) {
    const std::int64_t held = view.keys.size(1) - m_promptRows;
    const at::Tensor weights = promptWeights(view, m_promptRows);
    m_scores.resize(static_cast<std::size_t>(held), 0.0F);
    if (m_kind == select::ScorerKind::peak)
        addPeak(weights, view, held);
    else
        addExact(weights, held);
}

void PromptScorer::addExact(const at::Tensor& weights, std::int64_t held) {
    const at::Tensor sums = weights.narrow(2, 0, held).sum(at::IntArrayRef({0, 1}));
    const float* values = sums.data_ptr<float>();
    for (std::int64_t j = 0; j < held; ++j)
        m_scores[static_cast<std::size_t>(j)] += values[j];
}

void PromptScorer::addPeak(const at::Tensor& weights, const model::LayerView& view, std::int64_t held) {
    const std::int64_t kvHeads = weights.size(0);
    const std::int64_t rows = weights.size(1);
    const std::int64_t width = weights.size(2);
    const std::int64_t group = view.query.size(2);
    const at::Tensor norms =
        at::linalg_vector_norm(view.values.narrow(1, 0, held).to(at::kFloat), 2, -1).contiguous();
    const auto count = static_cast<std::size_t>(held);
    m_origins.layers.resize(count);
    m_origins.heads.resize(count);
    m_origins.rows.resize(count);
    std::vector<float> best(count);
    std::vector<std::int32_t> bestRow(count);
    for (std::int64_t kv = 0; kv < kvHeads; ++kv) {
        // The value norm is the same for all rows of a KV head: the largest weight first, one product a key
        // after.
        std::fill(best.begin(), best.end(), -1.0F);
        for (std::int64_t row = 0; row < rows; ++row) {
            const float* line = weights.data_ptr<float>() + (kv * rows + row) * width;
            const auto index = static_cast<std::int32_t>(row);
            for (std::size_t j = 0; j < count; ++j) {
                const bool larger = line[j] > best[j];
                best[j] = larger ? line[j] : best[j];
                bestRow[j] = larger ? index : bestRow[j];
            }
        }
        const float* norm = norms.data_ptr<float>() + kv * held;
        for (std::size_t j = 0; j < count; ++j) {
            const float score = best[j] * norm[j];
            if (score <= m_scores[j])
                continue;
            m_scores[j] = score;
            m_origins.layers[j] = static_cast<std::uint16_t>(view.layer.value);
            m_origins.heads[j] = static_cast<std::uint16_t>(kv * group + bestRow[j] % group);
            m_origins.rows[j] = static_cast<std::uint16_t>(bestRow[j] / group);
        }
    }
}

select::StepScores PromptScorer::finish() {
    select::StepScores scores;
    scores.columns.push_back({m_kind == select::ScorerKind::peak ? "peak" : "exact", std::move(m_scores)});
    scores.peak = std::move(m_origins);
    return scores;
}

} // namespace kvprism::score
