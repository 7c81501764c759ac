// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/peers_table.h"
#include "app/cli/bench/transformers_peer.h"
#include "app/cli/interrupt.h"
#include "engine/files/random_shape.h"
#include "tests/cli/program.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace kvprism;
using namespace kvprism::cli;
using namespace kvprism::test;
using nlohmann::json;

class TestBenchPeers : public QObject {
    Q_OBJECT

    QTemporaryDir m_home;

    // A program that is started as Python is, and answers whatever it is asked.
    std::string standIn(const char* name, const QByteArray& lines) {
        QFile file(m_home.filePath(QLatin1String(name)));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        file.write("#!/bin/sh\necho '{\"name\": \"transformers\", \"version\": \"5\", \"torch\": \"2\", "
                   "\"attention\": \"sdpa\"}'\nwhile read -r line; do " +
                   lines + "; done\n");
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file.fileName().toStdString();
    }

  private Q_SLOTS:
    void asksAndKeepsWhatIsAnswered() {
        const std::string python =
            standIn("answers", "echo '{\"prefill_seconds\": 2, \"decode_seconds\": 1, \"peak_bytes\": 5}'");
        const auto peer = TransformersPeer::start(python, "folder", "cpu");
        QVERIFY(peer.ok());
        PeerResult result;
        result.tokens = 1000;
        QVERIFY((*peer)->measure("dense", 10, 256, result).ok());
        QCOMPARE(result.readPerSecond(), 500.0);
        QCOMPARE(result.decodePerSecond(), 10.0);
        QCOMPARE(result.peakBytes, std::uint64_t{5});
    }

    void saysWhatCouldNotBeMeasured() {
        PeerResult memory, missing, odd;
        const auto full =
            TransformersPeer::start(standIn("full", "echo '{\"out_of_memory\": true}'"), "f", "cpu");
        QVERIFY((*full)->measure("dense", 10, 256, memory).ok());
        QCOMPARE(memory.failure, std::string("out of memory"));
        const auto less =
            TransformersPeer::start(standIn("less", "echo '{\"missing\": \"kvpress\"}'"), "f", "cpu");
        QVERIFY((*less)->measure("snapkv", 10, 256, missing).ok());
        QCOMPARE(missing.failure, std::string("not installed"));
        const auto other = TransformersPeer::start(standIn("other", "echo '{}'"), "f", "cpu");
        QCOMPARE((*other)->measure("dense", 10, 256, odd).error().code, ErrorCode::malformed);
    }

    void refusesWhatNoPeerCanAnswer_data() {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("negative") << QByteArray(
            R"(echo '{"prefill_seconds": -1, "decode_seconds": -2, "peak_bytes": -5}')");
        QTest::newRow("huge") << QByteArray(
            R"(echo '{"prefill_seconds": 1e308, "decode_seconds": 1e-320, "peak_bytes": 1e300}')");
        QTest::newRow("memory, but not") << QByteArray(R"(echo '{"out_of_memory": false}')");
        QTest::newRow("deep") << QByteArray("head -c 300000 /dev/zero | tr '\\0' '['; echo");
        QTest::newRow("endless") << QByteArray("yes | tr -d '\\n'");
    }
    void refusesWhatNoPeerCanAnswer() {
        QFETCH(QByteArray, answer);
        const auto peer = TransformersPeer::start(standIn(QTest::currentDataTag(), answer), "f", "cpu");
        QVERIFY(peer.ok());
        PeerResult result;
        QVERIFY(!(*peer)->measure("dense", 10, 256, result).ok());
        QVERIFY(result.readMs.empty() && result.failure.empty());
    }

    // Also one that does not listen to a polite word, and with us having signals blocked.
    void endsAPeerThatLingers() {
        const auto script = standIn("lingers", "trap '' TERM; echo nonsense; sleep 60");
        QElapsedTimer timer;
        timer.start();
        {
            const Interrupt blocksSignals;
            const auto peer = TransformersPeer::start(script, "f", "cpu");
            QVERIFY(peer.ok());
            PeerResult result;
            QVERIFY(!(*peer)->measure("dense", 10, 256, result).ok());
        }
        QVERIFY2(timer.elapsed() < 20'000, QByteArray::number(timer.elapsed()).constData());
    }

    void leavesNothingBehindWhereItIsStopped() {
        QTemporaryDir temporary;
        QFile silent(m_home.filePath(QStringLiteral("silent")));
        QVERIFY(silent.open(QIODevice::WriteOnly) && silent.write("#!/bin/sh\nexec sleep 60\n") > 0);
        silent.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        silent.close();
        QProcess process;
        QProcessEnvironment environment = environmentIn(m_home.path());
        environment.insert(QStringLiteral("TMPDIR"), temporary.path());
        process.setProcessEnvironment(environment);
        process.start(cliProgram(),
                      {QStringLiteral("bench"), QStringLiteral("peers"), QStringLiteral("--device"),
                       QStringLiteral("cpu"), QStringLiteral("--random"), QStringLiteral("tiny"),
                       QStringLiteral("--peer"), silent.fileName()});
        QTRY_VERIFY_WITH_TIMEOUT(!QDir(temporary.path()).isEmpty(), 20'000);
        QTest::qWait(1'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(20'000));
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(QDir(temporary.path()).isEmpty());
    }

    void showsTheSameToPeopleAndScripts() {
        PeersTable table;
        table.peer = {{"name", "transformers"}, {"version", "9"}};
        table.name = "random invented";
        PeerResult fast, full;
        fast.program = "kvprism";
        fast.tokens = full.tokens = 4096;
        fast.readMs = {1000, 3000, 2000};
        fast.decodeMs = {10};
        fast.peakBytes = 1 << 30;
        full.program = "transformers";
        full.failure = "out of memory";
        table.results = {fast, full};
        const std::string text = peersText(table);
        for (const char* part : {"4,096", "2048", "100.0", "out of memory", "random invented"})
            QVERIFY2(text.find(part) != std::string::npos, text.c_str());
        const json object = peersJson(table);
        QCOMPARE(object["results"][0]["read_tokens_per_s"].get<double>(), 2048.0);
        QVERIFY(object["results"][0]["failure"].is_null());
        QCOMPARE(object["results"][1]["failure"].get<std::string>(), std::string("out of memory"));
    }

    void describesTheShapeAsTransformersDoes() {
        const json shape = transformersShape(*files::randomShape("qwen3-8b"));
        QCOMPARE(shape["model_type"].get<std::string>(), std::string("qwen3"));
        QCOMPARE(shape["num_key_value_heads"].get<int>(), 8);
        QCOMPARE(shape["head_dim"].get<int>(), 128);
    }

    void refusesInOneSentence_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::newRow("no peer") << QStringList() << 64;
        QTest::newRow("shape") << QStringList{QStringLiteral("--random"), QStringLiteral("huge")} << 64;
        QTest::newRow("nowhere") << QStringList{QStringLiteral("--peer"), QStringLiteral("/nowhere/python")}
                                 << 66;
        QTest::newRow("no JSON") << QStringList{QStringLiteral("--peer"), QStringLiteral("/bin/echo")} << 65;
        QTest::newRow("no answer") << QStringList{QStringLiteral("--peer"), QStringLiteral("/bin/true")}
                                   << 74;
        QFile without(m_home.filePath(QStringLiteral("python")));
        QVERIFY(without.open(QIODevice::WriteOnly) &&
                without.write("#!/bin/sh\necho '{\"failure\": \"No module named torch\"}'\n") > 0 &&
                without.setPermissions(QFile::ReadOwner | QFile::ExeOwner));
        without.close();
        QTest::newRow("a small budget") << QStringList{QStringLiteral("--peer"), without.fileName(),
                                                       QStringLiteral("--budget"), QStringLiteral("15")}
                                        << 64;
        QTest::newRow("a folder") << QStringList{QStringLiteral("--peer"), m_home.path()} << 66;
        QTest::newRow("no torch") << QStringList{QStringLiteral("--peer"), without.fileName()} << 69;
    }
    void refusesInOneSentence() {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        const Finished finished = runCli(QStringList{QStringLiteral("bench"), QStringLiteral("peers"),
                                                     QStringLiteral("--device"), QStringLiteral("cpu")} +
                                             arguments,
                                         m_home.path());
        QVERIFY2(finished.status == status, finished.err.constData());
        QVERIFY2(isOneSentence(finished.err), finished.err.constData());
    }
};

QTEST_APPLESS_MAIN(TestBenchPeers)
#include "test_bench_peers.moc"
