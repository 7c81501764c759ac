// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/step_scorer.h"

#include "engine/score/key_norm_scorer.h"
#include "engine/score/lsh_scorer.h"
#include "engine/score/row_scorer.h"

#include <algorithm>
#include <string>

namespace kvprism::score {

namespace {

// `column`: what its scores are recorded under.
std::unique_ptr<Scorer> makeScorer(const select::Part& part, const std::string& column,
                                   const select::Config& config, const StepTokens& tokens,
                                   std::int32_t layers) {
    const ScoredRows rows = rowsOf(part.scoring, config, tokens);
    const bool ownBlock = part.scoring == select::Scoring::window || part.scoring == select::Scoring::block;
    switch (part.method->scorer) {
    case select::ScorerKind::exact:
    case select::ScorerKind::peak:
        return std::make_unique<RowScorer>(
            RowScorer::Options{.column = column,
                               .kind = part.method->scorer,
                               .rows = rows,
                               .selfExclusion = ownBlock ? config.selfExclusion : 0,
                               .flash = config.backend == select::Backend::flash},
            tokens);
    case select::ScorerKind::keyNorm:
        return std::make_unique<KeyNormScorer>(column, tokens);
    case select::ScorerKind::lsh:
        return std::make_unique<LshScorer>(LshScorer::Options{.tables = config.numTables,
                                                              .bits = config.numBits,
                                                              .seed = config.seed,
                                                              .tieBreak = config.tieBreak,
                                                              .rows = rows,
                                                              .lastLayer = layers - 1},
                                           tokens);
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

StepScorer::StepScorer(const select::Config& config, const StepTokens& tokens, std::int32_t layers) {
    const std::vector<select::Part> parts = select::partsOf(config);
    const auto add = [&](const select::Part& part, std::string_view prefix) {
        const std::string column = std::string(prefix) + std::string(part.method->name);
        if (auto scorer = makeScorer(part, column, config, tokens, layers))
            m_scorers.push_back(std::move(scorer));
    };
    for (const select::Part& part : parts)
        add(part, "");
    if (config.recordDetail == select::RecordDetail::full)
        for (const select::Part& part : select::furtherParts(config))
            add(part, trace::otherPrefix);
}

namespace {

// Scorers compute on the host.
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
    if (m_scorers.empty())
        return;
    if (view.query.is_cuda())
        return add(onHost(view));
    for (const auto& scorer : m_scorers)
        scorer->add(view);
}

select::StepScores StepScorer::finish() {
    select::StepScores scores;
    for (const auto& scorer : m_scorers)
        scorer->finish(scores);
    return scores;
}

} // namespace kvprism::score
