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
    m_ranks.resize(m_store.steps().size());
    if (!m_ranks[i])
        m_ranks[i] = std::make_unique<const StepRanks>(*run(), *m_store.steps()[i]);
    return *m_ranks[i];
}

void TraceModel::append(const TraceBatch& batch) {
    if (batch.run) {
        m_store.runStarted(batch.run);
        m_survival.reset(batch.run->streamTokens());
        m_ranks.clear();
        m_text = TokenText(batch.run->tokens, batch.run->prefixTokens);
        Q_EMIT runChanged();
    }
    const int before = stepCount();
    for (const auto& step : batch.steps) {
        m_store.stepPlanned(step);
        m_survival.append(step);
    }
    for (const auto& applied : batch.applied)
        m_store.stepApplied(applied);
    if (stepCount() > before)
        Q_EMIT stepsAppended(before, stepCount() - 1);
    for (const auto& answer : batch.answers)
        m_store.answered(answer);
    if (!batch.answers.empty())
        Q_EMIT answersChanged();
    if (batch.end) {
        m_store.runEnded(*batch.end);
        Q_EMIT ended();
    }
}

void TraceModel::clear() {
    m_store = trace::TraceStore();
    m_survival.reset(0);
    m_ranks.clear();
    m_text = TokenText();
    Q_EMIT runChanged();
}

void bindExtent(TraceModel* model, Navigator* navigator) {
    const auto update = [=] { navigator->setExtent(model->stepCount(), model->tokenCount()); };
    QObject::connect(model, &TraceModel::runChanged, navigator, update);
    QObject::connect(model, &TraceModel::stepsAppended, navigator, update);
    update();
}

} // namespace kvprism::views
