// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/row_scorer.h"

#include "engine/model/row_ops.h"
#include "engine/score/fused_rows.h"
#include "engine/score/masked_logits.h"

#include <algorithm>

namespace kvprism::score {

namespace {

constexpr std::int64_t rowsAtOnce = 64; // bounds what eager forms: rows · heads · keys

} // namespace

RowScorer::RowScorer(Options options, const StepTokens& tokens)
    : m_options(std::move(options)), m_held(tokens.held), m_past(tokens.memory()),
      m_scores(tokens.held.size(), 0.0F) {
    if (m_options.kind != select::ScorerKind::peak)
        return;
    m_origins.layers.resize(m_held.size());
    m_origins.heads.resize(m_held.size());
    m_origins.rows.resize(m_held.size());
}

void RowScorer::add(const model::LayerView& view) {
    const auto held = static_cast<std::int64_t>(m_held.size());
    if (m_options.kind == select::ScorerKind::peak)
        m_norms = model::rowNorms(view.values.narrow(1, 0, held));
    if (m_options.flash)
        return addFlash(view);
    const std::int64_t end = m_options.rows.first + m_options.rows.count;
    for (std::int64_t first = m_options.rows.first; first < end; first += rowsAtOnce)
        addEager(view, first, std::min(rowsAtOnce, end - first));
}

void RowScorer::addEager(const model::LayerView& view, std::int64_t first, std::int64_t count) {
    const std::int64_t seen = std::min(view.keys.size(1), m_past + first + count);
    const Piece piece{first, count, seen, at::softmax(maskedLogits(view, first, count, seen), -1)};
    if (m_options.kind == select::ScorerKind::peak)
        takePeak(view, piece);
    else
        takeSum(piece);
}

void RowScorer::addFlash(const model::LayerView& view) {
    const auto held = static_cast<std::int64_t>(m_held.size());
    const FusedRows fused{.view = view, .rows = m_options.rows, .past = m_past, .held = held};
    if (m_options.kind != select::ScorerKind::peak) {
        const std::vector<float> sums = fused.sums();
        for (std::size_t j = 0; j < sums.size(); ++j)
            m_scores[j] += sums[j];
        return;
    }
    std::vector<std::int64_t> counted;
    for (std::int64_t row = 0; row < m_options.rows.count; ++row)
        counted.push_back(countedKeys(m_options.rows.first + row));
    const FusedRows::Peaks peaks = fused.peaks(m_norms, counted);
    for (std::size_t j = 0; j < m_scores.size(); ++j)
        if (peaks.scores[j] > m_scores[j]) {
            m_scores[j] = peaks.scores[j];
            m_origins.layers[j] = static_cast<std::uint16_t>(view.layer.value);
            m_origins.heads[j] = peaks.heads[j];
            m_origins.rows[j] = peaks.rows[j];
        }
}

void RowScorer::takeSum(const Piece& piece) {
    const std::int64_t end = std::min(piece.end, static_cast<std::int64_t>(m_held.size()));
    const at::Tensor sums = piece.weights.narrow(2, 0, end).sum(at::IntArrayRef({0, 1})).contiguous();
    const float* values = sums.data_ptr<float>();
    for (std::int64_t j = 0; j < end; ++j)
        m_scores[static_cast<std::size_t>(j)] += values[j];
}

std::int64_t RowScorer::countedKeys(std::int64_t row) const {
    const auto held = static_cast<std::int64_t>(m_held.size());
    if (m_options.selfExclusion <= 0 || m_past + row >= held)
        return held;
    // Positions ascend, and everything from this one to the row itself is too near.
    const StreamPos own = m_held[static_cast<std::size_t>(m_past + row)];
    const auto tooNear = std::upper_bound(m_held.begin(), m_held.end(), own - m_options.selfExclusion);
    return tooNear - m_held.begin();
}

void RowScorer::takePeak(const model::LayerView& view, const Piece& piece) {
    const std::int64_t kvHeads = piece.weights.size(0);
    const std::int64_t group = view.query.size(2);
    const std::int64_t width = piece.weights.size(2);
    const auto held = static_cast<std::int64_t>(m_held.size());
    const std::int64_t last = std::min(piece.end, held);
    const at::Tensor weights = piece.weights.contiguous();
    std::vector<float> best(static_cast<std::size_t>(last));
    std::vector<std::int32_t> bestRow(best.size());
    for (std::int64_t kv = 0; kv < kvHeads; ++kv) {
        // The value norm is the same for all rows of a KV head: the largest weight first, one product a key
        // after.
        std::fill(best.begin(), best.end(), 0.0F);
        for (std::int64_t row = 0; row < piece.count * group; ++row) {
            const float* line = weights.data_ptr<float>() + (kv * piece.count * group + row) * width;
            const std::int64_t counted = std::min(last, countedKeys(piece.first + row / group));
            for (std::int64_t j = 0; j < counted; ++j) {
                const auto at = static_cast<std::size_t>(j);
                const bool larger = line[j] > best[at];
                best[at] = larger ? line[j] : best[at];
                bestRow[at] = larger ? static_cast<std::int32_t>(row) : bestRow[at];
            }
        }
        const float* norm = m_norms.data_ptr<float>() + kv * held;
        for (std::size_t token = 0; token < best.size(); ++token) {
            const float score = best[token] * norm[token];
            if (score <= m_scores[token])
                continue;
            m_scores[token] = score;
            m_origins.layers[token] = static_cast<std::uint16_t>(view.layer.value);
            m_origins.heads[token] = static_cast<std::uint16_t>(kv * group + bestRow[token] % group);
            m_origins.rows[token] =
                static_cast<std::uint16_t>(piece.first - m_options.rows.first + bestRow[token] / group);
        }
    }
}

void RowScorer::finish(select::StepScores& scores) {
    scores.columns.push_back({m_options.column, std::move(m_scores)});
    if (m_options.kind == select::ScorerKind::peak)
        scores.peak = std::move(m_origins);
}

} // namespace kvprism::score
