// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_command.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>

namespace kvprism::trace {
class RecordingWriter;
}

namespace kvprism::app {

using EngineFactory = std::function<Result<std::unique_ptr<Engine>>()>;

// Lives on the engine thread, as everything that it makes: engine, model, sessions and recording writers are
// made, used and destroyed there. The engine and its model stay between runs. Ask it through queued calls
// only; while a run goes on nothing but the command's stop token reaches it.
class EngineWorker final : public QObject {
    Q_OBJECT
  public:
    explicit EngineWorker(EngineFactory factory);
    ~EngineWorker() override;

    void run(const RunCommand& command);

  Q_SIGNALS:
    void announced(quint64 runId); // the run's letter box is no longer empty

  private:
    // A document that was read into a memory which may serve further questions, and where that is recorded.
    struct Reading {
        std::shared_ptr<const text::Document> document;
        select::Config config;
        std::unique_ptr<Session> session;
        std::unique_ptr<trace::RecordingWriter> writer; // null: not recorded
        std::string recordingPath;
    };

    Result<AskResult> ask(const RunCommand& command, Ending& ending);
    Status holdModel(const RunCommand& command);
    Status holdReading(const RunCommand& command, Ending& ending);

    EngineFactory m_factory;
    std::unique_ptr<Engine> m_engine;
    std::optional<ModelRequest> m_held; // what the engine's model was loaded from
    std::optional<Reading> m_reading;   // goes before the engine does
};

} // namespace kvprism::app
