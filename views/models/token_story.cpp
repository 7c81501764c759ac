// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/token_story.h"

#include "engine/trace/ranks.h"
#include "views/models/trace_model.h"

#include <algorithm>

namespace kvprism::views {

using trace::CompressionStep;
using trace::Tier;

namespace {

std::optional<TokenScore> scoreOf(const TraceModel& model, const CompressionStep& step,
                                  const StepRanks& ranks, std::size_t row) {
    const trace::ScoreColumn* column = trace::rankingColumn(step);
    if (!column)
        return std::nullopt;
    TokenScore score;
    score.step = step.index;
    score.column = column->name;
    score.value = column->values[row];
    score.rank = ranks.rankOf(row);
    score.candidates = ranks.candidates();
    if (!step.cuts.empty() && score.rank) {
        const trace::Cut& cut = step.cuts.front();
        const auto& names = model.run()->selectors;
        score.cut = cut.value;
        score.selector = cut.selector < names.size() ? names[cut.selector] : std::string();
    }
    const trace::PeakOrigins& peak = step.held.peak;
    if (row < peak.layers.size() && row < peak.heads.size() && row < peak.rows.size())
        score.origin = TokenScore::Origin{peak.layers[row], peak.heads[row], peak.rows[row]};
    return score;
}

void findReplacements(const TraceModel& model, const CompressionStep& step, const StepRanks& ranks,
                      std::size_t row, TokenStory& story) {
    const auto own = ranks.rankOf(row);
    if (!own)
        return;
    std::vector<std::pair<int, int>> newcomers; // rank, token
    int worstRank = 0;
    for (std::size_t other = 0; other < step.held.size(); ++other) {
        const auto rank = ranks.rankOf(other);
        if (!rank || step.held.tiers[other] == Tier::dropped)
            continue;
        const int token = step.held.positions[other].value;
        if (*rank > worstRank) {
            worstRank = *rank;
            story.lastAboveCut = token;
        }
        if (*rank < *own && model.survival().tier(step.index - 1, token) != Tier::global)
            newcomers.emplace_back(*rank, token);
    }
    std::sort(newcomers.begin(), newcomers.end());
    for (const auto& [rank, token] : newcomers)
        story.tookItsPlace.push_back(token);
}

std::optional<int> newestKept(const TraceModel& model, const CompressionStep& step, std::size_t row) {
    const auto& selectors = model.run()->selectors;
    if (selectors.size() != 1 || selectors.front() != "recency" || step.held.candidates[row] == 0)
        return std::nullopt;
    int kept = 0;
    for (std::size_t other = 0; other < step.held.size(); ++other)
        kept += step.held.candidates[other] != 0 && step.held.tiers[other] != Tier::dropped;
    return kept;
}

} // namespace

TokenStory tokenStory(const TraceModel& model, int token, int step) {
    TokenStory story;
    story.token = token;
    story.readAt = model.survival().readAt(token);
    story.droppedAt = model.survival().droppedAt(token);
    story.tier = model.survival().tier(step, token);
    if (!story.tier)
        return story;
    // After it was dropped, its last step is the one that says why.
    const int told = story.droppedAt ? std::min(step, *story.droppedAt) : step;
    const auto row = model.store().rowAt(told, StreamPos(token));
    if (!row)
        return story;
    const CompressionStep& record = *model.store().steps()[static_cast<std::size_t>(told)];
    if (*row < record.held.reasons.size())
        story.reason = record.held.reasons[*row];
    const StepRanks& ranks = model.ranks(told);
    story.newestKept = newestKept(model, record, *row);
    story.score = scoreOf(model, record, ranks, *row);
    if (story.tier == Tier::dropped)
        findReplacements(model, record, ranks, *row, story);
    return story;
}

std::optional<int> mostWantedToken(const TraceModel& model) {
    if (model.stepCount() == 0)
        return std::nullopt;
    const CompressionStep& last = *model.store().steps().back();
    for (const std::size_t row : trace::rowsByScore(last))
        if (last.held.tiers[row] == Tier::global)
            return last.held.positions[row].value;
    return std::nullopt;
}

} // namespace kvprism::views
