// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tables/tables.h"

#include <array>

namespace kvprism::tables {

namespace {

constexpr std::array<Table, 7> table{{
    {"map", Shows::allSteps, false, mapColumns, mapRows},
    {"text", Shows::stateAfter, false, textColumns, textRows},
    {"budget", Shows::allSteps, false, budgetColumns, budgetRows},
    {"scores", Shows::oneStep, false, scoresColumns, scoresRows},
    {"lsh", Shows::oneStep, false, lshColumns, lshRows},
    {"overlap", Shows::oneStep, false, overlapColumns, overlapRows},
    {"token", Shows::allSteps, true, tokenColumns, tokenRows},
}};

std::string toLast(std::int64_t count) {
    return count == 1 ? "only 0" : "0 to " + std::to_string(count - 1);
}

Status needsToken(const Table& shown) {
    return usageError("The view " + std::string(shown.name) +
                      " is about one token: say which by its position (--token).");
}

} // namespace

std::span<const Table> allTables() {
    return table;
}

const Table* findTable(std::string_view name) {
    for (const Table& candidate : table)
        if (candidate.name == name)
            return &candidate;
    return nullptr;
}

Status checkSelection(const RunSource& source, const Selection& selection) {
    const std::int64_t steps = source.stepCount();
    if (selection.step && (*selection.step < 0 || *selection.step >= steps))
        return usageError("There is no step " + std::to_string(*selection.step) + ": the run has " +
                          (steps == 0 ? "none" : toLast(steps)) + ".");
    const std::int64_t tokens = source.run().streamTokens();
    if (selection.token && (*selection.token < 0 || *selection.token >= tokens))
        return usageError("There is no token " + std::to_string(*selection.token) + ": the stream has " +
                          (tokens == 0 ? "none" : toLast(tokens)) + ".");
    return {};
}

Result<Excerpt> excerptOf(const RunSource& source, const Table& shown, const Selection& selection) {
    if (const Status there = checkSelection(source, selection); !there)
        return there.error();
    if (shown.ofOneToken && !selection.token)
        return needsToken(shown).error();
    if (!shown.ofOneToken && selection.token)
        return usageError("The table of the view " + std::string(shown.name) +
                          " is about all tokens: a token can be chosen for the view token, and marked in "
                          "pictures.");
    Excerpt excerpt{source, 0, source.stepCount(), selection.token};
    if (selection.step) {
        excerpt.first = shown.shows == Shows::stateAfter ? 0 : *selection.step;
        excerpt.end = *selection.step + 1;
    }
    return excerpt;
}

Result<Excerpt> excerptBesidePicture(const RunSource& source, const Table& shown,
                                     const Selection& selection) {
    if (const Status there = checkSelection(source, selection); !there)
        return there.error();
    if (shown.ofOneToken && !selection.token)
        return needsToken(shown).error();
    Selection data;
    if (shown.ofOneToken)
        data.token = selection.token;
    if (shown.shows != Shows::allSteps && source.stepCount() > 0)
        data.step = selection.step.value_or(source.stepCount() - 1);
    return excerptOf(source, shown, data);
}

Status forEachStep(const Excerpt& excerpt, const StepFunction& act) {
    for (std::int32_t index = excerpt.first; index < excerpt.end; ++index) {
        const auto step = excerpt.source.step(index);
        if (!step)
            return step.error();
        act(**step);
    }
    return {};
}

Status forEachStep(const RunSource& source, const StepFunction& act) {
    return forEachStep(Excerpt{source, 0, source.stepCount(), std::nullopt}, act);
}

Cell nameCell(trace::Tier tier) {
    return std::string(trace::name(tier));
}

Cell nameCell(trace::Reason reason) {
    return std::string(trace::name(reason));
}

Cell selectorCell(const trace::Run& run, std::uint8_t selector) {
    return selector == trace::noSelector ? Cell() : Cell(run.selectors[selector]);
}

} // namespace kvprism::tables
