// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/interrupt.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/run_log.h"
#include "app/cli/run_recording.h"

#include <memory>
#include <string>

namespace kvprism::cli {

struct AskOutput {
    bool json = false; // one JSON object a question instead of the answer as it comes
    bool quiet = false;
    bool verbose = false;
};

// Asks one question after another about a document and tells what came of each. References must outlive it.
class Asker {
  public:
    Asker(const AskOutput& output, const RecordOptions& record, LoadedEngine& loaded, Interrupt& interrupt)
        : m_output(output), m_record(record), m_loaded(loaded), m_interrupt(interrupt) {}

    Status open(const select::Config& config, const text::Document& document);

    // One question, one run, one recording. The exit status that belongs to it, 130 for a partial answer; a
    // failure is reported, its sentence behind `where` ("Question 3: ").
    int ask(const std::string& question, const std::string& where = {});

  private:
    void summarise(const AskResult& result, const RunLog& log, const std::string& recording) const;

    AskOutput m_output;
    const RecordOptions& m_record;
    LoadedEngine& m_loaded;
    Interrupt& m_interrupt;
    std::string m_documentName;
    std::unique_ptr<Session> m_session;
};

} // namespace kvprism::cli
