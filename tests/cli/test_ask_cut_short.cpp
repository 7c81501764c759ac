// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that do not come to their end: signals, a full disk, too little memory.
#include "app/cli/words.h"
#include "engine/trace/recording_reader.h"
#include "engine/trace/store.h"
#include "tests/cli/ask_program.h"

#include <QDir>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace kvprism;
using namespace kvprism::test;

class TestAskCutShort : public QObject, AskProgram {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { QVERIFY(prepare()); }
    void aSignalWhileReadingLeavesAWholeRecording_data() {
        QTest::addColumn<int>("number");
        QTest::newRow("Ctrl-C") << SIGINT;
        QTest::newRow("kill") << SIGTERM;
        QTest::newRow("the terminal is closed") << SIGHUP;
    }
    void aSignalWhileReadingLeavesAWholeRecording() {
        QFETCH(int, number);
        const QString recording = m_home.filePath(QStringLiteral("stopped%1.kvtrace").arg(number));
        QProcess process;
        startLong(process, recording);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(recording), 60'000); // it is reading
        ::kill(static_cast<pid_t>(process.processId()), number);
        QVERIFY(process.waitForFinished(30'000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(trace::checkRecording(recording.toStdString()).ok());
        trace::TraceStore replayed;
        QVERIFY((*trace::RecordingReader::open(recording.toStdString()))->replay(replayed).ok());
        QVERIFY(replayed.end() && replayed.end()->outcome == trace::Outcome::stopped);
        const std::int32_t read = replayed.steps().empty() ? 0 : replayed.steps().back()->end.value;
        const QByteArray err = process.readAllStandardError();
        QVERIFY2(err.contains("read      " + QByteArray::fromStdString(cli::grouped(read)) + " of 7,"),
                 err.constData());
    }
    // Tens of millions of bytes take seconds to become tokens, and Ctrl-C does not wait for them.
    void ctrlCWhileTheTextBecomesTokensEndsIt() {
        const QString document = m_home.filePath(QStringLiteral("huge.txt"));
        QFile file(document);
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (unsigned line = 0; line < 1'500'000; ++line)
            file.write("Line " + QByteArray::number(line * 2654435761u) + " of a long text.\n");
        file.close();
        for (const char* command : {"ask --no-record --question Who?", "perplexity"}) {
            QProcess process; // `script` gives the program a terminal, on which it says how far it is
            process.setProcessEnvironment(environmentIn(m_home.path()));
            process.start(QStringLiteral("script"),
                          {QStringLiteral("-qec"),
                           QStringLiteral(KVPRISM_CLI " %1 --model " KVPRISM_EMBEDDED_MODEL " --document ")
                                   .arg(QLatin1String(command)) +
                               document,
                           QStringLiteral("/dev/null")});
            QByteArray said;
            while (!said.contains("Turning the text into tokens") && process.waitForReadyRead(60'000))
                said += process.readAll();
            QVERIFY2(said.contains("Turning the text into tokens"), said.constData());
            process.write("\x03"); // Ctrl-C
            QVERIFY(process.waitForFinished(30'000));
            said += process.readAll();
            QCOMPARE(process.exitCode(), 130);
            QVERIFY2(!said.contains("Reading ["), said.right(300).constData());
            QVERIFY2(said.contains("kvprism-cli: "), said.right(300).constData());
        }
    }
    void aRecordingThatFailsLeavesNothingBehindAndDoesNotCostTheAnswer() {
        const QDir folder(m_home.path());
        QVERIFY(folder.mkdir(QStringLiteral("limited")));
        const QString recording = m_home.filePath(QStringLiteral("limited/r.kvtrace"));
        QProcess process;
        process.setProcessEnvironment(environmentIn(m_home.path()));
        process.start(QStringLiteral("bash"),
                      QStringList{QStringLiteral("-c"), QStringLiteral("ulimit -f 8; exec \"$0\" \"$@\""),
                                  QStringLiteral(KVPRISM_CLI)} +
                          arguments({QStringLiteral("--record"), recording, QStringLiteral("--quiet")}));
        QVERIFY(process.waitForFinished(240'000));
        QVERIFY(process.readAllStandardOutput().contains("48213"));
        const QByteArray err = process.readAllStandardError();
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QVERIFY2(process.exitCode() == 74, err.constData());
        QVERIFY2(isOneSentence(err) && err.contains("r.kvtrace' ") && !err.contains("partial"),
                 err.constData());
        QVERIFY(QDir(m_home.filePath(QStringLiteral("limited")))
                    .isEmpty(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot));
    }
    void withoutMemoryItNamesABudgetThatFits() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("a sanitizer needs an address space without limit");
#endif
        QFile licence(QStringLiteral(KVPRISM_SOURCE_DIR "/LICENSE"));
        QVERIFY(licence.open(QIODevice::ReadOnly));
        const QString document = m_home.filePath(QStringLiteral("long.txt"));
        QFile file(document);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(licence.read(24'000)) == 24'000);
        file.close();
        const auto askWithin = [&](int mebibytes, int budget) {
            QProcess process;
            process.setProcessEnvironment(environmentIn(m_home.path()));
            process.start(
                QStringLiteral("bash"),
                QStringList{QStringLiteral("-c"),
                            QStringLiteral("ulimit -v %1; exec \"$0\" \"$@\"").arg(mebibytes * 1024),
                            QStringLiteral(KVPRISM_CLI)} +
                    arguments(words(QStringLiteral("--document %1 --method recency --max-new-tokens 1 "
                                                   "--threads 2 --no-record --quiet --budget %2")
                                        .arg(document)
                                        .arg(budget))));
            if (!process.waitForFinished(240'000) || process.exitStatus() != QProcess::NormalExit)
                return Finished{};
            return Finished{process.exitCode(), process.readAllStandardOutput(),
                            process.readAllStandardError()};
        };
        // Even one MiB more of a limit may decide where it runs out; these are samples.
        int named = 0, limit = 500;
        for (; limit < 8000; limit += limit < 2000 ? 50 : 300) {
            const Finished finished = askWithin(limit, 6000);
            if (finished.status == 0)
                break;
            const QByteArray told = finished.err + " at " + QByteArray::number(limit) + " MiB";
            if (finished.status == 127 || told.contains("cannot allocate memory") ||
                told.contains("failed to map"))
                continue; // the loader of the system could not even load the program
            QVERIFY2(finished.status == 71 && isOneSentence(finished.err), told.constData());
            const auto match = QRegularExpression(QStringLiteral("--budget of (\\d+) tokens would fit"))
                                   .match(QString::fromUtf8(finished.err));
            if (!match.hasMatch()) {
                QVERIFY2(told.contains("use a smaller model") || told.contains("smaller --block-size"),
                         told.constData());
                continue;
            }
            ++named;
            const Finished again = askWithin(limit, match.captured(1).toInt());
            QVERIFY2(again.status == 0, (told + again.err).constData());
        }
        QVERIFY(limit < 8000);
        QVERIFY(named > 0);
    }
    void aSecondCtrlCEndsAtOnce() {
        QProcess process;
        const QString recording = m_home.filePath(QStringLiteral("twice.kvtrace"));
        startLong(process, recording);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(recording), 60'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(30'000));
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(trace::checkRecording(recording.toStdString()).ok());
    }
    void ctrlCWhileAnsweringKeepsWhatWasSaid() {
        QProcess process;
        process.setProcessEnvironment(environmentIn(m_home.path()));
        // A temperature that keeps it talking.
        process.start(QStringLiteral(KVPRISM_CLI),
                      arguments(words(QStringLiteral("--no-record --temperature 5 --max-new-tokens 2000"))));
        QVERIFY(process.waitForReadyRead(60'000));
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(30'000));
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(process.readAllStandardOutput().endsWith('\n'));
        QVERIFY(process.readAllStandardError().contains("interrupted"));
    }
    void aStandardOutputThatFailsEndsTheRun() {
        QProcess process;
        process.setProcessEnvironment(environmentIn(m_home.path()));
        process.setStandardOutputFile(QStringLiteral("/dev/full"));
        process.start(QStringLiteral(KVPRISM_CLI), arguments(words(QStringLiteral("--no-record --quiet"))));
        QVERIFY(process.waitForFinished(240'000));
        QCOMPARE(process.exitCode(), 74);
        QVERIFY(isOneSentence(process.readAllStandardError()));
    }

  private:
    // A document that takes many steps.
    void startLong(QProcess& process, const QString& recording) const {
        process.setProcessEnvironment(environmentIn(m_home.path()));
        process.start(QStringLiteral(KVPRISM_CLI),
                      {QStringLiteral("ask"), QStringLiteral("--document"),
                       QStringLiteral(KVPRISM_SOURCE_DIR "/LICENSE"), QStringLiteral("--question"), question,
                       QStringLiteral("--model"), QStringLiteral(KVPRISM_EMBEDDED_MODEL),
                       QStringLiteral("--block-size"), QStringLiteral("32"), QStringLiteral("--record"),
                       recording});
    }
};

QTEST_GUILESS_MAIN(TestAskCutShort)
#include "test_ask_cut_short.moc"
