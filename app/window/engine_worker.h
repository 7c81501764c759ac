// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_command.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>

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
    Result<AskResult> ask(const RunCommand& command, Ending& ending);
    Status holdModel(const RunCommand& command);

    EngineFactory m_factory;
    std::unique_ptr<Engine> m_engine;
    std::optional<ModelRequest> m_held; // what the engine's model was loaded from
};

} // namespace kvprism::app
