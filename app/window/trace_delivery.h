// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"
#include "engine/verify/verifier.h"
#include "views/models/trace_model.h"

#include <QtGlobal>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace kvprism::app {

// What somebody who wants to go on after a failure has to give.
enum class Wanted { nothing, model, document, reading };

// How a run ended, or how opening a recording did.
struct Ending {
    trace::Outcome outcome = trace::Outcome::finished;
    std::optional<Error> error; // set where it failed
    Wanted wanted = Wanted::nothing;
    std::optional<AskResult> result;                  // nothing where it failed before the answer
    std::optional<verify::Verification> verification; // where a recording was run again
    bool holdsMemory = false;                         // a further question is answered without reading
    std::optional<Error> recordingError;              // the run may be fine and its recording not
    std::string memoryPath;                           // where a memory was to be saved
    std::string recordingPath;                        // empty where there is none
    std::chrono::steady_clock::time_point idleAt;     // when the producer had nothing more to do
};

// What a producer had to say since the delivery before: immutable once taken.
struct Delivery {
    views::TraceBatch trace;
    std::optional<Progress> progress; // the newest
    std::string text;                 // of the answer, whole characters
    std::vector<std::string> notices;
    std::optional<Error> recordingError;  // the run goes on without its recording
    std::shared_ptr<const Ending> ending; // set in the last delivery
};

// The letter box between a producer's thread and the window's. The producer drops in what happens, at any
// rate, and never waits for the window; the window takes everything there is at its own pace. `ready` is
// called on the producer's thread when the box stops being empty and not again before it was emptied: taking
// acknowledges.
class TraceDelivery final : public trace::TraceSink, public EngineObserver {
  public:
    explicit TraceDelivery(std::function<void()> ready);

    // Producer's thread.
    void runStarted(std::shared_ptr<const trace::Run> run) override;
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override;
    void stepApplied(const trace::StepApplied& applied) override;
    void answered(std::shared_ptr<const trace::Answer> answer) override;
    void runEnded(const trace::RunEnd& end) override;
    void progress(const Progress& progress) override;
    void answerText(std::string_view utf8) override;
    void notice(const std::string& sentence) override;
    void recordingFailed(const Error& error);
    void finish(std::shared_ptr<const Ending> ending); // nothing comes after this

    // Window's thread: everything since the last call, or nullptr where nothing came.
    std::shared_ptr<const Delivery> take();

  private:
    template <class Change> void put(const Change& change);

    std::function<void()> m_ready;
    std::mutex m_mutex; // held for a few pointer moves, on either side
    std::shared_ptr<Delivery> m_pending;
};

} // namespace kvprism::app
