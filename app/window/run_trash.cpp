// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/run_trash.h"

#include "app/window/paths.h"

#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QStringList>

#include <utility>

namespace kvprism::app {

namespace {

// The recording comes last: as long as it is there, nothing is lost that belongs to it.
QStringList filesOf(const QString& recording) {
    QStringList files;
    for (const QString& beside : {memoryBeside(recording), recording + QStringLiteral("-journal"), recording})
        if (QFileInfo(beside).isFile())
            files += beside;
    return files;
}

// What the trash knows of a file, as the desktop's trash specification says.
QString noteOf(const QString& inTrash) {
    const QFileInfo file(inTrash);
    return file.path() + QStringLiteral("/../info/") + file.fileName() + QStringLiteral(".trashinfo");
}

} // namespace

RunTrash::RunTrash(Throw throwAway) : m_throw(std::move(throwAway)) {}

Status RunTrash::throwAway(const QString& recording) {
    std::vector<Moved> moved;
    for (const QString& file : filesOf(recording)) {
        QString to;
        if (!m_throw(file, &to)) {
            const Status back = putBack(moved);
            return !back ? back.error()
                         : unavailable("There is no trash that takes " + file.toStdString() +
                                       ", so nothing was deleted.");
        }
        moved.push_back({file, to});
    }
    if (moved.empty())
        return noInput("The recording " + recording.toStdString() + " is not there any more.");
    m_moved = std::move(moved);
    m_last = recording;
    return {};
}

Status RunTrash::putBack() {
    if (Status back = putBack(m_moved); !back)
        return back; // it can be tried again
    m_last.clear();
    m_moved.clear();
    return {};
}

// All of it, or nothing where that can be told before.
Status RunTrash::putBack(const std::vector<Moved>& files) {
    for (const Moved& file : files) {
        if (QFileInfo::exists(file.from))
            return ioError("The run was not put back: there is another file at " + file.from.toStdString() +
                           "; move it away first.");
        if (!QFileInfo(file.to).isFile())
            return noInput("The run was not put back: " + file.to.toStdString() +
                           " is not in the trash any more.");
    }
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
        if (!QFile::rename(file->to, file->from))
            return ioError("The run could not be put back: " + file->to.toStdString() + " does not move to " +
                           file->from.toStdString() + ".");
        QFile::remove(noteOf(file->to));
    }
    return {};
}

// Without a trash that can be written, Qt would take the current folder for one.
bool RunTrash::toDesktopsTrash(const QString& file, QString* inTrash) {
    const QString data = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    const QFileInfo trash(data + QStringLiteral("/Trash"));
    const QFileInfo written(trash.exists() ? trash.filePath() : data);
    return written.isDir() && written.isWritable() && QFile::moveToTrash(file, inTrash);
}

Status RunTrash::remove(const QString& recording) {
    for (const QString& file : filesOf(recording))
        if (!QFile::remove(file))
            return ioError("The file " + file.toStdString() + " could not be deleted.");
    return {};
}

} // namespace kvprism::app
