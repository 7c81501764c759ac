// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/unfinished_run.h"

#include "engine/trace/recording_writer.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace kvprism::app {

namespace {

constexpr QLatin1String recordingKey("recording");
constexpr QLatin1String documentKey("document");
constexpr QLatin1String questionKey("question");

} // namespace

void UnfinishedRun::begin(const Note& note) {
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
}

UnfinishedRun::Note UnfinishedRun::take() {
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    constexpr qint64 longest = 1 << 20;
    const QJsonObject lines = QJsonDocument::fromJson(file.read(longest)).object();
    file.close();
    Note note{lines[recordingKey].toString(), lines[documentKey].toString(), lines[questionKey].toString()};
    if (trace::isBeingRecorded(note.recording.toStdString()))
        return {}; // by another window
    end();
    if (!trace::isRecording(note.recording.toStdString()))
        note.recording.clear();
    return note;
}

} // namespace kvprism::app
