// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/run_trash.h"

#include "app/window/paths.h"

#include <QFile>
#include <QFileInfo>
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
    m_last.clear();
    return putBack(std::exchange(m_moved, {}));
}

Status RunTrash::putBack(const std::vector<Moved>& files) {
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
        if (!QFile::rename(file->to, file->from)) // never over another file
            return ioError("The run could not be put back: " + file->to.toStdString() + " does not move to " +
                           file->from.toStdString() + ".");
        QFile::remove(noteOf(file->to));
    }
    return {};
}

Status RunTrash::remove(const QString& recording) {
    for (const QString& file : filesOf(recording))
        if (!QFile::remove(file))
            return ioError("The file " + file.toStdString() + " could not be deleted.");
    return {};
}

} // namespace kvprism::app
