// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tables/tables.h"

#include "engine/trace/comparison.h"

#include <array>

namespace kvprism::tables {

namespace {

constexpr std::array<Table, 10> table{{
    {"map", Shows::allSteps, About::run, mapColumns, mapRows},
    {"text", Shows::stateAfter, About::run, textColumns, textRows},
    {"budget", Shows::allSteps, About::run, budgetColumns, budgetRows},
    {"scores", Shows::oneStep, About::run, scoresColumns, scoresRows},
    {"lsh", Shows::oneStep, About::run, lshColumns, lshRows},
    {"overlap", Shows::oneStep, About::run, overlapColumns, overlapRows},
    {"token", Shows::allSteps, About::oneToken, tokenColumns, tokenRows},
    {"comparison", Shows::allSteps, About::twoRuns, comparisonColumns, comparisonRows},
    {"difference", Shows::allSteps, About::twoRuns, differenceColumns, differenceRows},
    {"needles", Shows::allSteps, About::needles, needlesColumns, needlesRows},
}};

std::string toLast(std::int64_t count) {
    return count == 1 ? "only 0" : "0 to " + std::to_string(count - 1);
}

// "The view map"
std::string viewOf(const Table& shown) {
    return "The view " + std::string(shown.name);
}

Status needsToken(const Table& shown) {
    return usageError(viewOf(shown) + " is about one token: say which by its position (--token).");
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

Status checkSubject(const RunSource& source, const Table& shown, const Selection& selection) {
    const bool mayCompare = shown.about == About::twoRuns || shown.about == About::needles;
    if (selection.other && !mayCompare)
        return usageError(viewOf(shown) +
                          " is about one run: --with is for comparison, difference and needles.");
    if (!selection.other && shown.about == About::twoRuns)
        return usageError(viewOf(shown) + " is about two runs: name the other recording (--with).");
    if (!selection.needles.empty() && shown.about != About::needles)
        return usageError(viewOf(shown) + " is not about needles: these are for the view needles.");
    if (selection.needles.empty() && shown.about == About::needles)
        return usageError(viewOf(shown) +
                          " is about passages of the text: name them by their words (--needle) "
                          "or their tokens (--needle-tokens).");
    return selection.other ? trace::checkSameTokens(source.run(), selection.other->run()) : Status();
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
    if (const Status subject = checkSubject(source, shown, selection); !subject)
        return subject.error();
    if (shown.about == About::oneToken && !selection.token)
        return needsToken(shown).error();
    if (shown.about != About::oneToken && selection.token)
        return usageError("The table of the view " + std::string(shown.name) +
                          " is about all tokens: a token can be chosen for the view token, and marked in "
                          "pictures.");
    Excerpt excerpt{source, 0, source.stepCount(), selection.token, selection.other, selection.needles};
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
    if (shown.about == About::oneToken && !selection.token)
        return needsToken(shown).error();
    Selection data = selection;
    data.step.reset();
    if (shown.about != About::oneToken)
        data.token.reset();
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
    return forEachStep(Excerpt{source, 0, source.stepCount()}, act);
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
