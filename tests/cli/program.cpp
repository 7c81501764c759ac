// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/program.h"

#include "tests/paths.h"

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

Finished runCli(const QStringList& arguments, const QString& home, const QByteArray& input) {
    QProcess process;
    process.setProcessEnvironment(environmentIn(home));
    process.start(QStringLiteral(KVPRISM_CLI), arguments);
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

bool isOneSentence(const QByteArray& standardError) {
    return standardError.startsWith("kvprism-cli: ") && standardError.count('\n') == 1 &&
           (standardError.endsWith(".\n") || standardError.endsWith(")\n")) &&
           !standardError.contains("terminate");
}

} // namespace kvprism::test
