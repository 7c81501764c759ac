// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/unfinished_run.h"

#include "engine/trace/recording_writer.h"

#include <QFile>
#include <QSaveFile>

namespace kvprism::app {

void UnfinishedRun::begin(const QString& recording) {
    QSaveFile note(m_file);
    if (note.open(QIODevice::WriteOnly)) {
        note.write(recording.toUtf8());
        note.commit();
    }
}

void UnfinishedRun::end() {
    QFile::remove(m_file);
}

QString UnfinishedRun::take() {
    QFile note(m_file);
    if (!note.open(QIODevice::ReadOnly))
        return {};
    constexpr qint64 longestPath = 4096;
    const QString recording = QString::fromUtf8(note.read(longestPath));
    note.close();
    if (trace::isBeingRecorded(recording.toStdString()))
        return {}; // by another window
    end();
    return trace::isRecording(recording.toStdString()) ? recording : QString();
}

} // namespace kvprism::app
