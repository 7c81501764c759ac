// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"
#include "app/cli/ask_json.h"
#include "app/cli/bench/peer.h"
#include "app/cli/escape.h"
#include "app/cli/places.h"
#include "app/cli/run_keeper.h"
#include "app/cli/run_options.h"
#include "app/cli/run_recording.h"
#include "app/cli/summary.h"
#include "app/cli/survival_table.h"
#include "app/cli/words.h"
#include "engine/shared_library.h"
#include "engine/tables/output_file.h"
#include "engine/tables/table_writer.h"
#include "engine/trace/recording_reader.h"
#include "tests/support/synthetic_run.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace kvprism;
using namespace kvprism::cli;
using tables::csvField;
using tables::mayWriteTable;

namespace {

// A program that says `output`, whatever it is asked.
std::string script(const QTemporaryDir& folder, const char* name, const QByteArray& body) {
    const QString path = folder.filePath(QString::fromLatin1(name));
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write("#!/bin/sh\n" + body);
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path.toStdString();
}

} // namespace

class TestCliParts : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); } // as the program does
    void groupsThousands() {
        QCOMPARE(grouped(0), std::string("0"));
        QCOMPARE(grouped(999), std::string("999"));
        QCOMPARE(grouped(1000), std::string("1,000"));
        QCOMPARE(grouped(-123456), std::string("-123,456"));
        QCOMPARE(grouped(-1234567890123), std::string("-1,234,567,890,123"));
    }
    void saysBytesInUnits() {
        QCOMPARE(bytesText(1023), std::string("1023 B"));
        QCOMPARE(bytesText(1536), std::string("1.5 KiB"));
        QCOMPARE(bytesText(48ULL << 20), std::string("48.0 MiB"));
        QCOMPARE(bytesText(~0ULL), std::string("16777216.0 TiB"));
    }
    void quotesCsvFields() {
        QCOMPARE(csvField(" the"), std::string(" the"));
        QCOMPARE(csvField("a,b"), std::string("\"a,b\""));
        QCOMPARE(csvField("\""), std::string("\"\"\"\""));
        QCOMPARE(csvField("\n"), std::string("\"\n\""));
        QCOMPARE(csvField(""), std::string(""));
    }
    void nothingSteersTheTerminal() {
        QCOMPARE(forTerminal("a\x1b[2Jb\r"), std::string("a\xEF\xBF\xBD[2Jb\xEF\xBF\xBD"));
        QCOMPARE(forTerminal("\xC2\x9B"), std::string("\xEF\xBF\xBD"));
        QCOMPARE(forTerminal("é\tß\n\xC2\xA0"), std::string("é\tß\n\xC2\xA0"));
    }
    void aMessageStaysOneLine() {
        QCOMPARE(oneLine("say \"a\\b\"\n\x1b[2J\xFF…"), std::string("say \"a\\b\"\\n\\x1b[2J\\xff…"));
    }
    void aTableLeavesOtherFilesAlone() {
        QTemporaryDir folder;
        const auto path = [&](const char* name) {
            return folder.filePath(QLatin1String(name)).toStdString();
        };
        const auto may = [&](const std::string& file) {
            return mayWriteTable("--per-token", file, "a,b\n", {path("in"), ""});
        };
        for (const auto& [name, content] :
             {std::pair("in", "a,b\n"), {"ours", "a,b\n1,2\n"}, {"empty", ""}, {"other", "a,c\n"}}) {
            QFile file(folder.filePath(QLatin1String(name)));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) >= 0);
        }
        for (const char* name : {"new", "ours", "empty"})
            QVERIFY2(may(path(name)), name);
        QVERIFY(may("/dev/null"));
        QVERIFY(QFile::link(QString::fromStdString(path("in")), folder.filePath(QStringLiteral("link"))));
        for (const char* name : {"in", "link", "other", "."})
            QCOMPARE(may(path(name)).error().code, ErrorCode::usage);
        for (const char* name : {"none/new", "ours/new"}) { // ours: a file is no folder
            QVERIFY2(!may(path(name)), name);
            QCOMPARE(may(path(name)).error().code, ErrorCode::io);
        }
    }
    void anInterruptedRunSaysWhatItRead() {
        AskResult result;
        result.tokens = {.prefix = 20, .document = 980};
        result.readMs = 1000;
        QVERIFY(summaryText(result, 256)
                    .starts_with("read      256 of 1,000 tokens (20 of instruction) in 1.0 s, 256 tokens/s"));
        result.tokens.prefix = 0;
        QVERIFY(summaryText(result, 980).starts_with("read      980 tokens in 1.0 s, 980 tokens/s"));
    }
    void aLibraryThatIsCutOffIsNotLoaded() {
        QTemporaryDir folder;
        QFile whole(QCoreApplication::applicationFilePath()); // position independent, so as good as a library
        QVERIFY(whole.open(QIODevice::ReadOnly));
        const QByteArray bytes = whole.readAll();
        QVERIFY(checkSharedLibrary(whole.fileName().toStdString()).ok());
        for (const qsizetype size :
             {qsizetype(0), qsizetype(10), qsizetype(64), bytes.size() / 2, bytes.size() - 1}) {
            QFile cut(folder.filePath(QStringLiteral("cut.so")));
            QVERIFY(cut.open(QIODevice::WriteOnly | QIODevice::Truncate) &&
                    cut.write(bytes.left(size)) == size);
            cut.close();
            const Status status = checkSharedLibrary(cut.fileName().toStdString());
            QVERIFY(!status.ok());
            QCOMPARE(status.error().code, ErrorCode::unavailable);
        }
        QCOMPARE(loadFailure("x.so", "failed to map: Cannot allocate memory", "go.").code,
                 ErrorCode::outOfMemory);
        QCOMPARE(loadFailure("x.so", "y.so: failed to map segment from shared object", "go.").code,
                 ErrorCode::outOfMemory);
        QCOMPARE(loadFailure("x.so", "undefined symbol", "go.").code, ErrorCode::unavailable);
    }
    void theConfigurationAsJsonHasEveryOptionWithItsKind() {
        const auto config =
            select::configFrom({{"budget", "300"}, {"temperature", "0.5"}, {"stop-words", "a,\\n"}});
        const auto json = configJson(*config);
        QCOMPARE(json.size(), select::optionTable().size());
        QCOMPARE(json["budget"].get<int>(), 300);
        QCOMPARE(json["temperature"].get<double>(), 0.5);
        QVERIFY(json["compression_ratio"].is_null());
        QVERIFY(json["block_size"].is_null());
        QCOMPARE(json["method"].get<std::string>(), std::string("peak"));
        QCOMPARE(json["stop_words"].get<std::vector<std::string>>(), (std::vector<std::string>{"a", "\n"}));
        QCOMPARE(json["seed"].get<std::uint64_t>(), 1ULL);
    }
    void jsonIsValidWhateverTheTextsHold() {
        QCOMPARE(jsonLine("\xFFx"), std::string("\"\xEF\xBF\xBDx\"\n"));
    }
    void aNewRecordingGetsANameOfItsOwn() {
        QTemporaryDir home;
        qputenv("XDG_DATA_HOME", home.path().toUtf8());
        const auto first = newRunPath("my notes: α/β.txt", ".kvtrace");
        QVERIFY(first.ok());
        QVERIFY(first->starts_with(home.path().toStdString() + "/kvprism/runs/"));
        QVERIFY(first->find("..") == std::string::npos);
        QFile(QString::fromStdString(*first)).open(QIODevice::WriteOnly);
        const auto second = newRunPath("my notes: α/β.txt", ".kvtrace");
        QVERIFY(*first != *second);
        QVERIFY(newRunPath("", ".kvtrace")->find("document") != std::string::npos);
    }
    void aRecordingThatCannotBeMadeIsToldAndCostsNothingElse() {
        QTemporaryDir home;
        RunRecording recording(
            {.path = home.filePath(QStringLiteral("no/such/folder/a.kvtrace")).toStdString()}, "x");
        QVERIFY(!recording.sink());
        QVERIFY(recording.path().empty());
        QVERIFY(!recording.finish());
        RunRecording off({.path = {}, .off = true}, "x");
        QVERIFY(!off.sink());
        QVERIFY(off.finish().ok());
    }
    void everyReadingGetsARecordingOfItsOwn() {
        QTemporaryDir home;
        qputenv("XDG_DATA_HOME", home.path().toUtf8());
        const RecordOptions options;
        std::string first, second;
        {
            RunKeeper keeper(options, "notes.txt");
            QVERIFY(keeper.path().empty());
            test::produceSyntheticRun({}, keeper);
            first = keeper.path();
            QVERIFY(keeper.status().ok());
            QVERIFY(trace::checkRecording(first).ok()); // whole while the next question is awaited
            test::SyntheticOptions other;
            other.streamTokens = 1000;
            test::produceSyntheticRun(other, keeper);
            second = keeper.path();
            QCOMPARE(keeper.log().tokensRead(), 1000);
        }
        QVERIFY(first != second);
        QVERIFY(trace::checkRecording(first).ok() && trace::checkRecording(second).ok());
    }
    void findsTheTokensOfAPassage() {
        trace::TokenTable tokens;
        tokens.ids = {7, 8, 9, 10};
        tokens.byteOffsets = {-1, 0, 3, 7};
        tokens.pieces = "<s>The secret is";
        tokens.pieceEnds = {3, 6, 13,
                            16}; // "The", " secret", " is" without its space's room: offsets 0, 3, 10
        tokens.byteOffsets = {-1, 0, 3, 10};
        QCOMPARE(tokensOfBytes(tokens, 4, 10), (std::vector<StreamPos>{StreamPos(2)}));
        QCOMPARE(tokensOfBytes(tokens, 2, 11),
                 (std::vector<StreamPos>{StreamPos(1), StreamPos(2), StreamPos(3)}));
        QVERIFY(tokensOfBytes(tokens, 13, 20).empty());
    }
    void readsWhatLlamaBenchPrints() {
        QTemporaryDir folder;
        const std::string bench =
            script(folder, "llama-bench",
                   "echo '[{\"build_commit\": \"abc\", \"n_threads\": 2, \"avg_ts\": 123.5}]'\n");
        auto peer = startPeer({bench, "model.gguf", "text", 2048, 2});
        QVERIFY(peer.ok());
        const auto rate = (*peer)->prefill(2048);
        QVERIFY(rate.ok());
        QCOMPARE(*rate, 123.5);
        QCOMPARE((*peer)->description()["version"].get<std::string>(), std::string("abc"));
    }
    void talksWithAPythonPeer() {
        QTemporaryDir folder;
        const std::string python = script(
            folder, "python3",
            "read text\necho '{\"name\": \"fake\", \"version\": \"1\", \"flags\": {}, \"tokens\": 100}'\n"
            "while read line; do echo '{\"seconds\": 0.5}'; done\n");
        auto peer = startPeer({python, "model.gguf", "a\ntext", 100, 2});
        QVERIFY2(peer.ok(), peer ? "" : peer.error().message.c_str());
        QCOMPARE(*(*peer)->prefill(100), 200.0);
        QCOMPARE(*(*peer)->prefill(50), 100.0);
        QCOMPARE(*(*peer)->decode(50, 10), 20.0);
        QVERIFY(!startPeer({python, "model.gguf", "text", 99, 2})); // it read another number of tokens
    }
    void aPeerThatFailsIsAnError_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addRow("ends") << QByteArray("exit 0\n");
        QTest::addRow("fails") << QByteArray("exit 3\n");
        QTest::addRow("no JSON") << QByteArray("echo hello\n");
        QTest::addRow("no rate") << QByteArray("echo '[{}]'\n");
        QTest::addRow("a list of numbers") << QByteArray("echo '[1]'\n");
        QTest::addRow("a text for a rate") << QByteArray("echo '[{\"avg_ts\": \"x\"}]'\n");
    }
    void aPeerThatFailsIsAnError() {
        QFETCH(QByteArray, body);
        QTemporaryDir folder;
        auto bench = startPeer({script(folder, "llama-bench", body), "m", "t", 10, 1});
        QVERIFY(bench.ok());
        QVERIFY(!(*bench)->prefill(10));
        QVERIFY(!startPeer({script(folder, "python", body), "m", "t", 10, 1}));
    }
    void aPeerThatIsNotThereIsAnError() {
        const auto peer = startPeer({"/nowhere/llama-bench", "m", "t", 10, 1});
        QVERIFY(!peer);
        QCOMPARE(peer.error().code, ErrorCode::noInput);
    }
    void optionsReachTheConfigurationUnderEverySpelling() {
        const auto parse = [](const std::vector<std::string>& words) {
            CLI::App app;
            RunOptions options;
            bindRunOptions(app, options);
            std::vector<std::string> spelled = withDashes(app, words);
            std::reverse(spelled.begin(), spelled.end());
            app.parse(spelled);
            return options;
        };
        const auto published =
            parse({"--model_path", "m.gguf", "--compression_mode", "accumulate", "--block_size", "32",
                   "--protection_divisor=5", "--max_new_tokens", "7", "--stop_words", "a"});
        QCOMPARE(published.model.path, std::string("m.gguf"));
        const auto config = configOf(published);
        QVERIFY(config.ok());
        QCOMPARE(config->mode, select::Mode::accumulate);
        QCOMPARE(config->blockSize, 32);
        QCOMPARE(config->protectionDivisor, 5);
        QCOMPARE(config->maxNewTokens, 7);
        QCOMPARE(config->stopWords, std::vector<std::string>{"a"});
        const auto words = configOf(parse({"--stop-words", "a,b", "--stop-words", "c"}));
        QCOMPARE(words->stopWords, (std::vector<std::string>{"a", "b", "c"}));
        for (const select::OptionSpec& spec : select::optionTable()) {
            const std::string value = spec.name == "compression-ratio" ? "0.5"
                                      : spec.kind == select::OptionKind::choice
                                          ? std::string(spec.choices.front())
                                      : spec.name == "stop-words" ? "x"
                                      : spec.name == "top-p"      ? "0.5"
                                                                  : "5";
            std::string underscored(spec.name);
            std::replace(underscored.begin(), underscored.end(), '-', '_');
            for (const std::string& name : {std::string(spec.name), underscored})
                QCOMPARE(parse({"--" + name, value}).settings.at(std::string(spec.name)), value);
        }
        CLI::App app;
        CLI::App* ask = app.add_subcommand("ask");
        std::string text;
        ask->add_option("--the-text", text);
        const auto spelled = withDashes(app, {"ask", "--the_text=a_b", "--the_text", "ask", "--other_one",
                                              "--the_text", "--", "--the_text"});
        QCOMPARE(spelled, (std::vector<std::string>{"ask", "--the-text=a_b", "--the-text", "ask",
                                                    "--other_one", "--the-text", "--", "--the_text"}));
    }
};

QTEST_GUILESS_MAIN(TestCliParts)
#include "test_cli_parts.moc"
