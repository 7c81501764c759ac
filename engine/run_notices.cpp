// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/run_notices.h"

#include "engine/select/method.h"

#include <algorithm>

namespace kvprism {

namespace {

// The highest position that a run reaches, counted from 1: LASER-KV page, section 6.
std::int64_t lastPosition(const select::Config& config, const select::Geometry& geometry,
                          const PromptTokens& prompt) {
    const std::int64_t behind = std::int64_t{prompt.question} + config.maxNewTokens;
    if (config.positions != select::Positions::reindexed)
        return geometry.streamTokens + std::max<std::int64_t>(behind, prompt.scoring);
    return std::max<std::int64_t>(geometry.mostSlots(prompt.scoring), geometry.mostKept() + behind);
}

bool usesLsh(const select::Config& config) {
    const auto parts = select::partsOf(config);
    return std::any_of(parts.begin(), parts.end(), [](const select::Part& part) {
        return part.method->scorer == select::ScorerKind::lsh;
    });
}

} // namespace

std::vector<std::string> runNotices(const LoadedModel& model, const text::Document& document,
                                    const select::Config& config, const select::Geometry& geometry,
                                    const PromptTokens& prompt) {
    std::vector<std::string> notices = document.notices;
    if (!model.chat.known)
        notices.push_back(
            "The model's chat template is unknown: document and question are given as plain text.");
    const std::int64_t stream = std::int64_t{geometry.streamTokens} + prompt.question + config.maxNewTokens;
    const std::int32_t context = model.identity.contextLength;
    if (config.positions == select::Positions::reindexed && stream > context)
        notices.push_back("The text has more positions than the " + std::to_string(context) +
                          " that the model was trained for: tokens stand at their place among the kept ones "
                          "(--positions reindexed).");
    const std::int64_t last = lastPosition(config, geometry, prompt);
    if (last > context)
        notices.push_back("Positions reach " + std::to_string(last) + ", but the model was trained for " +
                          std::to_string(context) + " tokens: expect worse answers.");
    const bool asksAnew = select::promptOf(config) == select::Scoring::question && !geometry.keepsAll;
    if (asksAnew && !prompt.isFirst)
        notices.push_back("The memory is made for each question, so the document is read again; with "
                          "--scoring standing it is read once for all.");
    const std::int32_t rows =
        prompt.scoring > 0 ? prompt.scoring : std::min(config.observationWindow, config.blockSize);
    if (usesLsh(config) && config.tieBreak == select::TieBreak::mahalanobis && rows < 2)
        notices.push_back("--tie-break mahalanobis needs two scoring tokens: l2 decides instead.");
    return notices;
}

} // namespace kvprism
