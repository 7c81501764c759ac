// SPDX-License-Identifier: GPL-3.0-or-later
// What goes wrong around a run: files that must not be lost, places that are gone, streams that are closed.
#include "tests/cli/program.h"
#include "tests/paths.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <nlohmann/json.hpp>

using namespace kvprism::test;

class TestFaults : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_home.isValid());
        write("short.txt", "The secret number of Paris is 48213. Nothing else is known about it.");
        QFile licence(QStringLiteral(KVPRISM_SOURCE_DIR "/LICENSE"));
        QVERIFY(licence.open(QIODevice::ReadOnly));
        write("long.txt", licence.read(16'000));
    }

    void aMemoryIsSavedOverNothingButAMemory() {
        write("notes.txt", "precious");
        for (const char* name : {"notes.txt", "short.txt"}) {
            const Finished finished =
                ask({QStringLiteral("--no-record"), QStringLiteral("--save-memory"), at(name)});
            QCOMPARE(finished.status, 64);
            QVERIFY2(isOneSentence(finished.err) && finished.err.contains("no memory, so it is left alone"),
                     finished.err.constData());
            QVERIFY(finished.out.isEmpty()); // said before anything was read
        }
        QCOMPARE(content("notes.txt"), QByteArray("precious"));
        for (const char* name : {"none/m.kvmemory", "."}) {
            const Finished finished =
                ask({QStringLiteral("--no-record"), QStringLiteral("--save-memory"), at(name)});
            QVERIFY2(finished.status == 64 && isOneSentence(finished.err), finished.err.constData());
        }
        const Finished same =
            ask({QStringLiteral("--record"), at("r"), QStringLiteral("--save-memory"), at("r")});
        QVERIFY2(same.status == 64 && same.err.contains("the same file"), same.err.constData());
        for (int round = 0; round < 2; ++round)
            QCOMPARE(ask({QStringLiteral("--no-record"), QStringLiteral("--save-memory"), at("m.kvmemory")})
                         .status,
                     0);
        const Finished again = runCli({QStringLiteral("ask"), QStringLiteral("--memory"), at("m.kvmemory"),
                                       QStringLiteral("--model"), QStringLiteral(KVPRISM_EMBEDDED_MODEL),
                                       QStringLiteral("--question"), QStringLiteral("Which number?"),
                                       QStringLiteral("--max-new-tokens"), QStringLiteral("8")},
                                      m_home.path());
        QVERIFY2(again.status == 0, again.err.constData());
        QVERIFY2(again.err.contains("read      nothing anew") && !again.err.contains("all of it: 0"),
                 again.err.constData());
    }

    void aBadMemoryIsRefusedBeforeAModelIsLookedFor() {
        QCOMPARE(ask({QStringLiteral("--no-record"), QStringLiteral("--save-memory"), at("whole.kvmemory")})
                     .status,
                 0);
        QByteArray flipped = content("whole.kvmemory");
        flipped[flipped.size() - 5] = static_cast<char>(flipped[flipped.size() - 5] ^ 1);
        write("flipped.kvmemory", flipped);
        write("cut.kvmemory", flipped.left(flipped.size() / 2));
        write("notes.txt", "precious");
        const auto answerFrom = [&](const char* memory) {
            return runCli({QStringLiteral("ask"), QStringLiteral("--memory"), at(memory),
                           QStringLiteral("--question"), QStringLiteral("Who?"), QStringLiteral("--model"),
                           at("no_model.gguf")},
                          m_home.path());
        };
        for (const char* bad : {"flipped.kvmemory", "cut.kvmemory", "notes.txt", "none.kvmemory"}) {
            const Finished refused = answerFrom(bad);
            QVERIFY2(isOneSentence(refused.err) && refused.err.contains(bad), refused.err.constData());
            QCOMPARE(refused.status, QByteArray(bad).startsWith("none") ? 66 : 65);
        }
        const Finished looked = answerFrom("whole.kvmemory");
        QVERIFY2(looked.status == 66 && looked.err.contains("no_model.gguf"), looked.err.constData());
    }

    void filesThatSqliteWouldTakeForPartsOfTheRecordingAreLeftAlone() {
        for (const char* suffix : {"-wal", "-shm", "-journal"}) {
            const QByteArray name = QByteArray("w.kvtrace") + suffix;
            write(name.constData(), "mine");
            const Finished finished = ask({QStringLiteral("--record"), at("w.kvtrace")});
            QVERIFY2(finished.status == 74 && isOneSentence(finished.err) && finished.err.contains(suffix),
                     finished.err.constData());
            QCOMPARE(content(name.constData()), QByteArray("mine"));
            QVERIFY(QFile::remove(at(name.constData())));
        }
    }

    void twoRunsDoNotRecordIntoOneFile() {
        QProcess first;
        first.setProcessEnvironment(environmentIn(m_home.path()));
        first.start(QStringLiteral(KVPRISM_CLI), longRun({QStringLiteral("--record"), at("two.kvtrace")}));
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(at("two.kvtrace")), 60'000);
        const Finished second = ask({QStringLiteral("--record"), at("two.kvtrace")});
        QVERIFY2(second.status == 74 && isOneSentence(second.err) && second.err.contains("another run"),
                 second.err.constData());
        ::kill(static_cast<pid_t>(first.processId()), SIGINT);
        QVERIFY(first.waitForFinished(30'000));
        QCOMPARE(first.exitCode(), 130);
        QCOMPARE(ask({QStringLiteral("--record"), at("two.kvtrace")}).status, 0); // it is free again
    }

    void anInterruptionIsSaid() {
        QProcess process;
        process.setProcessEnvironment(environmentIn(m_home.path()));
        process.start(QStringLiteral(KVPRISM_CLI),
                      longRun({QStringLiteral("--record"), at("i.kvtrace"), QStringLiteral("--quiet")}));
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(at("i.kvtrace")), 60'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(30'000));
        QCOMPARE(process.exitCode(), 130);
        const QByteArray err = process.readAllStandardError();
        QVERIFY2(isOneSentence(err) && err.contains("Interrupted while"), err.constData());
    }

    void aFolderThatIsGoneIsSaid() {
        const Finished finished = shell("mkdir gone && cd gone && rmdir ../gone && exec \"$0\" \"$@\"", {});
        QCOMPARE(finished.status, 66);
        QVERIFY2(isOneSentence(finished.err) && finished.err.contains("is gone"), finished.err.constData());
    }

    void aClosedOutputIsSaidBeforeAnythingIsRead() {
        const Finished finished =
            shell("exec \"$0\" \"$@\" >&-", {QStringLiteral("--record"), at("closed.kvtrace")});
        QCOMPARE(finished.status, 74);
        QVERIFY2(isOneSentence(finished.err) && finished.err.contains("output is closed"),
                 finished.err.constData());
        QVERIFY(!QFile::exists(at("closed.kvtrace")));
        // Nothing of ours gets the number of a closed one.
        const Finished others =
            shell("exec \"$0\" \"$@\" <&- 2>&-", {QStringLiteral("--record"), at("open.kvtrace")});
        QCOMPARE(others.status, 0);
        QCOMPARE(
            runCli({QStringLiteral("inspect"), at("open.kvtrace"), QStringLiteral("--check")}, m_home.path())
                .status,
            0);
    }

    void aDocumentOfWhiteSpaceIsRefused() {
        for (const char* text : {"   ", "\n\n", "\xC2\xA0\xE2\x80\x8B\xE3\x80\x80\n"}) {
            write("blank.txt", text);
            const Finished finished =
                runCli({QStringLiteral("ask"), QStringLiteral("--document"), at("blank.txt"),
                        QStringLiteral("--question"), QStringLiteral("Who?"), QStringLiteral("--model"),
                        QStringLiteral(KVPRISM_EMBEDDED_MODEL)},
                       m_home.path());
            QVERIFY2(finished.status == 65 && isOneSentence(finished.err) &&
                         finished.err.contains("white space"),
                     finished.err.constData());
        }
    }

    void manyMoreThreadsThanProcessorsAreFewer() {
        const Finished finished =
            ask({QStringLiteral("--no-record"), QStringLiteral("--threads"), QStringLiteral("1024")});
        QCOMPARE(finished.status, 0);
        QVERIFY2(finished.err.contains("note: --threads 1024 is more than four times"),
                 finished.err.constData());
    }

    void questionsReadOnceGoIntoTheRecordingThatIsNamed() {
        write("questions.txt", "Which number?\nOf which town?\n");
        const auto many = [&](const char* scoring, const char* option, const char* name) {
            return runCli({QStringLiteral("ask"), QStringLiteral("--document"), at("short.txt"),
                           QStringLiteral("--questions"), at("questions.txt"), QStringLiteral("--scoring"),
                           QLatin1String(scoring), QStringLiteral("--model"),
                           QStringLiteral(KVPRISM_EMBEDDED_MODEL), QStringLiteral("--max-new-tokens"),
                           QStringLiteral("6"), QStringLiteral("--quiet"), QLatin1String(option), at(name)},
                          m_home.path());
        };
        const Finished once = many("standing", "--record", "both.kvtrace");
        QVERIFY2(once.status == 0, once.err.constData());
        const Finished shown =
            runCli({QStringLiteral("inspect"), at("both.kvtrace"), QStringLiteral("--json")}, m_home.path());
        const auto run = nlohmann::json::parse(shown.out.toStdString());
        QCOMPARE(run["answers"].size(), std::size_t{2});
        QVERIFY(run["question"] == run["answers"][0]["question"]);
        QVERIFY(run["answer"] == run["answers"][0]["answer"]);
        QVERIFY(run["tokens"]["question"] == run["answers"][0]["question_tokens"]);
        const QList<QByteArray> lines = once.out.trimmed().split('\n');
        const auto second = nlohmann::json::parse(lines[1].toStdString());
        QVERIFY(second["question"] == run["answers"][1]["question"]);
        QVERIFY(second["read_now"] == false);
        QCOMPARE(many("question", "--record", "each.kvtrace").status, 64);
        const Finished memory = many("question", "--save-memory", "each.kvmemory");
        QVERIFY2(memory.status == 64 && memory.err.contains("keeps one memory"), memory.err.constData());
    }

  private:
    QString at(const char* name) const { return m_home.filePath(QLatin1String(name)); }
    void write(const char* name, const QByteArray& bytes) {
        QFile file(at(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(bytes) == bytes.size());
    }
    QByteArray content(const char* name) const {
        QFile file(at(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QStringList shortRun(const QStringList& more) const {
        return QStringList{QStringLiteral("ask"),
                           QStringLiteral("--document"),
                           at("short.txt"),
                           QStringLiteral("--question"),
                           QStringLiteral("Which number?"),
                           QStringLiteral("--model"),
                           QStringLiteral(KVPRISM_EMBEDDED_MODEL),
                           QStringLiteral("--max-new-tokens"),
                           QStringLiteral("4")} +
               more;
    }
    QStringList longRun(const QStringList& more) const {
        return QStringList{QStringLiteral("ask"),
                           QStringLiteral("--document"),
                           at("long.txt"),
                           QStringLiteral("--question"),
                           QStringLiteral("Who?"),
                           QStringLiteral("--model"),
                           QStringLiteral(KVPRISM_EMBEDDED_MODEL),
                           QStringLiteral("--budget"),
                           QStringLiteral("64"),
                           QStringLiteral("--block-size"),
                           QStringLiteral("16")} +
               more;
    }
    Finished ask(const QStringList& more) const { return runCli(shortRun(more), m_home.path()); }
    Finished shell(const char* script, const QStringList& more) const {
        QProcess process;
        process.setWorkingDirectory(m_home.path());
        process.setProcessEnvironment(environmentIn(m_home.path()));
        process.start(QStringLiteral("bash"),
                      QStringList{QStringLiteral("-c"), QLatin1String(script), QStringLiteral(KVPRISM_CLI)} +
                          shortRun(more));
        if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit)
            return {};
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }

    QTemporaryDir m_home;
};

QTEST_GUILESS_MAIN(TestFaults)
#include "test_faults.moc"
