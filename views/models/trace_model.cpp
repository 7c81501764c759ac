// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/trace_model.h"

#include "views/models/navigator.h"

#include <algorithm>

namespace kvprism::views {

TraceModel::TraceModel(QObject* parent) : QObject(parent) {}

int TraceModel::expectedSteps() const {
    if (!run() || run()->blockSize <= 0)
        return stepCount();
    return std::max((run()->streamTokens() - 1) / run()->blockSize + 1, stepCount());
}

const StepRanks& TraceModel::ranks(int step) const {
    const auto i = static_cast<std::size_t>(step);
    m_ranks.resize(store().steps().size());
    if (!m_ranks[i])
        m_ranks[i] = std::make_unique<const StepRanks>(*run(), *store().steps()[i]);
    return *m_ranks[i];
}

void TraceModel::append(const TraceBatch& batch) {
    if (batch.run) {
        m_front.reset();
        m_run = batch.run;
        m_whole.runStarted(m_run);
        m_survival.reset(batch.run->streamTokens());
        m_ranks.clear();
        m_text = TokenText(batch.run->tokens, batch.run->prefixTokens);
        Q_EMIT runChanged();
    }
    for (const auto& step : batch.steps)
        m_whole.stepPlanned(step);
    for (const auto& applied : batch.applied)
        m_whole.stepApplied(applied);
    for (const auto& answer : batch.answers)
        m_whole.answered(answer);
    if (batch.end)
        m_whole.runEnded(*batch.end);
    if (!m_front)
        showRest(!batch.answers.empty(), batch.end.has_value());
}

// The steps that the survival index does not know yet are those that no view has seen.
void TraceModel::showRest(bool answers, bool end) {
    const int before = m_survival.steps();
    for (auto i = static_cast<std::size_t>(before); i < m_whole.steps().size(); ++i)
        m_survival.append(m_whole.steps()[i]);
    if (stepCount() > before)
        Q_EMIT stepsAppended(before, stepCount() - 1);
    if (answers)
        Q_EMIT answersChanged();
    if (end)
        Q_EMIT ended();
}

void TraceModel::drawCurtain(int step) {
    liftCurtain();
    if (!run() || step < 0 || step > stepCount())
        return;
    trace::TraceStore front;
    front.runStarted(m_run);
    const auto covered = static_cast<std::size_t>(step);
    for (std::size_t i = 0; i < covered; ++i)
        front.stepPlanned(m_whole.steps()[i]);
    for (std::size_t i = 0; i < std::min(covered, m_whole.applied().size()); ++i)
        front.stepApplied(m_whole.applied()[i]);
    m_front = std::move(front);
    m_survival.truncate(step);
    Q_EMIT curtainDrawn();
}

void TraceModel::liftCurtain() {
    if (!m_front)
        return;
    m_front.reset();
    Q_EMIT curtainLifted();
    showRest(!m_whole.answers().empty(), m_whole.end().has_value());
}

std::optional<int> TraceModel::curtain() const {
    return m_front ? std::optional(stepCount()) : std::nullopt;
}

void TraceModel::clear() {
    m_front.reset();
    m_whole = trace::TraceStore();
    m_survival.reset(0);
    m_ranks.clear();
    m_text = TokenText();
    Q_EMIT runChanged();
}

void bindExtent(TraceModel* model, Navigator* navigator) {
    const auto update = [=] { navigator->setExtent(model->stepCount(), model->tokenCount()); };
    QObject::connect(model, &TraceModel::runChanged, navigator, update);
    QObject::connect(model, &TraceModel::stepsAppended, navigator, update);
    QObject::connect(model, &TraceModel::curtainDrawn, navigator, update);
    update();
}

} // namespace kvprism::views
