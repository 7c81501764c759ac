// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording_reader.h"

#include "engine/trace/recording/end_tables.h"
#include "engine/trace/recording/file_access.h"
#include "engine/trace/recording/format.h"
#include "engine/trace/recording/run_tables.h"
#include "engine/trace/recording/step_tables.h"

#include <new>
#include <optional>

namespace kvprism::trace {

using namespace recording;

// All that is small is read at once, in one transaction, so that it belongs together while somebody still
// writes. The columns of a step never change and are read when they are asked for.
struct RecordingReader::Impl {
    std::unique_ptr<Database> database;
    bool isNewer = false;
    std::shared_ptr<const Run> run;
    StepRows rows;
    std::vector<StepApplied> applied;
    std::vector<std::shared_ptr<const Answer>> answers;
    std::optional<RunEnd> end;

    Status readAll() {
        const auto version = versionOf(*database);
        if (!version)
            return version.error();
        isNewer = *version > formatVersion;
        auto readRunPart = readRun(*database);
        if (!readRunPart)
            return readRunPart.error();
        run = std::make_shared<const Run>(std::move(*readRunPart));
        auto stepRows = readStepRows(*database, *run);
        if (!stepRows)
            return stepRows.error();
        rows = std::move(*stepRows);
        auto appliedRows = readApplied(*database, rows.steps.size());
        if (!appliedRows)
            return appliedRows.error();
        applied = std::move(*appliedRows);
        auto answerRows = readAnswers(*database, *run);
        if (!answerRows)
            return answerRows.error();
        for (Answer& answer : *answerRows)
            answers.push_back(std::make_shared<const Answer>(std::move(answer)));
        auto endRow = readEnd(*database);
        if (!endRow)
            return endRow.error();
        end = std::move(*endRow);
        return {};
    }
};

namespace {

Error doesNotFit(const std::string& path) {
    return outOfMemory("The recording '" + path + "' does not fit in memory.");
}

} // namespace

Result<std::unique_ptr<RecordingReader>> RecordingReader::open(const std::string& path) {
    try {
        auto database = openToRead(path);
        if (!database)
            return database.error();
        auto impl = std::make_unique<Impl>();
        impl->database = std::move(*database);
        Status read = impl->database->execute("BEGIN");
        if (read)
            read = impl->readAll();
        if (!read)
            return read.error();
        const Status done = impl->database->execute("COMMIT"); // lets the writer go on
        if (!done)
            return done.error();
        return std::unique_ptr<RecordingReader>(new RecordingReader(std::move(impl)));
    } catch (const std::bad_alloc&) {
        return doesNotFit(path);
    } catch (const std::exception& failure) {
        return ioError("The recording '" + path + "' could not be opened (" + failure.what() + ").");
    }
}

RecordingReader::RecordingReader(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

RecordingReader::~RecordingReader() = default;

std::shared_ptr<const Run> RecordingReader::run() const {
    return m_impl->run;
}

std::int32_t RecordingReader::stepCount() const {
    return static_cast<std::int32_t>(m_impl->rows.steps.size());
}

Result<std::shared_ptr<const CompressionStep>> RecordingReader::step(std::int32_t index) const {
    if (index < 0 || index >= stepCount())
        return usageError("The recording '" + m_impl->database->path() + "' has no step " +
                          std::to_string(index) + "; its steps are 0 to " + std::to_string(stepCount() - 1) +
                          ".");
    const auto place = static_cast<std::size_t>(index);
    try {
        auto step = readStep(*m_impl->database, *m_impl->run, m_impl->rows.steps[place],
                             m_impl->rows.held[place], m_impl->isNewer);
        if (!step)
            return step.error();
        return std::make_shared<const CompressionStep>(std::move(*step));
    } catch (const std::bad_alloc&) {
        return doesNotFit(m_impl->database->path());
    }
}

const std::vector<std::shared_ptr<const Answer>>& RecordingReader::answers() const {
    return m_impl->answers;
}

Status RecordingReader::replay(TraceSink& sink) const {
    sink.runStarted(m_impl->run);
    for (std::int32_t index = 0; index < stepCount(); ++index) {
        auto record = step(index);
        if (!record)
            return record.error();
        sink.stepPlanned(std::move(*record));
        const auto place = static_cast<std::size_t>(index);
        if (place < m_impl->applied.size())
            sink.stepApplied(m_impl->applied[place]);
    }
    for (const auto& answer : m_impl->answers)
        sink.answered(answer);
    if (m_impl->end)
        sink.runEnded(*m_impl->end);
    return {};
}

} // namespace kvprism::trace
