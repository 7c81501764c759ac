// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/engine_worker.h"

#include "app/window/run_tee.h"
#include "engine/trace/recording_writer.h"

#include <exception>
#include <new>
#include <utility>

namespace kvprism::app {

namespace {

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
    if (const Status held = holdReading(command, ending); !held)
        return held.error();
    Reading& reading = *m_reading;
    std::vector<trace::TraceSink*> sinks{command.delivery.get()};
    if (reading.writer)
        sinks.insert(sinks.begin(), reading.writer.get()); // on disk before it is on the screen
    RunTee tee(sinks);
    Result<AskResult> result = guarded(
        [&] { return reading.session->ask(command.question, &tee, command.delivery.get(), command.stop); });
    const std::string message = result ? std::string() : result.error().message;
    tee.endIfOpen({outcomeOf(result), message, 0, 0, 0});
    if (reading.writer && tee.began()) {
        ending.recordingPath = reading.recordingPath;
        if (!reading.writer->status())
            ending.recordingError = reading.writer->status().error();
    }
    const bool goesOn = result.ok() && reading.session->holdsMemory();
    if (!goesOn)
        m_reading.reset();
    return result;
}

// The reading that can answer without reading again, else a new one.
Status EngineWorker::holdReading(const RunCommand& command, Ending& ending) {
    if (m_reading && command.continues && m_reading->document == command.document &&
        m_reading->config == command.config)
        return {};
    m_reading.reset();
    auto session = m_engine->openSession(command.config, *command.document);
    if (!session)
        return session.error();
    m_reading.emplace(Reading{command.document, command.config, std::move(session).value(), nullptr,
                              command.recordingPath});
    if (command.recordingPath.empty())
        return {};
    auto created = trace::RecordingWriter::create(command.recordingPath);
    if (created)
        m_reading->writer = std::move(created).value();
    else
        ending.recordingError = created.error();
    return {};
}

Status EngineWorker::holdModel(const RunCommand& command) {
    if (!m_engine) {
        auto made = m_factory();
        if (!made)
            return made.error();
        m_engine = std::move(made).value();
    }
    if (m_held == command.model)
        return {};
    m_reading.reset(); // sessions go before their model
    m_held.reset();
    const auto loaded = m_engine->loadModel(command.model, command.delivery.get(), command.stop);
    if (!loaded)
        return loaded.error();
    m_held = command.model;
    return {};
}

} // namespace kvprism::app
