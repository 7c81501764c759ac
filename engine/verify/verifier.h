// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/recording_reader.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace kvprism::verify {

// How the choice of a step differs from the recorded one, as the end of a sentence; nothing where it is the
// same.
std::optional<std::string> choiceDifference(const trace::CompressionStep& recorded,
                                            const trace::CompressionStep& again);

// How far scores and cuts of two steps with the same choice lie apart: the largest |a − b| / max(|a|, |b|); 0
// where all bits are the same, infinity where a column is missing.
double scoreDifference(const trace::CompressionStep& recorded, const trace::CompressionStep& again);

// Where a run that was done again first differs from its recording.
struct Difference {
    std::int32_t step = -1; // −1: none of the steps
    std::string what;       // "position 17 was held and is not held now"; no more is said of a step

    std::string sentence() const; // with the step, but for its end
    friend bool operator==(const Difference&, const Difference&) = default;
};

// What came of running a recording again.
struct Verification {
    std::int32_t steps = 0;  // compared, and the same
    std::size_t answers = 0; // the same
    std::optional<Difference> difference;
    double scoresApart = 0;             // of the same choices: the largest scoreDifference()
    std::int32_t firstScoresApart = -1; // step; −1: in none
};

// Listens to a run that is done again and compares it with its recording, step by step.
class Verifier final : public trace::TraceSink {
  public:
    // `enough` is called once no more needs to be run: something differs, or all that was recorded has come
    // by.
    Verifier(const trace::RecordingReader& recorded, std::function<void()> enough)
        : m_recorded(recorded), m_enough(std::move(enough)) {}

    void runStarted(std::shared_ptr<const trace::Run> run) override;
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override;
    void stepApplied(const trace::StepApplied&) override {}
    void answered(std::shared_ptr<const trace::Answer> answer) override;
    void runEnded(const trace::RunEnd&) override {}

    const Verification& soFar() const { return m_soFar; }
    const Status& status() const { return m_status; } // of reading the recording
    bool isComplete() const;                          // all that was recorded has been compared

  private:
    void differs(std::int32_t step, std::string what);

    const trace::RecordingReader& m_recorded;
    std::function<void()> m_enough;
    Status m_status;
    Verification m_soFar;
};

} // namespace kvprism::verify
