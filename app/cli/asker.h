// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/interrupt.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/run_keeper.h"

#include <memory>
#include <optional>
#include <string>

namespace kvprism::cli {

struct AskOutput {
    bool json = false; // one JSON object a question instead of the answer as it comes
    bool quiet = false;
    bool verbose = false;
    std::string saveMemory; // where the memory goes after each reading; empty: nowhere
};

// Asks one question after another about a document and tells what came of each. References must outlive it.
class Asker {
  public:
    Asker(const AskOutput& output, const RecordOptions& record, LoadedEngine& loaded, Interrupt& interrupt)
        : m_output(output), m_record(record), m_loaded(loaded), m_interrupt(interrupt) {}

    Status open(const select::Config& config, const text::Document& document); // Ctrl-C stops it
    Status openMemory(const select::Config& config, const std::string& path);  // of an earlier --save-memory

    // One question; the session decides whether the document is read for it, which makes a run and a
    // recording of its own. The exit status that belongs to the answer, 130 for a partial one; a failure is
    // reported, its sentence behind `where` ("Question 3: ").
    int ask(const std::string& question, const std::string& where = {});

  private:
    void summarise(const AskResult& result) const;

    AskOutput m_output;
    const RecordOptions& m_record;
    LoadedEngine& m_loaded;
    Interrupt& m_interrupt;
    std::optional<RunKeeper> m_runs;
    std::unique_ptr<Session> m_session;
};

} // namespace kvprism::cli
