// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/verify/verifier.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace kvprism::verify {

namespace {

using trace::CompressionStep;
using trace::HeldTokens;

std::string placeText(const HeldTokens& held, std::size_t row) {
    return fmt::format("{} ({})", trace::name(held.tiers[row]), trace::name(held.reasons[row]));
}

std::optional<std::string> heldDifference(const HeldTokens& recorded, const HeldTokens& again) {
    const auto [a, b] = std::mismatch(recorded.positions.begin(), recorded.positions.end(),
                                      again.positions.begin(), again.positions.end());
    const bool onlyRecorded = a != recorded.positions.end() && (b == again.positions.end() || *a < *b);
    if (a == recorded.positions.end() && b == again.positions.end())
        return std::nullopt;
    return fmt::format("position {} was {} and is {} now", onlyRecorded ? a->value : b->value,
                       onlyRecorded ? "held" : "not held", onlyRecorded ? "not held" : "held");
}

std::optional<std::string> rowDifference(const HeldTokens& recorded, const HeldTokens& again,
                                         std::size_t row) {
    if (recorded.tiers[row] != again.tiers[row] || recorded.reasons[row] != again.reasons[row])
        return fmt::format("position {} was {} and is {} now", recorded.positions[row].value,
                           placeText(recorded, row), placeText(again, row));
    if (recorded.candidates[row] != again.candidates[row])
        return fmt::format("position {} was {} and is {} now", recorded.positions[row].value,
                           recorded.candidates[row] ? "a candidate" : "no candidate",
                           again.candidates[row] ? "one" : "none");
    if (recorded.selectors[row] != again.selectors[row])
        return fmt::format("position {} was chosen by another selector", recorded.positions[row].value);
    return std::nullopt;
}

double apart(float a, float b) {
    if (a == b || (std::isnan(a) && std::isnan(b)))
        return 0;
    const double most = std::max(std::abs(double{a}), std::abs(double{b}));
    const double share = std::abs(double{a} - double{b}) / most;
    return std::isfinite(share) ? share : std::numeric_limits<double>::infinity();
}

double apart(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size())
        return std::numeric_limits<double>::infinity();
    double most = 0;
    for (std::size_t row = 0; row < a.size(); ++row)
        most = std::max(most, apart(a[row], b[row]));
    return most;
}

const trace::ScoreColumn* columnOf(const CompressionStep& step, const std::string& name) {
    for (const trace::ScoreColumn& column : step.held.scores)
        if (column.name == name)
            return &column;
    return nullptr;
}

} // namespace

std::optional<std::string> choiceDifference(const CompressionStep& recorded, const CompressionStep& again) {
    if (recorded.begin != again.begin || recorded.end != again.end)
        return fmt::format("it read positions {}–{} and reads {}–{} now", recorded.begin.value,
                           recorded.end.value - 1, again.begin.value, again.end.value - 1);
    if (auto held = heldDifference(recorded.held, again.held))
        return held;
    for (std::size_t row = 0; row < recorded.held.size(); ++row)
        if (auto difference = rowDifference(recorded.held, again.held, row))
            return difference;
    return std::nullopt;
}

double scoreDifference(const CompressionStep& recorded, const CompressionStep& again) {
    double most =
        recorded.held.scores.size() == again.held.scores.size() ? 0 : std::numeric_limits<double>::infinity();
    for (const trace::ScoreColumn& column : recorded.held.scores) {
        const trace::ScoreColumn* other = columnOf(again, column.name);
        most = std::max(most, apart(column.values, other ? other->values : std::vector<float>()));
    }
    const trace::LshColumns &a = recorded.held.lsh, &b = again.held.lsh;
    if (a.collisions != b.collisions || a.signatures != b.signatures)
        return std::numeric_limits<double>::infinity();
    if (recorded.cuts.size() != again.cuts.size())
        return std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < recorded.cuts.size(); ++i)
        most = std::max(most, recorded.cuts[i].selector == again.cuts[i].selector
                                  ? apart(recorded.cuts[i].value, again.cuts[i].value)
                                  : std::numeric_limits<double>::infinity());
    most = std::max({most, apart(a.u, b.u), apart(a.distances, b.distances)});
    return most;
}

std::string Difference::sentence() const {
    return step < 0 ? what : fmt::format("step {} differs: {}", step, what);
}

void Verifier::runStarted(std::shared_ptr<const trace::Run> run) {
    const trace::Run& recorded = *m_recorded.run();
    if (run->tokens.ids != recorded.tokens.ids) {
        const auto [a, b] = std::mismatch(recorded.tokens.ids.begin(), recorded.tokens.ids.end(),
                                          run->tokens.ids.begin(), run->tokens.ids.end());
        differs(-1, fmt::format("the tokens of instruction and document differ from position {} on",
                                a - recorded.tokens.ids.begin()));
    } else if (run->promptIds != recorded.promptIds) {
        differs(-1, "the tokens of the question differ");
    }
}

void Verifier::stepPlanned(std::shared_ptr<const CompressionStep> step) {
    if (m_soFar.difference || !m_status || step->index >= m_recorded.stepCount())
        return;
    const auto recorded = m_recorded.step(step->index);
    if (!recorded) {
        m_status = recorded.error();
        return m_enough();
    }
    if (auto difference = choiceDifference(**recorded, *step))
        return differs(step->index, *std::move(difference));
    const double scores = scoreDifference(**recorded, *step);
    if (scores > 0 && m_soFar.firstScoresApart < 0)
        m_soFar.firstScoresApart = step->index;
    m_soFar.scoresApart = std::max(m_soFar.scoresApart, scores);
    ++m_soFar.steps;
    if (isComplete())
        m_enough();
}

void Verifier::answered(std::shared_ptr<const trace::Answer> answer) {
    if (m_soFar.difference || m_soFar.answers >= m_recorded.answers().size())
        return;
    const std::size_t number = m_soFar.answers + 1;
    const trace::Answer& recorded = *m_recorded.answers()[m_soFar.answers];
    const bool wasStopped = recorded.stopReason == trace::StopReason::interrupted;
    const std::size_t compared =
        wasStopped ? recorded.ids.size() : std::max(recorded.ids.size(), answer->ids.size());
    for (std::size_t i = 0; i < compared; ++i)
        if (i >= recorded.ids.size() || i >= answer->ids.size() || recorded.ids[i] != answer->ids[i])
            return differs(
                -1, fmt::format("all {} steps are the same, but answer {} differs from its token {} on",
                                m_soFar.steps, number, i));
    if (!wasStopped && recorded.text != answer->text)
        return differs(-1,
                       fmt::format("answer {} has the same tokens, but another text is recorded", number));
    ++m_soFar.answers;
}

bool Verifier::isComplete() const {
    return m_soFar.steps == m_recorded.stepCount() && m_soFar.answers == m_recorded.answers().size();
}

void Verifier::differs(std::int32_t step, std::string what) {
    if (!m_soFar.difference)
        m_soFar.difference = {step, std::move(what)};
    m_enough();
}

} // namespace kvprism::verify
