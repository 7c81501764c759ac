// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/device_row_scorer.h"

#include <limits>

namespace kvprism::score {

namespace {

constexpr std::int64_t mostRowsTogether = 512; // bounds what is kept of all layers

// The kernels count every held token before the block as if it stood right before it. Whether those do that
// this makes a difference for.
bool nearOnesAreContiguous(const StepTokens& tokens, std::int32_t exclusion) {
    const std::int64_t memory = tokens.memory();
    for (std::int64_t back = 1; back < exclusion && back <= memory && tokens.block > 0; ++back)
        if (tokens.held[static_cast<std::size_t>(memory - back)].value !=
            tokens.held[static_cast<std::size_t>(memory)].value - back)
            return false;
    return true;
}

} // namespace

std::unique_ptr<Scorer> DeviceRowScorer::make(const RowScorer::Options& options, const StepTokens& tokens,
                                              const cache::KvStore& store, std::int32_t layers,
                                              std::optional<RankedPart> ranked,
                                              std::shared_ptr<DeviceStep> step) {
    const bool taken = options.flash && store.dtype() == at::kBFloat16 && options.rows.count > 0 &&
                       nearOnesAreContiguous(tokens, options.selfExclusion);
    if (!taken)
        return nullptr;
    return std::unique_ptr<Scorer>(
        new DeviceRowScorer(options, tokens, store, layers, std::move(ranked), std::move(step)));
}

DeviceRowScorer::DeviceRowScorer(const RowScorer::Options& options, const StepTokens& tokens,
                                 const cache::KvStore& store, std::int32_t layers,
                                 std::optional<RankedPart> ranked, std::shared_ptr<DeviceStep> step)
    : m_options(options), m_store(store), m_layers(layers), m_ranked(std::move(ranked)),
      m_step(std::move(step)), m_held(static_cast<std::int64_t>(tokens.held.size())), m_past(tokens.memory()),
      m_ofBlock(options.rows.first < tokens.block),
      m_together(options.rows.count <= mostRowsTogether && store.rotation() == cache::KeyRotation::stored) {
    if (!isPeak())
        return;
    const auto onGpu = at::TensorOptions().device(store.device());
    m_peaks = {at::zeros({m_held}, onGpu.dtype(at::kFloat)), at::zeros({3, m_held}, onGpu.dtype(at::kShort))};
}

model::ColumnRows DeviceRowScorer::columnRows(const at::Tensor& query, const at::Tensor& keys,
                                              const at::Tensor& lse2) const {
    // Prompt rows see all that is held.
    return {.query = query,
            .keys = keys,
            .lse2 = lse2,
            .past = m_ofBlock ? m_past : m_held,
            .exclusion = m_options.selfExclusion,
            .firstRow = m_ofBlock ? m_options.rows.first : 0};
}

void DeviceRowScorer::add(const model::LayerView& view) {
    m_kvHeads = view.keys.size(0);
    const auto [first, count] = m_options.rows;
    const at::Tensor query =
        view.query.transpose(0, 1).narrow(0, first, count).reshape({count, -1, view.query.size(3)});
    if (m_together)
        return collect(view, query);
    const at::Tensor lse2 = at::full({query.size(1), model::columnRowsPadded(count)},
                                     std::numeric_limits<float>::infinity(), view.byProducts.lse2.options());
    lse2.narrow(1, 0, count).copy_(view.byProducts.lse2.narrow(1, first, count));
    score(columnRows(query, view.keys.narrow(1, 0, m_held), lse2), m_store.valueNorms(view.layer),
          view.layer.value, m_kvHeads);
}

void DeviceRowScorer::collect(const model::LayerView& view, const at::Tensor& query) {
    const std::int64_t count = query.size(0);
    if (!m_queries.defined())
        m_queries = at::empty({count, m_layers, query.size(1), query.size(2)}, query.options());
    m_queries.select(1, view.layer.value).copy_(query);
    m_lse.push_back(view.byProducts.lse2.narrow(1, m_options.rows.first, count));
}

void DeviceRowScorer::scoreTogether() {
    const std::int64_t count = m_queries.size(0), heads = m_layers * m_queries.size(2);
    const at::Tensor lse2 = at::full({heads, model::columnRowsPadded(count)},
                                     std::numeric_limits<float>::infinity(), m_lse.front().options());
    lse2.narrow(1, 0, count).copy_(at::cat(m_lse));
    score(columnRows(m_queries.flatten(1, 2), m_store.keysOfAll(static_cast<std::int32_t>(m_held)), lse2),
          m_store.valueNormsOfAll(), 0, m_kvHeads);
}

void DeviceRowScorer::score(const model::ColumnRows& rows, const at::Tensor& norms, std::int64_t layer,
                            std::int64_t kvHeads) {
    model::DeviceOps& ops = model::opsOf(rows.query);
    if (isPeak())
        return ops.raisePeaks(rows, norms, layer, kvHeads, m_peaks);
    if (!m_sums.defined())
        m_sums = at::zeros({rows.keys.size(0), m_held}, rows.lse2.options());
    ops.addColumnSums(rows, m_sums);
}

at::Tensor DeviceRowScorer::raw() const {
    return isPeak() ? m_peaks.scores : m_sums.sum(0, false, at::kDouble).to(at::kFloat);
}

void DeviceRowScorer::finish(select::StepScores& scores) {
    if (m_together)
        scoreTogether();
    const at::Tensor own = raw();
    HostCopies copies;
    copies.add(own);
    if (isPeak())
        for (std::int64_t which = 0; which < 3; ++which)
            copies.add(m_peaks.origins.select(0, which));
    const bool pools = m_ranked && m_ranked->part.pool != select::Pool::none && m_ranked->part.poolWidth > 1;
    if (m_ranked) {
        model::DeviceOps& ops = model::opsOf(own);
        const at::Tensor pooled =
            pools ? ops.poolScores(m_step->positions(), own, m_ranked->part.pool == select::Pool::max,
                                   m_ranked->part.poolWidth)
                  : own;
        if (pools)
            copies.add(pooled);
        copies.add(ops.rank({.rows = m_step->rows(), .values = pooled, .collisions = {}, .matching = {}}));
    }
    copies.fetch();
    scores.columns.push_back({m_options.column, copies.take<float>()});
    if (isPeak()) {
        scores.peak.layers = copies.take<std::uint16_t>();
        scores.peak.heads = copies.take<std::uint16_t>();
        scores.peak.rows = copies.take<std::uint16_t>();
    }
    if (!m_ranked)
        return;
    select::StepScores::Ranked& ranked = scores.rankedOf(m_ranked->index);
    if (pools)
        ranked.pooled = copies.take<float>();
    ranked.order = copies.take<std::int32_t>();
}

} // namespace kvprism::score
