// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/unfinished_run.h"

#include "engine/trace/recording_writer.h"

#include <QFile>
#include <QFileInfo>
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
    // Where it may not be written somebody else is writing it.
    if (!QFileInfo(recording).isFile()) {
        end();
        return {};
    }
    if (!trace::mayRecordAt(recording.toStdString()))
        return {};
    end();
    return recording;
}

} // namespace kvprism::app
