// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/unfinished_run.h"

#include "engine/trace/recording_writer.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QUuid>

namespace kvprism::app {

namespace {

constexpr QLatin1String recordingKey("recording");
constexpr QLatin1String documentKey("document");
constexpr QLatin1String questionKey("question");
constexpr qint64 longest = 1 << 20; // bytes of a note

// A lock is its owner's until that process has gone.
std::unique_ptr<QLockFile> lockOf(const QString& note) {
    auto lock = std::make_unique<QLockFile>(note + QStringLiteral(".lock"));
    lock->setStaleLockTime(0);
    return lock;
}

UnfinishedRun::Note noteIn(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QJsonObject lines = QJsonDocument::fromJson(file.read(longest)).object();
    return {lines[recordingKey].toString(), lines[documentKey].toString(), lines[questionKey].toString()};
}

} // namespace

UnfinishedRun::UnfinishedRun(QString folder)
    : m_folder(std::move(folder)),
      m_file(m_folder + QStringLiteral("/unfinished-") + QUuid::createUuid().toString(QUuid::Id128)) {}

UnfinishedRun::~UnfinishedRun() = default;

void UnfinishedRun::begin(const Note& note) {
    if (!QFileInfo(m_folder).isDir())
        return;
    m_alive = lockOf(m_file);
    m_alive->tryLock(0);
    const QJsonObject lines{
        {recordingKey, note.recording}, {documentKey, note.document}, {questionKey, note.question}};
    QSaveFile file(m_file);
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QJsonDocument(lines).toJson());
        file.commit();
    }
}

void UnfinishedRun::end() {
    QFile::remove(m_file);
    m_alive.reset();
}

UnfinishedRun::Note UnfinishedRun::take() {
    const auto notes = QDir(m_folder).entryInfoList({QStringLiteral("unfinished*")},
                                                    QDir::Files | QDir::Readable, QDir::Time);
    for (const QFileInfo& each : notes) {
        const QString path = each.filePath();
        if (!each.isFile() || path.endsWith(QLatin1String(".lock"))) // a pipe would be waited for
            continue;
        const auto alive = lockOf(path);
        if (!alive->tryLock(0))
            continue; // another window lives
        Note note = noteIn(path);
        if (trace::isBeingRecorded(note.recording.toStdString()))
            continue;
        QFile::remove(path);
        if (!trace::isRecording(note.recording.toStdString()))
            note.recording.clear();
        if (!note.question.isEmpty() || !note.recording.isEmpty())
            return note;
    }
    return {};
}

} // namespace kvprism::app
