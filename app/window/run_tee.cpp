// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/run_tee.h"

#include <utility>

namespace kvprism::app {

RunTee::RunTee(std::vector<trace::TraceSink*> sinks) : m_sinks(std::move(sinks)) {}

void RunTee::runStarted(std::shared_ptr<const trace::Run> run) {
    m_began = true;
    m_open = true;
    m_started = true;
    for (auto* sink : m_sinks)
        sink->runStarted(run);
}

void RunTee::stepPlanned(std::shared_ptr<const trace::CompressionStep> step) {
    m_hasContent = true;
    for (auto* sink : m_sinks)
        sink->stepPlanned(step);
}

void RunTee::stepApplied(const trace::StepApplied& applied) {
    for (auto* sink : m_sinks)
        sink->stepApplied(applied);
}

void RunTee::answered(std::shared_ptr<const trace::Answer> answer) {
    m_began = true;
    m_hasContent = true;
    for (auto* sink : m_sinks)
        sink->answered(answer);
}

void RunTee::runEnded(const trace::RunEnd& end) {
    m_open = false;
    for (auto* sink : m_sinks)
        sink->runEnded(end);
}

void RunTee::endIfOpen(const trace::RunEnd& end) {
    if (m_open)
        runEnded(end);
}

} // namespace kvprism::app
