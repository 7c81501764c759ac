// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"
#include "tests/support/synthetic_run.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace kvprism::test {

// What was done to a fake engine and on which thread, in order. Any thread.
class EngineDiary {
  public:
    struct Entry {
        std::string what; // "engine made", "model loaded", "session opened", "ask begins", "ask ends",
                          // "session gone", …
        std::string threadName;
        std::thread::id thread;
    };
    void write(std::string what);
    std::vector<Entry> entries() const;
    int count(std::string_view what) const;

  private:
    mutable std::mutex m_mutex;
    std::vector<Entry> m_entries;
};

struct FakeEngineOptions {
    SyntheticOptions run;
    int loadMs = 0;
    int tokeniseMs = 0;      // opening a session
    int stepMs = 0;          // reading one block
    int wordMs = 0;          // answering one word
    int progressEvery = 1;   // calls of progress a millisecond of work
    std::string failLoading; // a sentence: loadModel fails with it
    std::string failAsking;  // a sentence: ask fails with it after the second step, without ending the run
    ErrorCode failsAs = ErrorCode::outOfMemory;
    std::int64_t fittingBudget = 0; // that the failure names
    bool throwInAsk = false;        // the same with an exception
    bool remembers = false;         // after the first question the memory answers, without reading
    std::string otherModel;         // the path of a model with another hash
    std::string failSaving;         // a sentence: saveMemory fails with it
    int otherChoiceAt = -1;         // step that drops a token which the same run otherwise keeps
};

// An engine that plays an invented run (tests/support/synthetic_run.h) at the pace of a real one and obeys
// its stop token. The run carries the question that was asked, and of which document. A memory that it saves
// has the first bytes of a real one, names its model, and is refused by another or where a byte was changed.
std::unique_ptr<Engine> makeFakeEngine(const FakeEngineOptions& options, std::shared_ptr<EngineDiary> diary);

} // namespace kvprism::test
