// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/program.h"

#include "tests/paths.h"

#include <QFile>
#include <QProcess>

namespace kvprism::test {

QProcessEnvironment environmentIn(const QString& home) {
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("HOME"), home);
    for (const char* name : {"XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
        environment.insert(QString::fromLatin1(name),
                           home + QLatin1Char('/') + QString::fromLatin1(name).toLower());
    return environment;
}

QString cliProgram() {
    return QStringLiteral(KVPRISM_CLI);
}

Finished runCli(const QStringList& arguments, const QString& home, const QByteArray& input) {
    QProcess process;
    process.setProcessEnvironment(environmentIn(home));
    process.start(cliProgram(), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(-1) || // the test has a time limit of its own
        process.exitStatus() != QProcess::NormalExit) {
        process.kill();
        process.waitForFinished();
        return {-1, process.readAllStandardOutput(), process.readAllStandardError()};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

Finished exportCli(const QString& recording, const char* view, const QString& output, const QStringList& more,
                   const QString& home) {
    return runCli(QStringList{QStringLiteral("export"), recording, QStringLiteral("--view"),
                              QLatin1String(view), QStringLiteral("--output"), output} +
                      more,
                  home);
}

QByteArray contentOf(const QString& file) {
    QFile opened(file);
    return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
}

bool isOneSentence(const QByteArray& standardError) {
    return standardError.startsWith("kvprism-cli: ") && standardError.count('\n') == 1 &&
           (standardError.endsWith(".\n") || standardError.endsWith(")\n")) &&
           !standardError.contains("terminate");
}

} // namespace kvprism::test
