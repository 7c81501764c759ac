// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/paths.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSaveFile>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <optional>
#include <pwd.h>
#include <unistd.h>

// The resources stand in a static library, from which the linker takes only what is asked for.
// Q_INIT_RESOURCE does not work inside a namespace.
static void initSamples() {
    Q_INIT_RESOURCE(samples);
}

namespace kvprism::app {

namespace {

QString folderOf(QStandardPaths::StandardLocation location) {
    return QStandardPaths::writableLocation(location) + QStringLiteral("/kvprism");
}

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Where resources are unpacked to.
QString bundledFolder() {
    return folderOf(QStandardPaths::GenericCacheLocation) + QStringLiteral("/bundled");
}

// The same where the cache cannot be written; gone when the program ends.
std::optional<QTemporaryDir>& ownFolder() {
    static std::optional<QTemporaryDir> folder; // made when it is needed
    return folder;
}

QString withEnding(const QString& path, const QString& ending) {
    const QFileInfo file(path);
    return file.path() + QLatin1Char('/') + file.completeBaseName() + ending;
}

bool writtenTo(const QString& path, const QByteArray& content) {
    if (contentOf(path) == content)
        return true;
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size() && file.commit();
}

} // namespace

void useBundledFiles() {
    initSamples();
}

QString bundledRecording() {
    return unpackedResource(QStringLiteral(":/recordings/first_look.kvtrace"));
}

void useAbsolutePlaces() {
    for (const char* place : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
        if (QDir::isRelativePath(qEnvironmentVariable(place)))
            qunsetenv(place);
    const passwd* user = QDir::isRelativePath(qEnvironmentVariable("HOME")) ? getpwuid(getuid()) : nullptr;
    if (user && user->pw_dir && *user->pw_dir == '/')
        qputenv("HOME", user->pw_dir);
}

QString settingsFile() {
    return folderOf(QStandardPaths::GenericConfigLocation) + QStringLiteral("/window.ini");
}

QString runsFolder() {
    const QString folder = folderOf(QStandardPaths::GenericDataLocation) + QStringLiteral("/runs");
    QDir().mkpath(folder);
    return folder;
}

QString embeddedModel() {
    return folderOf(QStandardPaths::GenericCacheLocation) +
           QStringLiteral("/models/SmolLM2-135M-Instruct.Q4_1.gguf");
}

QString newRecordingPath(const QString& folder, const QString& documentName) {
    static const QRegularExpression unusual(QStringLiteral("[^A-Za-z0-9._-]+"));
    QString name = QFileInfo(documentName).completeBaseName().replace(unusual, QStringLiteral("-")).left(40);
    if (name.isEmpty())
        name = QStringLiteral("document");
    const QString time = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    const QString stem = folder + QLatin1Char('/') + time + QLatin1Char('-') + name;
    QString path = stem + QStringLiteral(".kvtrace");
    for (int number = 2; QFileInfo::exists(path); ++number)
        path = QStringLiteral("%1-%2.kvtrace").arg(stem).arg(number);
    return path;
}

QString memoryBeside(const QString& recording) {
    return withEnding(recording, QStringLiteral(".kvmemory"));
}

QString recordingBeside(const QString& memory) {
    return withEnding(memory, QStringLiteral(".kvtrace"));
}

QString unpackedResource(const QString& resource) {
    const QByteArray content = contentOf(resource);
    if (content.isEmpty())
        return {};
    const QString name = QLatin1Char('/') + QFileInfo(resource).fileName();
    const QString cache = bundledFolder();
    QDir().mkpath(cache);
    if (writtenTo(cache + name, content))
        return cache + name;
    auto& own = ownFolder();
    if (!own)
        own.emplace();
    return own->isValid() && writtenTo(own->path() + name, content) ? own->path() + name : QString();
}

bool isBundled(const QString& path) {
    const QString folder = QFileInfo(path).path();
    return folder == bundledFolder() || (ownFolder() && folder == ownFolder()->path());
}

} // namespace kvprism::app
