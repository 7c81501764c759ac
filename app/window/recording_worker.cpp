// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/recording_worker.h"

#include "app/window/paths.h"
#include "engine/files/saved_memory.h"
#include "engine/trace/recording_reader.h"

#include <QDir>
#include <QFileInfo>

#include <utility>

namespace kvprism::app {

namespace {

quint64 keptMemoryBytes(const QString& recording) {
    const QFileInfo memory(memoryBeside(recording));
    const bool isThere = memory.isFile() && files::isSavedMemory(memory.filePath().toStdString());
    return isThere ? static_cast<quint64>(memory.size()) : 0;
}

RecordingSummary summaryOf(const QString& path, const trace::RecordingReader& reader) {
    const auto run = reader.run();
    RecordingSummary summary;
    summary.path = path;
    summary.question = QString::fromStdString(run->question);
    summary.document = QString::fromStdString(run->document.name);
    summary.options = optionsOf(*run);
    summary.startedAt = QString::fromStdString(run->startedAt);
    summary.memoryBytes = keptMemoryBytes(path);
    summary.budget = run->budget;
    summary.streamTokens = run->streamTokens();
    summary.steps = reader.stepCount();
    summary.answers = static_cast<int>(reader.answers().size());
    summary.answerStopped =
        summary.answers > 0 && reader.answers().back()->stopReason == trace::StopReason::interrupted;
    if (run->blockSize > 0)
        summary.blocks = (run->streamTokens() + run->blockSize - 1) / run->blockSize;
    return summary;
}

Status replayInto(trace::TraceSink& sink, const std::string& path) {
    const auto reader = trace::RecordingReader::open(path);
    if (!reader)
        return reader.error();
    return (*reader)->replay(sink);
}

} // namespace

void RecordingWorker::open(const OpenCommand& command) {
    if (command.stop.stop_requested())
        return; // nobody listens any more
    auto ending = std::make_shared<Ending>();
    ending->recordingPath = command.path;
    if (const Status read = replayInto(*command.delivery, command.path); !read) {
        ending->outcome = trace::Outcome::failed;
        ending->error = read.error();
    }
    ending->idleAt = std::chrono::steady_clock::now();
    command.delivery->finish(std::move(ending));
}

std::shared_ptr<const RecordingSummaries> RecordingWorker::list(const QString& folder, int most,
                                                                const QString& sample) {
    auto summaries = std::make_shared<RecordingSummaries>();
    const auto add = [&](const QString& path) {
        if (const auto reader = trace::RecordingReader::open(path.toStdString()))
            summaries->push_back(summaryOf(path, **reader));
    };
    const QDir directory(folder);
    const auto files =
        directory.entryInfoList({QStringLiteral("*.kvtrace")}, QDir::Files | QDir::Readable, QDir::Time);
    for (const QFileInfo& file : files) {
        if (static_cast<int>(summaries->size()) == most)
            break;
        add(file.absoluteFilePath());
    }
    if (!sample.isEmpty())
        add(sample);
    return summaries;
}

} // namespace kvprism::app
