// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/run_outline.h"
#include "engine/trace/recording_reader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace kvprism::cli {

// How the choice of a step differs from the recorded one, as the end of a sentence; nothing where it is the
// same.
std::optional<std::string> choiceDifference(const trace::CompressionStep& recorded,
                                            const trace::CompressionStep& again);

// How far scores and cuts of two steps with the same choice lie apart: the largest |a − b| / max(|a|, |b|); 0
// where all bits are the same, infinity where a column is missing.
double scoreDifference(const trace::CompressionStep& recorded, const trace::CompressionStep& again);

// Listens to a run that is done again and compares it with its recording, step by step.
class Verifier final : public trace::TraceSink {
  public:
    // `enough` is called once no more needs to be run: something differs, or all that was recorded has come
    // by.
    Verifier(const trace::RecordingReader& reader, const RunOutline& recorded, std::function<void()> enough)
        : m_reader(reader), m_recorded(recorded), m_enough(std::move(enough)) {}

    void runStarted(std::shared_ptr<const trace::Run> run) override;
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override;
    void stepApplied(const trace::StepApplied&) override {}
    void answered(std::shared_ptr<const trace::Answer> answer) override;
    void runEnded(const trace::RunEnd&) override {}

    struct Difference {
        std::int32_t step = -1; // −1: none of the steps
        std::string what;       // a whole sentence but for its end
    };
    const std::optional<Difference>& difference() const { return m_difference; }
    const Status& status() const { return m_status; } // of reading the recording
    bool isComplete() const;                          // all that was recorded has been compared
    std::int32_t steps() const { return m_steps; }    // compared so far
    std::size_t answers() const { return m_answers; }
    double scoresApart() const { return m_scoresApart; }                 // the largest so far
    std::int32_t firstScoresApart() const { return m_firstScoresApart; } // −1: in no step

  private:
    void differs(std::int32_t step, std::string what);

    const trace::RecordingReader& m_reader;
    const RunOutline& m_recorded;
    std::function<void()> m_enough;
    Status m_status;
    std::optional<Difference> m_difference;
    std::int32_t m_steps = 0;
    std::size_t m_answers = 0;
    double m_scoresApart = 0;
    std::int32_t m_firstScoresApart = -1;
};

} // namespace kvprism::cli
