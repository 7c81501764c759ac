// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/held_model.h"
#include "app/window/run_command.h"

#include <QObject>

#include <memory>
#include <optional>

namespace kvprism::trace {
class RecordingWriter;
}

namespace kvprism::app {

// Lives on the engine thread, as everything that it makes: engine, model, sessions and recording writers are
// made, used and destroyed there. The engine and its model stay between runs. Ask it through queued calls
// only; while a run goes on nothing but the command's stop token reaches it.
class EngineWorker final : public QObject {
    Q_OBJECT
  public:
    explicit EngineWorker(EngineFactory factory);
    ~EngineWorker() override;

    void run(const RunCommand& command);
    // Runs a recording again beside the reading that may be held. Nothing of it is delivered but its progress
    // and how it ended.
    void verify(const VerifyCommand& command);
    void saveMemory(const SaveCommand& command);

  Q_SIGNALS:
    void announced(quint64 runId); // the run's letter box is no longer empty

  private:
    // A document that was read into a memory which may serve further questions, and where that is recorded;
    // or such a memory out of a file, whose answers are not recorded.
    struct Reading {
        std::shared_ptr<const text::Document> document;
        select::Config config;
        std::unique_ptr<Session> session;
        std::unique_ptr<trace::RecordingWriter> writer; // null: not recorded
        std::string recordingPath;
        std::string memoryPath; // empty: the document was read here
    };

    Result<AskResult> ask(const RunCommand& command, Ending& ending);
    Status holdModel(const RunCommand& command);
    Result<std::unique_ptr<Session>> open(const RunCommand& command, Ending& ending);
    Status holdReading(const RunCommand& command, Ending& ending);
    Result<verify::Verification> runAgain(const VerifyCommand& command, Ending& ending);
    void conclude(const EngineCommand& command, Ending ending);

    HeldModel m_model;
    std::optional<Reading> m_reading; // goes before the engine does
};

} // namespace kvprism::app
