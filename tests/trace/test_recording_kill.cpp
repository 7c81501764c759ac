// SPDX-License-Identifier: GPL-3.0-or-later
// Kills a writing process at random moments, 40 times or KVPRISM_KILLS times.
#include "tests/support/compare_runs.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <filesystem>
#include <random>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

test::SyntheticOptions killedRun(std::uint64_t seed) {
    test::SyntheticOptions options;
    options.streamTokens = 20'000;
    options.blockSize = 128;
    options.budget = 512;
    options.seed = seed;
    return options;
}

TraceStore wholeRun(const test::SyntheticOptions& options) {
    TraceStore store;
    test::produceSyntheticRun(options, store);
    return store;
}

void startRecording(QProcess& process, const QString& file, const test::SyntheticOptions& options) {
    process.start(QStringLiteral(KVPRISM_RECORD_SYNTHETIC),
                  {file, QString::number(options.streamTokens), QString::number(options.blockSize),
                   QString::number(options.budget), QString::number(options.seed)});
}

int killCount() {
    bool given = false;
    const int count = qEnvironmentVariableIntValue("KVPRISM_KILLS", &given);
    return given ? count : 40;
}

} // namespace

class TestRecordingKill : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void holdsWholeStepsWheneverTheWriterIsKilled() {
        QTemporaryDir folder;
        std::mt19937 random(20260101);
        int cutOff = 0;
        for (int i = 0; i < killCount(); ++i) {
            const QString file = folder.filePath(QStringLiteral("run%1.kvtrace").arg(i));
            const auto options = killedRun(static_cast<std::uint64_t>(i));
            QProcess process;
            startRecording(process, file, options);
            QVERIFY(process.waitForReadyRead(20'000)); // it started
            QThread::usleep(random() % 150'000);
            process.kill();
            QVERIFY(process.waitForFinished());
            const auto found = test::readChecked(file.toStdString());
            QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
            const TraceStore whole = wholeRun(options);
            QCOMPARE(test::firstDifferenceOfPrefix(*found, whole), std::string());
            cutOff += !found->end() && found->steps().size() < whole.steps().size();
        }
        qInfo("%d of %d recordings were cut off in the middle of their run", cutOff, killCount());
        QVERIFY2(cutOff * 4 >= killCount(), "too few kills hit a run; give them shorter delays");
    }

    void keepsTheOldRecordingUntilTheNewOneIsThere() {
        QTemporaryDir folder;
        std::mt19937 random(7);
        const QString file = folder.filePath(QStringLiteral("run.kvtrace"));
        auto before = killedRun(1000);
        before.streamTokens = 1000;
        QProcess first;
        startRecording(first, file, before);
        QVERIFY(first.waitForFinished() && first.exitCode() == 0);
        std::uint64_t now = before.seed;
        for (int i = 0; i < killCount() / 2; ++i) {
            const auto next = killedRun(now + 1);
            QProcess process;
            startRecording(process, file, next);
            QVERIFY(process.waitForStarted());
            QThread::usleep(random() % 40'000);
            process.kill();
            QVERIFY(process.waitForFinished());
            const auto found = test::readChecked(file.toStdString());
            QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
            const bool isOld =
                found->run()->id == wholeRun(now == before.seed ? before : killedRun(now)).run()->id;
            if (isOld)
                continue;
            QCOMPARE(test::firstDifferenceOfPrefix(*found, wholeRun(next)), std::string());
            now = next.seed;
        }
    }

    void saysSoWhenTheDiskIsFullAndKeepsWhatIsThere() {
        QTemporaryDir folder;
        for (const char* largest : {"1", "60000", "200000", "201000", "250000", "300001"}) {
            const QString file = folder.filePath(QStringLiteral("run%1.kvtrace").arg(QLatin1String(largest)));
            const auto options = killedRun(3);
            QProcess process;
            process.start(QStringLiteral(KVPRISM_RECORD_SYNTHETIC),
                          {file, QString::number(options.streamTokens), QString::number(options.blockSize),
                           QString::number(options.budget), QString::number(options.seed),
                           QLatin1String(largest)});
            QVERIFY(process.waitForFinished());
            QCOMPARE(process.exitStatus(), QProcess::NormalExit);
            QCOMPARE(process.exitCode(), 74);
            const QByteArray sentence = process.readAllStandardError();
            QVERIFY2(sentence.contains("run") && sentence.count('\n') == 1, sentence.constData());
            if (!std::filesystem::exists(file.toStdString()))
                continue; // not even the run's start had room
            const auto found = test::readChecked(file.toStdString());
            QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
            QCOMPARE(test::firstDifferenceOfPrefix(*found, wholeRun(options)), std::string());
        }
        QVERIFY(!std::filesystem::exists(folder.filePath(QStringLiteral("run1.kvtrace")).toStdString()));
        QVERIFY(std::filesystem::exists(folder.filePath(QStringLiteral("run300001.kvtrace")).toStdString()));
        QCOMPARE(
            QDir(folder.path()).entryList({QStringLiteral(".*partial")}, QDir::Files | QDir::Hidden).size(),
            0);
    }
};

QTEST_GUILESS_MAIN(TestRecordingKill)
#include "test_recording_kill.moc"
