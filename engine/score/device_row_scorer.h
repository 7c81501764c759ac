// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/cache/kv_store.h"
#include "engine/score/device_step.h"
#include "engine/score/row_scorer.h"

#include <memory>
#include <optional>

namespace kvprism::score {

// RowScorer's flash backend on a GPU, in bf16: column kernels over the log-sum-exps that attention gave, then
// pooled and ranked there. A few rows wait until all layers are done and are scored in one launch over the
// keys that the store still holds; many rows, or keys that are rotated one layer at a time, layer by layer.
class DeviceRowScorer final : public Scorer {
  public:
    // Undefined (null) where the GPU's kernels do not do what these options and tokens ask for.
    // `ranked`: the part that chooses by these scores, if there is one.
    static std::unique_ptr<Scorer> make(const RowScorer::Options& options, const StepTokens& tokens,
                                        const cache::KvStore& store, std::int32_t layers,
                                        std::optional<RankedPart> ranked, std::shared_ptr<DeviceStep> step);

    bool onDevice() const override { return true; }
    void add(const model::LayerView& view) override;
    void finish(select::StepScores& scores) override;

  private:
    DeviceRowScorer(const RowScorer::Options& options, const StepTokens& tokens, const cache::KvStore& store,
                    std::int32_t layers, std::optional<RankedPart> ranked, std::shared_ptr<DeviceStep> step);
    bool isPeak() const { return m_options.kind == select::ScorerKind::peak; }
    model::ColumnRows columnRows(const at::Tensor& query, const at::Tensor& keys,
                                 const at::Tensor& lse2) const;
    void collect(const model::LayerView& view, const at::Tensor& query);
    void scoreTogether();
    void score(const model::ColumnRows& rows, const at::Tensor& norms, std::int64_t layer,
               std::int64_t kvHeads);
    at::Tensor raw() const; // [held] f32

    RowScorer::Options m_options;
    const cache::KvStore& m_store;
    std::int32_t m_layers;
    std::optional<RankedPart> m_ranked;
    std::shared_ptr<DeviceStep> m_step;
    std::int64_t m_held, m_past;
    bool m_ofBlock;                // the rows are the block's own
    bool m_together;               // all layers in one launch
    at::Tensor m_queries;          // of all layers: [rows, layers, query_heads, dim]
    std::vector<at::Tensor> m_lse; // of each: [query_heads, rows]
    std::int64_t m_kvHeads = 0;    // of a layer
    at::Tensor m_sums;             // [kv_heads, held]
    model::RaisedPeaks m_peaks;
};

} // namespace kvprism::score
