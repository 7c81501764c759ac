// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/what_if.h"

#include "engine/select/geometry.h"
#include "engine/select/method.h"
#include "engine/select/options.h"
#include "engine/select/plan.h"

#include <algorithm>
#include <string>
#include <utility>

namespace kvprism::select {

namespace {

// The columns as they were measured: what was pooled is pooled again.
StepScores measuredScores(const trace::HeldTokens& held) {
    StepScores scores;
    scores.columns = held.scores;
    scores.peak = held.peak;
    scores.lsh = held.lsh;
    std::erase_if(scores.columns, [](const auto& column) { return column.name.starts_with("pooled"); });
    return scores;
}

Status checkMeasured(const trace::CompressionStep& step, const Config& config) {
    for (const Part& part : partsOf(config)) {
        const std::string name(part.method->name);
        const auto isOwn = [&](const auto& column) { return column.name == name; };
        if (givesScores(part.method->scorer) && std::ranges::none_of(step.held.scores, isOwn))
            return usageError("Step " + std::to_string(step.index) +
                              " dropped nothing, so nothing was scored: there is nothing to predict from.");
        if (part.method->scorer == ScorerKind::lsh && step.held.lsh.signatures.empty())
            return usageError("Step " + std::to_string(step.index) +
                              " has no signatures recorded: there is nothing to predict from.");
    }
    return {};
}

struct Settled {
    Config config;
    Geometry geometry;
};

Result<Settled> settle(const trace::Run& run, const WhatIf& changed) {
    auto config = configOfRun(run);
    if (!config)
        return config.error();
    config->budget = changed.budget.value_or(run.budget);
    config->blockSize = run.blockSize;
    config->protectionDivisor = changed.protectionDivisor.value_or(config->protectionDivisor);
    config->hybridRatio = changed.hybridRatio.value_or(config->hybridRatio);
    if (!(config->hybridRatio >= 0 && config->hybridRatio <= 1))
        return usageError("The primary's share must be between 0 and 1.");
    if (config->budget < 1)
        return usageError("A budget of " + std::to_string(config->budget) + " tokens keeps nothing.");
    const auto geometry = makeGeometry(*config, run.streamTokens(), run.prefixTokens);
    if (!geometry)
        return geometry.error();
    if (const Status marks = checkMarks(*config, *geometry); !marks)
        return marks.error();
    return Settled{std::move(*config), *geometry};
}

} // namespace

Status checkWhatIf(const trace::Run& run, const WhatIf& changed) {
    const auto settled = settle(run, changed);
    return settled ? Status() : Status(settled.error());
}

Result<trace::CompressionStep> predictStep(const trace::Run& run, const trace::CompressionStep* before,
                                           const trace::CompressionStep& step, const WhatIf& changed) {
    const auto settled = settle(run, changed);
    if (!settled)
        return settled.error();
    const Config& config = settled->config;
    const Memory memory = before ? memoryAfter(*before) : Memory();
    const bool chooses = stepNeedsScores(memory, settled->geometry, config, step.index);
    if (const Status measured = chooses ? checkMeasured(step, config) : Status(); !measured)
        return measured.error();
    return planStep(memory, settled->geometry, config, step.index,
                    chooses ? measuredScores(step.held) : StepScores());
}

} // namespace kvprism::select
