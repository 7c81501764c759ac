// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/step_scorer.h"

#include "engine/score/device_lsh_scorer.h"
#include "engine/score/device_row_scorer.h"
#include "engine/score/key_norm_scorer.h"
#include "engine/score/lsh_scorer.h"
#include "engine/score/row_scorer.h"

#include <algorithm>
#include <optional>
#include <string>

namespace kvprism::score {

namespace {

// What scorers of one step are made from.
struct Making {
    const select::Config& config;
    const StepTokens& tokens;
    const cache::KvStore& store;
    std::int32_t layers;
    std::shared_ptr<DeviceStep> device; // where the store is a GPU's
};

std::unique_ptr<Scorer> makeRowScorer(const RowScorer::Options& options, const Making& making,
                                      std::optional<RankedPart> ranked) {
    if (making.device)
        if (auto scorer = DeviceRowScorer::make(options, making.tokens, making.store, making.layers,
                                                std::move(ranked), making.device))
            return scorer;
    return std::make_unique<RowScorer>(options, making.tokens);
}

std::unique_ptr<Scorer> makeLshScorer(const LshScorer::Options& options, const Making& making,
                                      std::optional<RankedPart> ranked) {
    if (making.device)
        return std::make_unique<DeviceLshScorer>(options, making.tokens, making.config.lshMode,
                                                 std::move(ranked), making.device);
    return std::make_unique<LshScorer>(options, making.tokens);
}

// `column`: what its scores are recorded under; `index`: of a part of the run.
std::unique_ptr<Scorer> makeScorer(const select::Part& part, const std::string& column, const Making& making,
                                   std::optional<std::size_t> index) {
    const select::Config& config = making.config;
    const ScoredRows rows = rowsOf(part.scoring, config, making.tokens);
    const bool ownBlock = part.scoring == select::Scoring::window || part.scoring == select::Scoring::block;
    const bool leavesOut = part.method->scorer == select::ScorerKind::peak && ownBlock;
    const auto ranked = index ? std::optional(RankedPart{*index, part}) : std::nullopt;
    switch (part.method->scorer) {
    case select::ScorerKind::exact:
    case select::ScorerKind::peak:
        return makeRowScorer({.column = column,
                              .kind = part.method->scorer,
                              .rows = rows,
                              .selfExclusion = leavesOut ? config.selfExclusion : 0,
                              .flash = config.backend == select::Backend::flash},
                             making, ranked);
    case select::ScorerKind::keyNorm:
        return std::make_unique<KeyNormScorer>(column, making.tokens);
    case select::ScorerKind::lsh:
        return makeLshScorer({.tables = config.numTables,
                              .bits = config.numBits,
                              .seed = config.seed,
                              .tieBreak = config.tieBreak,
                              .rows = rows,
                              .lastLayer = making.layers - 1},
                             making, ranked);
    case select::ScorerKind::none:
        break;
    }
    return nullptr;
}

} // namespace

ScoredRows rowsOf(select::Scoring scoring, const select::Config& config, const StepTokens& tokens) {
    switch (scoring) {
    case select::Scoring::question:
    case select::Scoring::standing:
        return {tokens.block, tokens.prompt};
    case select::Scoring::window: {
        const std::int32_t count = std::min(config.observationWindow, tokens.block);
        return {tokens.block - count, count};
    }
    case select::Scoring::block:
        return {0, tokens.block};
    case select::Scoring::none:
        break;
    }
    return {};
}

StepScorer::StepScorer(const select::Config& config, const StepTokens& tokens, const cache::KvStore& store,
                       std::int32_t layers) {
    const Making making{config, tokens, store, layers,
                        store.device().is_cuda() ? std::make_shared<DeviceStep>(tokens, store.device())
                                                 : nullptr};
    const auto add = [&](std::unique_ptr<Scorer> scorer) {
        if (scorer)
            m_scorers.push_back(std::move(scorer));
    };
    const std::vector<select::Part> parts = select::partsOf(config);
    for (std::size_t index = 0; index < parts.size(); ++index)
        add(makeScorer(parts[index], std::string(parts[index].method->name), making, index));
    if (config.recordDetail == select::RecordDetail::full)
        for (const select::Part& part : select::furtherParts(config))
            add(makeScorer(part, std::string(trace::otherPrefix) + std::string(part.method->name), making,
                           std::nullopt));
}

namespace {

// For scorers that compute on the host.
model::LayerView onHost(const model::LayerView& view) {
    const at::Tensor keys = view.keys.contiguous().cpu();
    return {.layer = view.layer,
            .query = view.query.contiguous().cpu(),
            .keys = keys,
            .values = view.values.contiguous().cpu(),
            .cached = view.cached.is_same(view.keys) ? keys : view.cached.contiguous().cpu(),
            .byProducts = {}};
}

} // namespace

void StepScorer::add(const model::LayerView& view) {
    std::optional<model::LayerView> copy;
    for (const auto& scorer : m_scorers) {
        if (view.query.is_cuda() && !scorer->onDevice()) {
            if (!copy)
                copy = onHost(view);
            scorer->add(*copy);
        } else {
            scorer->add(view);
        }
    }
}

select::StepScores StepScorer::finish() {
    select::StepScores scores;
    for (const auto& scorer : m_scorers)
        scorer->finish(scores);
    return scores;
}

} // namespace kvprism::score
