// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_keeper.h"

namespace kvprism::cli {

void RunKeeper::runStarted(std::shared_ptr<const trace::Run> run) {
    m_recording.reset(); // the file of the run before is whole before the next one begins
    m_recording.emplace(m_options, m_documentName);
    m_log.runStarted(run);
    if (sink())
        sink()->runStarted(std::move(run));
}

void RunKeeper::stepPlanned(std::shared_ptr<const trace::CompressionStep> step) {
    m_log.stepPlanned(step);
    if (sink())
        sink()->stepPlanned(std::move(step));
}

void RunKeeper::stepApplied(const trace::StepApplied& applied) {
    m_log.stepApplied(applied);
    if (sink())
        sink()->stepApplied(applied);
}

void RunKeeper::answered(std::shared_ptr<const trace::Answer> answer) {
    if (sink())
        sink()->answered(std::move(answer));
}

void RunKeeper::runEnded(const trace::RunEnd& end) {
    if (sink())
        sink()->runEnded(end);
}

Status RunKeeper::status() const {
    return m_recording ? m_recording->status() : Status();
}

} // namespace kvprism::cli
