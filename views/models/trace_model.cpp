// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/trace_model.h"

namespace kvprism::views {

TraceModel::TraceModel(QObject* parent) : QObject(parent) {}

void TraceModel::append(const TraceBatch& batch) {
    if (batch.run) {
        m_store.runStarted(batch.run);
        Q_EMIT runChanged();
    }
    const int before = stepCount();
    for (const auto& step : batch.steps) m_store.stepPlanned(step);
    for (const auto& applied : batch.applied) m_store.stepApplied(applied);
    if (stepCount() > before) Q_EMIT stepsAppended(before, stepCount() - 1);
    for (const auto& answer : batch.answers) m_store.answered(answer);
    if (!batch.answers.empty()) Q_EMIT answersChanged();
    if (batch.end) {
        m_store.runEnded(*batch.end);
        Q_EMIT ended();
    }
}

void TraceModel::clear() {
    m_store = trace::TraceStore();
    Q_EMIT runChanged();
}

} // namespace kvprism::views
