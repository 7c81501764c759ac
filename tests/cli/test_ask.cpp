// SPDX-License-Identifier: GPL-3.0-or-later
// The program with the real engine and the embedded model.
#include "engine/select/options.h"
#include "engine/trace/recording_reader.h"
#include "tests/cli/ask_program.h"
#include "tests/support/pdf_builder.h"

#include <QDir>
#include <QProcess>
#include <QTest>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

using namespace kvprism;
using namespace kvprism::test;
using nlohmann::json;

namespace {

using Keys = std::set<std::string>;

Keys keysOf(const json& object) {
    Keys keys;
    for (const auto& [key, value] : object.items())
        keys.insert(key);
    return keys;
}

} // namespace

class TestAsk : public QObject, AskProgram {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { QVERIFY(prepare()); }
    void theAnswerAndNothingElseIsOnStandardOutput() {
        const Finished finished = ask({});
        QVERIFY2(finished.status == 0, finished.err.constData());
        QVERIFY2(finished.out.contains("48213"), finished.out.constData());
        QCOMPARE(finished.out.count('\n'), 1);
        QVERIFY(finished.err.contains("kept"));
        QVERIFY(finished.err.contains("recursive"));
        QVERIFY(!finished.err.contains('\r')); // no progress bar where there is no terminal
        const QStringList recordings = recordingsIn(QStringLiteral("xdg_data_home/kvprism/runs"));
        QCOMPARE(recordings.size(), 1);
        QVERIFY(recordings[0].contains(QStringLiteral("-paris")));
        QVERIFY(finished.err.contains(recordings[0].toUtf8()));
        QVERIFY(trace::checkRecording(recordings[0].toStdString()).ok());
    }
    void quietSaysNothingButTheAnswer() {
        const Finished finished = ask(words(QStringLiteral("--quiet --no-record")));
        QCOMPARE(finished.status, 0);
        QCOMPARE(finished.err, QByteArray());
        QVERIFY(finished.out.contains("48213"));
    }
    void jsonHasExactlyTheFieldsThatScriptsRelyOn() {
        const QString recording = m_home.filePath(QStringLiteral("one.kvtrace"));
        const Finished finished =
            ask(words(QStringLiteral("--json --budget 96 --block-size 64 --record ")) << recording);
        QVERIFY2(finished.status == 0, finished.err.constData());
        const json object = json::parse(finished.out.toStdString());
        QCOMPARE(keysOf(object),
                 (Keys{"question", "answer", "stop_reason", "evidence", "dense_reference", "read_now",
                       "model", "config", "tokens", "bytes", "steps", "timing", "notices", "recording"}));
        QCOMPARE(keysOf(object["model"]),
                 (Keys{"name", "path", "sha256", "architecture", "dtype", "device"}));
        QCOMPARE(keysOf(object["tokens"]),
                 (Keys{"prefix", "document", "question", "answer", "kept", "peak", "budget"}));
        QCOMPARE(keysOf(object["bytes"]),
                 (Keys{"kept", "peak", "budget", "per_token", "weights", "device_peak"}));
        QCOMPARE(keysOf(object["timing"]),
                 (Keys{"load_ms", "read_ms", "answer_ms", "read_tokens_per_s", "answer_tokens_per_s"}));
        const std::int64_t stream =
            object["tokens"]["prefix"].get<int>() + object["tokens"]["document"].get<int>();
        QCOMPARE(object["steps"].size(), static_cast<std::size_t>((stream + 63) / 64));
        std::int64_t end = 0;
        for (const json& step : object["steps"]) {
            QCOMPARE(keysOf(step), (Keys{"block", "begin", "end", "candidates", "anchors", "window", "global",
                                         "dropped", "kept_count", "ms"}));
            QCOMPARE(keysOf(step["ms"]), (Keys{"forward", "score", "select", "compact"}));
            QCOMPARE(step["begin"].get<std::int64_t>(), end);
            end = step["end"];
            QVERIFY(step["kept_count"].get<int>() <= 96);
        }
        QCOMPARE(end, stream);
        QCOMPARE(object["config"].size(), select::optionTable().size());
        QCOMPARE(object["config"]["budget"].get<int>(), 96);
        QCOMPARE(object["config"]["positions"].get<std::string>(), std::string("absolute"));
        QCOMPARE(object["tokens"]["kept"].get<int>(), 96);
        QCOMPARE(object["bytes"]["kept"].get<std::int64_t>(),
                 96 * object["bytes"]["per_token"].get<std::int64_t>());
        QVERIFY(Keys({"eos", "length", "stop_word", "interrupted"}).count(object["stop_reason"]) == 1);
        QCOMPARE(object["recording"].get<std::string>(), recording.toStdString());
        QVERIFY(trace::checkRecording(recording.toStdString()).ok());
    }
    void thePublishedFlagsRunAsTheyAre() {
        const Finished finished =
            runCli(QStringList{QStringLiteral("ask"), QStringLiteral("--document"), m_document,
                               QStringLiteral("--question"), question, QStringLiteral("--model_path"),
                               QStringLiteral(KVPRISM_EMBEDDED_MODEL)} +
                       words(QStringLiteral(
                           "--method exact --compression_mode accumulate --budget 128 --protection_divisor 4 "
                           "--block_size 64 --max_new_tokens 3 --backend eager --stop_words X --json "
                           "--no_record")),
                   m_home.path());
        QVERIFY2(finished.status == 0, finished.err.constData());
        const json object = json::parse(finished.out.toStdString());
        QCOMPARE(object["config"]["mode"].get<std::string>(), std::string("accumulate"));
        QCOMPARE(object["tokens"]["answer"].get<int>(), 3);
        QCOMPARE(object["stop_reason"].get<std::string>(), std::string("length"));
        QVERIFY(object["recording"].is_null());
    }
    void readsTheDocumentFromStandardInput() {
        QFile file(m_document);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const Finished finished =
            runCli(QStringList{QStringLiteral("ask"), QStringLiteral("--document"), QStringLiteral("-"),
                               QStringLiteral("--question"), question, QStringLiteral("--model"),
                               QStringLiteral(KVPRISM_EMBEDDED_MODEL), QStringLiteral("--no-record")},
                   m_home.path(), file.readAll());
        QVERIFY2(finished.status == 0, finished.err.constData());
        QVERIFY(finished.out.contains("48213"));
    }
    void readsAPdf() {
        const QString file = m_home.filePath(QStringLiteral("paris.pdf"));
        // Two of its objects are not where its table says: poppler would talk of them.
        std::string bytes =
            test::pdf({"The secret number of Rome is 70511.", "The secret number of Paris is 48213."});
        bytes.replace(bytes.find("0000000"), 7, "0000100");
        QFile pdf(file);
        QVERIFY(pdf.open(QIODevice::WriteOnly) && pdf.write(QByteArray::fromStdString(bytes)) > 0);
        pdf.close();
        const Finished finished =
            runCli({QStringLiteral("ask"), QStringLiteral("--document"), file, QStringLiteral("--question"),
                    question, QStringLiteral("--model"), QStringLiteral(KVPRISM_EMBEDDED_MODEL),
                    QStringLiteral("--no-record")},
                   m_home.path());
        QVERIFY2(finished.status == 0, finished.err.constData());
        QVERIFY2(finished.out.contains("48213"), finished.out.constData());
        QVERIFY(finished.err.startsWith("note: The text of 2 pages was taken out of the PDF"));
        QVERIFY2(!finished.err.contains("poppler"), finished.err.constData());
    }
    void answersAFileOfQuestionsALineEach() {
        const QString file = m_home.filePath(QStringLiteral("questions.txt"));
        QFile questions(file);
        QVERIFY(questions.open(QIODevice::WriteOnly) &&
                questions.write("What is the secret number of Paris?\r\n\n  \nWho wrote this?\n") > 0);
        questions.close();
        const QStringList start{QStringLiteral("ask"),
                                QStringLiteral("--document"),
                                m_document,
                                QStringLiteral("--model"),
                                QStringLiteral(KVPRISM_EMBEDDED_MODEL),
                                QStringLiteral("--max-new-tokens"),
                                QStringLiteral("12"),
                                QStringLiteral("--quiet"),
                                QStringLiteral("--questions"),
                                file};
        const Finished finished = runCli(start, m_home.path());
        QVERIFY2(finished.status == 0 && finished.err.isEmpty(), finished.err.constData());
        const QList<QByteArray> lines = finished.out.split('\n');
        QCOMPARE(lines.size(), 3); // the last is empty
        const json first = json::parse(lines[0].toStdString()), second = json::parse(lines[1].toStdString());
        QVERIFY(first["answer"].get<std::string>().find("48213") != std::string::npos);
        QCOMPARE(keysOf(first), keysOf(second));
        QVERIFY(keysOf(first).count("stop_reason") == 1);
        QVERIFY(first["recording"] != second["recording"]); // a run each: the memory is made for the question
        QVERIFY(first["steps"] != json::array() && second["steps"] != json::array());
    }
    void asksOnATerminalForOneQuestionAfterAnother() {
        QProcess process; // `script` gives the program a terminal
        process.setProcessEnvironment(environmentIn(m_home.path()));
        process.start(
            QStringLiteral("script"),
            {QStringLiteral("-qec"),
             QStringLiteral(KVPRISM_CLI " ask --no-record --max-new-tokens 12 --model " KVPRISM_EMBEDDED_MODEL
                                        " --document ") +
                 m_document,
             QStringLiteral("/dev/null")});
        QByteArray said;
        const auto until = [&](const char* what) {
            while (!said.contains(what) && process.waitForReadyRead(60'000))
                said += process.readAll();
            return said.contains(what);
        };
        for (int i = 0; i < 2; ++i) {
            QVERIFY2(until("Question: "), said.constData());
            said.clear();
            process.write(question.toUtf8() + "\n");
            QVERIFY2(until("48213"), said.constData());
        }
        QVERIFY2(until("Question: "), said.constData());
        process.write("\x04"); // Ctrl-D
        QVERIFY(process.waitForFinished(30'000));
        QCOMPARE(process.exitCode(), 0);
    }
    void badModelsAreOneSentence() {
        const QStringList start{QStringLiteral("ask"),
                                QStringLiteral("--document"),
                                m_document,
                                QStringLiteral("--question"),
                                question,
                                QStringLiteral("--model")};
        const Finished missing =
            runCli(start + QStringList{QStringLiteral("/nowhere/model.gguf")}, m_home.path());
        QCOMPARE(missing.status, 66);
        QVERIFY2(isOneSentence(missing.err), missing.err.constData());
        const Finished text = runCli(start + QStringList{m_document}, m_home.path());
        QCOMPARE(text.status, 65);
        QVERIFY2(isOneSentence(text.err), text.err.constData());
    }
    void perplexityAddsUpTokenByToken() {
        const QString csv = m_home.filePath(QStringLiteral("nll.csv"));
        const Finished finished = runCli(
            QStringList{QStringLiteral("perplexity"), QStringLiteral("--document"), m_document,
                        QStringLiteral("--json"), QStringLiteral("--quiet"), QStringLiteral("--per-token"),
                        csv, QStringLiteral("--model"), QStringLiteral(KVPRISM_EMBEDDED_MODEL)},
            m_home.path());
        QVERIFY2(finished.status == 0, finished.err.constData());
        const json object = json::parse(finished.out.toStdString());
        QCOMPARE(object["config"]["method"].get<std::string>(), std::string("none"));
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readLine(), QByteArray("position,token,bytes,nll\n"));
        // The text of a token may hold a line break, so that rows are told apart by their end.
        double sum = 0;
        std::int64_t bytes = 0, predicted = 0;
        QByteArray row;
        while (!file.atEnd()) {
            row += file.readLine();
            if (row.count('"') % 2 == 1)
                continue;
            const QList<QByteArray> fields = row.trimmed().split(',');
            bytes += fields[fields.size() - 2].toInt();
            if (!fields.last().isEmpty()) {
                sum += fields.last().toDouble();
                ++predicted;
            }
            row.clear();
        }
        QCOMPARE(predicted, object["predicted"].get<std::int64_t>());
        QCOMPARE(bytes, QFileInfo(m_document).size());
        QVERIFY(std::abs(sum / static_cast<double>(predicted) - object["mean_nll"].get<double>()) < 1e-4);
    }
    void aFewPlantedFactsAreAnsweredAsTheyShouldBe() {
        const Finished finished =
            runCli(words(QStringLiteral("bench facts --lengths 1000 --facts 4 --budget 128 --methods "
                                        "none,peak,recency --json --quiet --model " KVPRISM_EMBEDDED_MODEL)),
                   m_home.path());
        QVERIFY2(finished.status == 0, finished.err.constData());
        const json object = json::parse(finished.out.toStdString());
        QCOMPARE(object["rows"].size(), std::size_t{3});
        const auto answered = [&](std::size_t row) { return object["rows"][row]["answered"].get<int>(); };
        QVERIFY2(answered(0) >= 3, finished.out.constData());
        QVERIFY2(answered(1) >= 3, finished.out.constData());
        QVERIFY2(answered(2) <= 1, finished.out.constData());
        QCOMPARE(object["rows"][1]["kept"].get<int>(), 128);
    }
    void theDemonstrationLeavesARecording() {
        const QString recording = m_home.filePath(QStringLiteral("demo.kvtrace"));
        const Finished finished = runCli(
            words(QStringLiteral("demo --tokens 1200 --quiet --model " KVPRISM_EMBEDDED_MODEL " --record "))
                << recording,
            m_home.path());
        QVERIFY2(finished.status == 0, finished.err.constData());
        QVERIFY2(finished.out.contains("That is right."), finished.out.constData());
        QVERIFY(finished.out.contains("the fact"));
        QVERIFY(trace::checkRecording(recording.toStdString()).ok());
    }

  private:
    QStringList recordingsIn(const QString& folder) const {
        const QDir place(m_home.filePath(folder));
        QStringList paths;
        for (const QString& name : place.entryList({QStringLiteral("*.kvtrace")}))
            paths << place.filePath(name);
        return paths;
    }
};

QTEST_GUILESS_MAIN(TestAsk)
#include "test_ask.moc"
