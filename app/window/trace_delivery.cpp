// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/trace_delivery.h"

#include <utility>

namespace kvprism::app {

TraceDelivery::TraceDelivery(std::function<void()> ready) : m_ready(std::move(ready)) {}

template <class Change> void TraceDelivery::put(const Change& change) {
    bool first = false;
    {
        const std::lock_guard lock(m_mutex);
        first = !m_pending;
        if (first)
            m_pending = std::make_shared<Delivery>();
        change(*m_pending);
    }
    if (first)
        m_ready();
}

void TraceDelivery::runStarted(std::shared_ptr<const trace::Run> run) {
    put([&](Delivery& pending) { pending.trace.run = std::move(run); });
}

void TraceDelivery::stepPlanned(std::shared_ptr<const trace::CompressionStep> step) {
    put([&](Delivery& pending) { pending.trace.steps.push_back(std::move(step)); });
}

void TraceDelivery::stepApplied(const trace::StepApplied& applied) {
    put([&](Delivery& pending) { pending.trace.applied.push_back(applied); });
}

void TraceDelivery::answered(std::shared_ptr<const trace::Answer> answer) {
    put([&](Delivery& pending) { pending.trace.answers.push_back(std::move(answer)); });
}

void TraceDelivery::runEnded(const trace::RunEnd& end) {
    put([&](Delivery& pending) { pending.trace.end = end; });
}

void TraceDelivery::progress(const Progress& progress) {
    put([&](Delivery& pending) { pending.progress = progress; });
}

void TraceDelivery::answerText(std::string_view utf8) {
    put([&](Delivery& pending) { pending.text.append(utf8); });
}

void TraceDelivery::notice(const std::string& sentence) {
    put([&](Delivery& pending) { pending.notices.push_back(sentence); });
}

void TraceDelivery::recordingFailed(const Error& error) {
    put([&](Delivery& pending) { pending.recordingError = error; });
}

void TraceDelivery::finish(std::shared_ptr<const Ending> ending) {
    put([&](Delivery& pending) { pending.ending = std::move(ending); });
}

std::shared_ptr<const Delivery> TraceDelivery::take() {
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_pending, nullptr);
}

} // namespace kvprism::app
