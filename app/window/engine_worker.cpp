// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/engine_worker.h"

#include "app/window/recording_watch.h"
#include "app/window/run_tee.h"
#include "engine/trace/recording_writer.h"
#include "engine/verify/recorded_run.h"
#include "engine/verify/run_again.h"

#include <exception>
#include <filesystem>
#include <new>
#include <utility>

namespace kvprism::app {

namespace {

// The engine turns its exceptions into errors; whatever slips through must not end the program.
template <class Work> auto guarded(const Work& work) -> decltype(work()) {
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

// What is said while a recording is run again is known already.
class ProgressAlone final : public EngineObserver {
  public:
    explicit ProgressAlone(EngineObserver& all) : m_all(all) {}
    void progress(const Progress& progress) override { m_all.progress(progress); }

  private:
    EngineObserver& m_all;
};

Result<text::Document> documentOf(const VerifyCommand& command, const trace::Run& run) {
    if (command.document && command.document->sha256 == run.document.sha256)
        return *command.document;
    if (command.documentPath.empty())
        return verify::recordedDocument(run, "choose where it is now.", "choose the old one.", command.stop);
    auto document = text::readDocument(command.documentPath, command.stop);
    if (document)
        if (const Status same =
                verify::checkDocument(*document, command.documentPath, run, "choose the one that was read.");
            !same)
            return same.error();
    return document;
}

} // namespace

EngineWorker::EngineWorker(EngineFactory factory)
    : m_model(std::move(factory), [this] { m_reading.reset(); }) {}

EngineWorker::~EngineWorker() = default;

void EngineWorker::run(const RunCommand& command) {
    Ending ending;
    const Result<AskResult> result = guarded([&] { return ask(command, ending); });
    ending.outcome = outcomeOf(result);
    if (result)
        ending.result = *result;
    else
        ending.error = result.error();
    conclude(command, std::move(ending));
}

void EngineWorker::verify(const VerifyCommand& command) {
    Ending ending;
    ending.recordingPath = command.recordingPath;
    const Result<verify::Verification> result = guarded([&] { return runAgain(command, ending); });
    if (result)
        ending.verification = *result;
    else
        ending.error = result.error();
    conclude(command, std::move(ending));
}

// Not to be stopped: a memory is small, and half of it is none.
void EngineWorker::saveMemory(const SaveCommand& command) {
    Ending ending;
    ending.memoryPath = command.path;
    const Status saved = guarded([&]() -> Status {
        return m_reading ? m_reading->session->saveMemory(command.path)
                         : usageError("There is no memory to keep any more: ask again, then keep it.");
    });
    if (!saved)
        ending.error = saved.error();
    conclude(command, std::move(ending));
}

// A stop is no failure.
void EngineWorker::conclude(const EngineCommand& command, Ending ending) {
    if (ending.error) {
        const bool stopped = ending.error->code == ErrorCode::interrupted;
        ending.outcome = stopped ? trace::Outcome::stopped : trace::Outcome::failed;
        if (ending.error->code == ErrorCode::unavailable) // a GPU that was lost: then the processor is left
            m_model.forget();
        if (stopped)
            ending.error.reset();
    }
    ending.holdsMemory = m_reading.has_value();
    ending.idleAt = std::chrono::steady_clock::now();
    command.delivery->finish(std::make_shared<const Ending>(std::move(ending)));
}

Result<AskResult> EngineWorker::ask(const RunCommand& command, Ending& ending) {
    if (command.stop.stop_requested())
        return interrupted("The run was stopped before it began.");
    if (const Status held = holdModel(command); !held) {
        ending.wanted = Wanted::model;
        return held.error();
    }
    if (const Status held = holdReading(command, ending); !held)
        return held.error();
    Reading& reading = *m_reading;
    std::vector<trace::TraceSink*> sinks{command.delivery.get()};
    std::optional<RecordingWatch> watch;
    if (reading.writer) {
        watch.emplace(*reading.writer, *command.delivery);
        sinks.insert(sinks.begin(), {reading.writer.get(), &*watch}); // on disk before it is on the screen
    }
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
    if (outcomeOf(result) != trace::Outcome::finished && tee.isEmpty() && !ending.recordingPath.empty()) {
        std::error_code ignored; // then it stays
        std::filesystem::remove(std::exchange(ending.recordingPath, {}), ignored);
    }
    return result;
}

Status EngineWorker::holdModel(const RunCommand& command) {
    EngineObserver* observer = command.delivery.get();
    return command.memory
               ? m_model.holdRecorded(command.memory->model, command.model.path, observer, command.stop)
               : m_model.hold(command.model, observer, command.stop);
}

Result<std::unique_ptr<Session>> EngineWorker::open(const RunCommand& command, Ending& ending) {
    if (!command.memory)
        return m_model.engine().openSession(command.config, *command.document, command.delivery.get(),
                                            command.stop);
    ending.wanted = Wanted::reading;
    std::error_code failure;
    if (!std::filesystem::exists(command.memory->path, failure))
        return noInput("The saved memory " + command.memory->path +
                       " is not there any more: read the document again.");
    auto session = m_model.engine().openMemory(command.config, command.memory->path);
    if (session)
        ending.wanted = Wanted::nothing;
    else if (session.error().code == ErrorCode::usage) // of another model, or another number type
        ending.wanted = Wanted::model;
    return session;
}

// The reading that can answer without reading again, else a new one.
Status EngineWorker::holdReading(const RunCommand& command, Ending& ending) {
    const std::string memoryPath = command.memory ? command.memory->path : std::string();
    if (m_reading && command.continues && m_reading->document == command.document &&
        m_reading->config == command.config && m_reading->memoryPath == memoryPath)
        return {};
    m_reading.reset();
    auto session = open(command, ending);
    if (!session)
        return session.error();
    m_reading.emplace(Reading{command.document, command.config, std::move(session).value(), nullptr,
                              command.recordingPath, memoryPath});
    if (command.recordingPath.empty())
        return {};
    auto created = trace::RecordingWriter::create(command.recordingPath);
    if (created)
        m_reading->writer = std::move(created).value();
    else
        ending.recordingError = created.error();
    return {};
}

Result<verify::Verification> EngineWorker::runAgain(const VerifyCommand& command, Ending& ending) {
    if (command.stop.stop_requested())
        return interrupted("The run was stopped before it began.");
    const auto recorded = trace::RecordingReader::open(command.recordingPath);
    if (!recorded)
        return recorded.error();
    const trace::Run& run = *(*recorded)->run();
    if (const Status repeatable = verify::checkRepeatable(run, (*recorded)->stepCount()); !repeatable)
        return verify::cannotRunAgain(command.recordingPath, repeatable.error());
    const auto config = verify::recordedConfig(run);
    if (!config)
        return verify::cannotRunAgain(command.recordingPath, config.error());
    ending.wanted = Wanted::document;
    const auto document = documentOf(command, run);
    if (!document)
        return document.error();
    ending.wanted = Wanted::model;
    ProgressAlone observer(*command.delivery);
    if (const Status held = m_model.holdRecorded(run.model, command.model.path, &observer, command.stop);
        !held)
        return held.error();
    ending.wanted = Wanted::nothing;
    auto session = m_model.engine().openSession(*config, *document, &observer, command.stop);
    if (!session)
        return session.error();
    return verify::runAgain(**session, **recorded, &observer, command.stop);
}

} // namespace kvprism::app
