// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/engine_worker.h"

#include "app/window/run_tee.h"
#include "engine/trace/recording_writer.h"

#include <exception>
#include <new>
#include <utility>

namespace kvprism::app {

namespace {

bool sameModel(const ModelRequest& a, const ModelRequest& b) {
    return a.path == b.path && a.device == b.device && a.dtype == b.dtype && a.threads == b.threads;
}

// The engine turns its exceptions into errors; whatever slips through must not end the program.
template <class Work> Result<AskResult> guarded(const Work& work) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return outOfMemory(
            "There was not enough memory to go on: ask again with a smaller budget or block size.");
    } catch (const std::exception& failure) {
        return defect(std::string("The engine failed unexpectedly: ") + failure.what() + ".");
    }
}

trace::Outcome outcomeOf(const Result<AskResult>& result) {
    if (!result)
        return result.error().code == ErrorCode::interrupted ? trace::Outcome::stopped
                                                             : trace::Outcome::failed;
    const bool stopped = result->answer.stopReason == trace::StopReason::interrupted;
    return stopped ? trace::Outcome::stopped : trace::Outcome::finished;
}

} // namespace

EngineWorker::EngineWorker(EngineFactory factory) : m_factory(std::move(factory)) {}

EngineWorker::~EngineWorker() = default;

void EngineWorker::run(const RunCommand& command) {
    auto ending = std::make_shared<Ending>();
    const Result<AskResult> result = guarded([&] { return ask(command, *ending); });
    ending->outcome = outcomeOf(result);
    if (result)
        ending->result = *result;
    else if (ending->outcome == trace::Outcome::failed)
        ending->error = result.error();
    ending->idleAt = std::chrono::steady_clock::now();
    command.delivery->finish(std::move(ending));
}

Result<AskResult> EngineWorker::ask(const RunCommand& command, Ending& ending) {
    if (command.stop.stop_requested())
        return interrupted("The run was stopped before it began.");
    if (const Status held = holdModel(command); !held)
        return held.error();
    auto session = m_engine->openSession(command.config, *command.document);
    if (!session)
        return session.error();

    std::unique_ptr<trace::RecordingWriter> writer;
    std::vector<trace::TraceSink*> sinks{command.delivery.get()};
    if (!command.recordingPath.empty()) {
        auto created = trace::RecordingWriter::create(command.recordingPath);
        if (created) {
            writer = std::move(created).value();
            sinks.insert(sinks.begin(), writer.get()); // on disk before it is on the screen
        } else {
            ending.recordingError = created.error();
        }
    }
    RunTee tee(sinks);
    Result<AskResult> result = guarded(
        [&] { return (*session)->ask(command.question, &tee, command.delivery.get(), command.stop); });
    const std::string message = result ? std::string() : result.error().message;
    tee.endIfOpen({outcomeOf(result), message, 0, 0, 0});
    if (writer && tee.began()) {
        ending.recordingPath = command.recordingPath;
        if (!writer->status())
            ending.recordingError = writer->status().error();
    }
    return result;
}

Status EngineWorker::holdModel(const RunCommand& command) {
    if (!m_engine) {
        auto made = m_factory();
        if (!made)
            return made.error();
        m_engine = std::move(made).value();
    }
    if (m_held && sameModel(*m_held, command.model))
        return {};
    m_held.reset();
    const auto loaded = m_engine->loadModel(command.model, command.delivery.get(), command.stop);
    if (!loaded)
        return loaded.error();
    m_held = command.model;
    return {};
}

} // namespace kvprism::app
