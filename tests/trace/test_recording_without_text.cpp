// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/options.h"
#include "engine/trace/recording/without_text.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <iterator>
#include <random>
#include <sqlite3.h>
#include <unordered_set>
#include <zstd.h>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

constexpr std::size_t grain = 8; // bytes that may not be found

// Text in which no eight bytes happen to be a word of the file format.
std::string randomText(std::mt19937& random, std::size_t bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i)
        text += static_cast<char>('a' + random() % 26);
    return text;
}

// An invented run in which every text that belongs to the user is random; all of them together in `secrets`.
TraceStore secretRun(std::vector<std::string>& secrets) {
    std::mt19937 random(11);
    const auto secret = [&](std::size_t bytes) {
        secrets.push_back(randomText(random, bytes));
        return secrets.back();
    };
    TraceStore store;
    test::produceSyntheticRun({.streamTokens = 2000, .budget = 512}, store);
    auto run = std::make_shared<Run>(*store.run());
    run->tokens.pieces = secret(run->tokens.pieces.size());
    run->question = secret(60);
    run->notices = {secret(40)};
    run->document.name = secret(20) + ".txt";
    run->document.path = secret(20) + "/" + run->document.name;
    run->document.sha256 = secret(64);
    run->model.name = secret(20);
    run->model.path = secret(20) + "/" + run->model.name + ".gguf";
    for (const char* option : {"stop-words", "standing-prompt", "instruction", "question", "document",
                               "model", "record", "an-option-of-tomorrow"})
        run->config.push_back({option, secret(30)});
    auto answer = std::make_shared<Answer>(*store.answers().front());
    answer->question = secret(60);
    answer->text = secret(80);
    TraceStore result;
    result.runStarted(run);
    for (std::size_t i = 0; i < store.steps().size(); ++i) {
        result.stepPlanned(store.steps()[i]);
        result.stepApplied(store.applied()[i]);
    }
    result.answered(answer);
    RunEnd end = *store.end();
    end.message = secret(40);
    result.runEnded(end);
    return result;
}

// Whether any `grain` bytes of the secrets stand in `bytes`.
bool betrays(const std::vector<std::string>& secrets, const std::string& bytes) {
    std::unordered_set<std::string_view> grains;
    for (const std::string& secret : secrets)
        for (std::size_t i = 0; i + grain <= secret.size(); ++i)
            grains.insert(std::string_view(secret).substr(i, grain));
    for (std::size_t i = 0; i + grain <= bytes.size(); ++i)
        if (grains.contains(std::string_view(bytes).substr(i, grain)))
            return true;
    return false;
}

std::string rawContent(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// Every compressed column of the file, decompressed, one after the other.
std::string decompressedContent(const std::string& file) {
    sqlite3* database = nullptr;
    sqlite3_stmt* statement = nullptr;
    std::string content;
    sqlite3_open(file.c_str(), &database);
    sqlite3_prepare_v2(
        database,
        "SELECT data FROM token_columns UNION ALL SELECT data FROM step_columns UNION ALL SELECT ids"
        " FROM answers",
        -1, &statement, nullptr);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const void* frame = sqlite3_column_blob(statement, 0);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, 0));
        std::string column(ZSTD_getFrameContentSize(frame, size), '\0');
        ZSTD_decompress(column.data(), column.size(), frame, size);
        content += column;
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return content;
}

} // namespace

class TestRecordingWithoutText : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void holdsNoEightBytesOfWhatTheUserWroteOrRead() {
        QTemporaryDir folder;
        const std::string with = folder.filePath(QStringLiteral("with.kvtrace")).toStdString();
        const std::string without = folder.filePath(QStringLiteral("without.kvtrace")).toStdString();
        std::vector<std::string> secrets;
        const TraceStore live = secretRun(secrets);
        QVERIFY(test::writeRecording(live, with, false).ok());
        QVERIFY(test::writeRecording(live, without, true).ok());
        // The search finds what is there …
        QVERIFY(betrays(secrets, rawContent(with)));
        QVERIFY(betrays(secrets, decompressedContent(with)));
        // … and nothing where it must not be.
        QVERIFY(decompressedContent(without).size() > 10'000);
        QVERIFY(!betrays(secrets, rawContent(without)));
        QVERIFY(!betrays(secrets, decompressedContent(without)));
    }

    void keepsPositionsCountsScoresAndChoices() {
        QTemporaryDir folder;
        const std::string file = folder.filePath(QStringLiteral("run.kvtrace")).toStdString();
        std::vector<std::string> secrets;
        const TraceStore live = secretRun(secrets);
        QVERIFY(test::writeRecording(live, file, true).ok());
        const auto read = test::readChecked(file);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QVERIFY(read->run()->withoutText);
        QCOMPARE(read->run()->streamTokens(), live.run()->streamTokens());
        QCOMPARE(read->run()->promptIds.size(), live.run()->promptIds.size());
        QCOMPARE(read->run()->prefixTokens, live.run()->prefixTokens);
        QVERIFY(read->run()->tokens.piece(100).empty());
        QCOMPARE(read->steps().size(), live.steps().size());
        for (std::size_t i = 0; i < live.steps().size(); ++i)
            QVERIFY(*read->steps()[i] == *live.steps()[i]);
        QVERIFY(read->applied() == live.applied());
        QCOMPARE(read->answers().front()->ids.size(), live.answers().front()->ids.size());
        QVERIFY(read->answers().front()->ids.front() == -1);
    }

    // Every option of ours that is no text stays, so that a recording without text still says how it was
    // made.
    void keepsTheOptionsThatAreNoText() {
        Run run;
        for (const auto& option : select::optionTable())
            run.config.push_back({std::string(option.name), "kept"});
        QVERIFY(!run.config.empty());
        const Run rest = recording::withoutText(run);
        for (const Setting& setting : rest.config) {
            const auto* option = select::findOption(setting.name);
            const bool isText =
                option->kind == select::OptionKind::text || option->kind == select::OptionKind::textList;
            QVERIFY2(setting.value.empty() == isText, setting.name.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestRecordingWithoutText)
#include "test_recording_without_text.moc"
