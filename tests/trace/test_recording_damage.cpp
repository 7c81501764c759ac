// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings that were damaged or made to do harm: one sentence each, and never a crash (run it with the
// preset asan).
#include "engine/trace/recording/column_codec.h"
#include "engine/trace/recording_reader.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <sqlite3.h>
#include <zstd.h>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

std::string contentOf(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void writeContent(const std::string& file, const std::string& content) {
    std::ofstream(file, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

// Changes a recording behind its back.
bool execute(const std::string& file, const std::string& sql) {
    sqlite3* database = nullptr;
    const bool done = sqlite3_open(file.c_str(), &database) == SQLITE_OK &&
                      sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    if (!done)
        qWarning("%s: %s", sql.c_str(), sqlite3_errmsg(database));
    sqlite3_close(database);
    return done;
}

bool setBlob(const std::string& file, const char* sql, std::span<const std::byte> blob) {
    sqlite3* database = nullptr;
    sqlite3_stmt* statement = nullptr;
    sqlite3_open(file.c_str(), &database);
    sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
    sqlite3_bind_blob64(statement, 1, blob.data(), blob.size(), SQLITE_STATIC);
    const bool done = sqlite3_step(statement) == SQLITE_DONE && sqlite3_changes(database) == 1;
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return done;
}

// Puts `values`, well packed, in the place of a column of step 1.
template <class T>
bool setColumn(const std::string& file, const char* column, const std::vector<T>& values,
               bool delta = false) {
    recording::ColumnEncoder encoder;
    const std::string sql = std::string("UPDATE step_columns SET data = ?, delta = ") + (delta ? "1" : "0") +
                            " WHERE step = 1 AND name = '" + column + "'";
    return setBlob(file, sql.c_str(), encoder.encode(std::span<const T>(values), delta));
}

bool isOneSentence(const std::string& message) {
    return message.size() > 20 && message.find('\n') == std::string::npos && message.back() == '.' &&
           message.find("run.kvtrace") != std::string::npos;
}

} // namespace

class TestRecordingDamage : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    TraceStore m_run;
    std::string m_sound; // content of an undamaged recording
    std::string file() const { return m_folder.filePath(QStringLiteral("run.kvtrace")).toStdString(); }

    // What opening, reading everything and checking make of the file; the sentence must be one.
    Status opened() {
        Status status = checkRecording(file());
        if (!status && !isOneSentence(status.error().message))
            status = defect("no sentence: " + status.error().message);
        return status;
    }

  private Q_SLOTS:
    void initTestCase() {
        test::produceSyntheticRun({.streamTokens = 700, .prefixTokens = 8, .blockSize = 128, .budget = 128},
                                  m_run);
        QVERIFY(test::writeRecording(m_run, file()).ok());
        QVERIFY(checkRecording(file()).ok());
        m_sound = contentOf(file());
    }
    void init() {
        std::filesystem::remove(file() + "-journal");
        writeContent(file(), m_sound);
    }

    void neverCrashesOnFlippedBits() {
        std::mt19937 random(3);
        int noticed = 0;
        constexpr int flips = 300;
        for (int i = 0; i < flips; ++i) {
            std::string content = m_sound;
            // The header and the first page, which rule the rest, get more than their share.
            const std::size_t range = i % 3 == 0 ? 4096 : content.size();
            for (int n = 0; n <= i % 4; ++n)
                content[random() % range] ^= static_cast<char>(1 << random() % 8);
            writeContent(file(), content);
            const Status status = opened();
            noticed += !status;
            QVERIFY2(status.ok() || status.error().code != ErrorCode::defect,
                     status.ok() ? "" : status.error().message.c_str());
        }
        QVERIFY2(noticed > flips / 4, std::to_string(noticed).c_str()); // most of the rest hit unused bytes
    }

    void noticesEveryFlippedBitInsideAColumn() {
        sqlite3* database = nullptr;
        std::mt19937 random(4);
        for (int i = 0; i < 100; ++i) {
            writeContent(file(), m_sound);
            sqlite3_open(file().c_str(), &database);
            sqlite3_blob* blob = nullptr;
            const auto row = static_cast<sqlite3_int64>(1 + random() % 20);
            QCOMPARE(sqlite3_blob_open(database, "main", "step_columns", "data", row, 1, &blob), SQLITE_OK);
            const int offset = static_cast<int>(random() % static_cast<unsigned>(sqlite3_blob_bytes(blob)));
            char byte = 0;
            sqlite3_blob_read(blob, &byte, 1, offset);
            byte = static_cast<char>(byte ^ (1 << random() % 8));
            sqlite3_blob_write(blob, &byte, 1, offset);
            sqlite3_blob_close(blob);
            sqlite3_close(database);
            QVERIFY(!opened());
        }
    }

    void neverCrashesOnATruncatedFile() {
        for (std::size_t i = 0; i < 150; ++i) {
            writeContent(file(), m_sound.substr(0, i * m_sound.size() / 150));
            const Status status = opened();
            QVERIFY(!status);
            QVERIFY2(status.error().code == ErrorCode::malformed, status.error().message.c_str());
        }
    }

    void refusesGarbage() {
        std::mt19937 random(5);
        for (int i = 0; i < 60; ++i) {
            std::string content(static_cast<std::size_t>(1 + random() % 20'000), '\0');
            for (char& byte : content)
                byte = static_cast<char>(random());
            if (i % 2)
                content.replace(0, std::min<std::size_t>(100, content.size()), m_sound, 0, 100);
            writeContent(file(), content);
            const Status status = opened();
            QVERIFY(!status);
            QCOMPARE(status.error().code, ErrorCode::malformed);
        }
    }

    void refusesGarbageBehindEveryJournal() {
        std::mt19937 random(6);
        for (int i = 0; i < 20; ++i) {
            writeContent(file(), m_sound);
            std::string journal(static_cast<std::size_t>(512 + random() % 5000), '\0');
            for (char& byte : journal)
                byte = static_cast<char>(random());
            writeContent(file() + "-journal", journal);
            const Status status = opened();
            QVERIFY2(status.ok() || status.error().code != ErrorCode::defect,
                     status.ok() ? "" : status.error().message.c_str());
        }
    }

    void refusesWhatIsNoRecording() {
        std::filesystem::remove(file());
        QCOMPARE(opened().error().code, ErrorCode::noInput);
        std::filesystem::create_directory(file());
        QCOMPARE(opened().error().code, ErrorCode::noInput);
        std::filesystem::remove(file());
        QVERIFY(execute(file(), "CREATE TABLE notes(text)")); // a database of somebody else
        QCOMPARE(opened().error().code, ErrorCode::malformed);
        QVERIFY(execute(file(),
                        "PRAGMA application_id=1802925170; PRAGMA user_version=1000")); // and one in disguise
        QCOMPARE(opened().error().code, ErrorCode::malformed);
    }

    void refusesImpossibleValues_data() {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* sql, const char* says) {
            QTest::newRow(sql) << QString::fromUtf8(sql) << QString::fromUtf8(says);
        };
        row("UPDATE about SET value = 99999999999 WHERE name = 'stream_tokens'",
            "stream_tokens is 99999999999");
        row("UPDATE about SET value = 2000000000 WHERE name = 'stream_tokens'",
            "stream_tokens is 2000000000");
        row("UPDATE about SET value = -1 WHERE name = 'stream_tokens'", "stream_tokens is -1");
        row("UPDATE about SET value = 600 WHERE name = 'stream_tokens'", "count is 700");
        row("UPDATE about SET value = 701 WHERE name = 'prefix_tokens'", "prefix is longer");
        row("UPDATE about SET value = 0 WHERE name = 'block_size'", "block_size");
        row("UPDATE about SET value = 'many' WHERE name = 'budget'", "budget is not an integer");
        row("UPDATE about SET value = NULL WHERE name = 'question'", "question is not text");
        row("DELETE FROM about WHERE name = 'anchors'", "'anchors' is missing");
        row("DELETE FROM token_columns WHERE name = 'piece_end'", "'piece_end': it is missing");
        row("UPDATE token_columns SET count = -5 WHERE name = 'id'", "count is -5");
        row("UPDATE token_columns SET type = 'f32' WHERE name = 'id'", "type is not i32");
        row("UPDATE token_columns SET data = zeroblob(40) WHERE name = 'id'", "zstd");
        row("UPDATE token_columns SET data = 17 WHERE name = 'id'", "data is not a blob");
        row("UPDATE selectors SET selector = 7", "selector is 7");
        row("DROP TABLE notices", "no such table");
        row("DELETE FROM steps WHERE step = 2", "step 2: step is 3");
        row("UPDATE steps SET step = -1 WHERE step = 0", "step is -1");
        row("UPDATE steps SET held = 2000000000 WHERE step = 1", "held is 2000000000");
        row("UPDATE steps SET held = -5 WHERE step = 1", "held is -5");
        row("UPDATE steps SET held = held - 1 WHERE step = 1", "count is");
        row("UPDATE steps SET block_end = 100000 WHERE step = 1", "block_end is 100000");
        row("UPDATE steps SET block_begin = 300 WHERE step = 1", "block_begin is 300");
        row("UPDATE steps SET block_end = 128 WHERE step = 1", "block_end is 128");
        row("UPDATE steps SET quota = 3.5 WHERE step = 1", "quota is not an integer");
        row("UPDATE steps SET forward_ms = 'long' WHERE step = 1", "forward_ms is not a number");
        row("UPDATE steps SET kept = 100000 WHERE step = 1", "kept is 100000");
        row("DELETE FROM step_columns WHERE step = 1 AND name = 'tier'", "'tier': it is missing");
        row("DELETE FROM step_columns WHERE step = 1 AND name = 'peak_row'", "do not come together");
        row("UPDATE step_columns SET name = 'mood' WHERE step = 1 AND name = 'tier'", "'mood'");
        row("UPDATE step_columns SET name = 'mo' || char(10, 27) || 'od' WHERE step = 1 AND name = 'tier'",
            "'mo  od'");
        row("UPDATE step_columns SET name = 'tier' WHERE step = 1 AND name = 'reason'", "it is there twice");
        row("UPDATE step_columns SET list = 1 WHERE step = 1 AND name = 'tier'", "list is not 0");
        row("UPDATE step_columns SET delta = 2 WHERE step = 1 AND name = 'tier'", "delta is 2");
        row("UPDATE step_columns SET data = data || x'00' WHERE step = 1 AND name = 'tier'", "");
        row("UPDATE step_columns SET data = substr(data, 1, 12) WHERE step = 1 AND name = 'score:peak'",
            "zstd");
        row("UPDATE cuts SET selector = 1 WHERE step = 1", "names one that is not there");
        row("INSERT INTO applied VALUES(99, 1.0, 5)", "table applied");
        row("UPDATE applied SET bytes_kept = -1 WHERE step = 1", "bytes_kept is -1");
        row("UPDATE answers SET stop_reason = 'bored'", "stop_reason is not one of the names");
        row("UPDATE answers SET answer_tokens = 2147483647", "answer_tokens is 2147483647");
        row("UPDATE answers SET ids = x''", "ids: it does not hold a zstd frame");
        row("UPDATE run_end SET outcome = 3", "outcome is not one of the names");
        row("PRAGMA user_version = 2000", "open it with a newer KVPrism");
        row("PRAGMA user_version = 0", "has no version");
        row("CREATE VIEW sight AS SELECT 1", "do not trust it");
        row("CREATE TRIGGER t AFTER INSERT ON steps BEGIN SELECT 1; END", "do not trust it");
        row("DROP TABLE steps; CREATE VIEW steps AS SELECT 1", "do not trust it");
        // What looking for damage would work out, for each row.
        row("CREATE TABLE more(a CHECK(length(hex(zeroblob(a))) >= 0))", "do not trust it");
        row("CREATE TABLE more(a, b AS (hex(zeroblob(a))))", "do not trust it");
        row("CREATE TABLE more(a, b GENERATED ALWAYS AS (a) STORED)", "do not trust it");
        row("CREATE TABLE more(a DEFAULT(randomblob(9)))", "do not trust it");
        row("CREATE INDEX i ON steps(abs(held))", "do not trust it");
        row("CREATE INDEX i ON steps(held) WHERE held", "do not trust it");
        row("CREATE TABLE \"more CHECK(id = 0)\"(a, id CHECK(id = 0))", "do not trust it");
    }
    void refusesImpossibleValues() {
        QFETCH(QString, sql);
        QFETCH(QString, says);
        QVERIFY(execute(file(), sql.toStdString()));
        const Status status = opened();
        QVERIFY(!status);
        QCOMPARE(status.error().code, ErrorCode::malformed);
        QVERIFY2(QString::fromStdString(status.error().message).contains(says),
                 status.error().message.c_str());
    }

    void refusesColumnsWithImpossibleContent() {
        const HeldTokens& held = m_run.steps()[1]->held;
        const std::size_t rows = held.size();
        const auto bytes = [rows](std::uint8_t value) { return std::vector<std::uint8_t>(rows, value); };
        auto unsorted = held.positions, twice = held.positions, beyond = held.positions,
             negative = held.positions;
        std::swap(unsorted[3], unsorted[4]);
        twice[3] = twice[4];
        beyond.back() = StreamPos(1'000'000);
        negative.front() = StreamPos(-1);
        const std::vector<std::pair<const char*, std::function<bool()>>> attempts{
            {"do not ascend", [&] { return setColumn(file(), "position", unsorted, true); }},
            {"do not ascend", [&] { return setColumn(file(), "position", twice, true); }},
            {"lies outside", [&] { return setColumn(file(), "position", beyond, true); }},
            {"lies outside", [&] { return setColumn(file(), "position", negative, false); }},
            {"stands for nothing", [&] { return setColumn(file(), "tier", bytes(5)); }},
            {"stands for nothing", [&] { return setColumn(file(), "reason", bytes(255)); }},
            {"0 and 1", [&] { return setColumn(file(), "candidate", bytes(2)); }},
            {"selector that is not there", [&] { return setColumn(file(), "selector", bytes(1)); }},
            {"the model lacks",
             [&] { return setColumn(file(), "peak_layer", std::vector<std::uint16_t>(rows, 30)); }},
            {"the model lacks",
             [&] { return setColumn(file(), "peak_head", std::vector<std::uint16_t>(rows, 9)); }},
            {"instead of", [&] { return setColumn(file(), "tier", std::vector<std::uint8_t>(rows + 1, 1)); }},
        };
        for (const auto& [says, attempt] : attempts) {
            writeContent(file(), m_sound);
            QVERIFY(attempt());
            const Status status = opened();
            QVERIFY2(!status, says);
            QCOMPARE(status.error().code, ErrorCode::malformed);
            QVERIFY2(status.error().message.find(says) != std::string::npos, status.error().message.c_str());
            QVERIFY2(status.error().message.find("step 1") != std::string::npos,
                     status.error().message.c_str());
        }
    }

    // A few thousand bytes that would become sixty-four million.
    void refusesABombBeforeItGoesOff() {
        const std::vector<char> zeros(64U << 20);
        std::vector<std::byte> bomb(ZSTD_compressBound(zeros.size()));
        bomb.resize(ZSTD_compress(bomb.data(), bomb.size(), zeros.data(), zeros.size(), 1));
        QVERIFY(bomb.size() < 10'000);
        QVERIFY(setBlob(file(), "UPDATE step_columns SET data = ? WHERE step = 1 AND name = 'tier'", bomb));
        const Status status = opened();
        QVERIFY(!status);
        QVERIFY2(status.error().message.find("announces 67108864 bytes") != std::string::npos,
                 status.error().message.c_str());
    }

    // Equal values pack so well that a frame of nothing can announce any number of them.
    void refusesFramesThatCannotHoldWhatTheyAnnounce() {
        const auto frame = [](std::uint64_t bytes) { // one that says so and ends
            std::vector<std::byte> all{std::byte{0x28}, std::byte{0xB5}, std::byte{0x2F}, std::byte{0xFD},
                                       std::byte{0xE0}};
            for (int i = 0; i < 8; ++i)
                all.push_back(static_cast<std::byte>(bytes >> (8 * i)));
            all.insert(all.end(), {std::byte{1}, std::byte{0}, std::byte{0}});
            return all;
        };
        const std::uint64_t gigabyte = 1U << 30;
        const auto planes = recording::decompressPlanes(frame(gigabyte), gigabyte);
        QVERIFY(!planes);
        QCOMPARE(planes.error().message,
                 std::string("it announces 1073741824 bytes, more than its 16 can hold"));
        const std::vector<std::uint8_t> equal(200000, 7); // ten thousand in one, and sound
        recording::ColumnEncoder encoder;
        const auto packed = encoder.encode(std::span<const std::uint8_t>(equal), false);
        QVERIFY(packed.size() < 100);
        QVERIFY(recording::decodeColumn<std::uint8_t>(packed, equal.size(), false).ok());
    }

    void countsWhatTheColumnsOfAStepAnnounceTogether() {
        QVERIFY(recording::mayHold(10, 1 << 20, 1 << 20));
        QVERIFY(!recording::mayHold(10, (1 << 20) + 11 * 1024, 1 << 20));
        QVERIFY(recording::mayHold(11, (1 << 20) + 11 * 1024, 1 << 20));
    }

    // What a newer version, or its reader, may add.
    void opensWithMorePlainTables() {
        QVERIFY(execute(file(),
                        "CREATE TABLE more(a INTEGER PRIMARY KEY, b TEXT NOT NULL, c REAL, UNIQUE(b, c));"
                        " CREATE INDEX i ON more(c, b); INSERT INTO more VALUES(1, 'x', 2.5)"));
        const Status status = opened();
        QVERIFY2(status.ok(), status.ok() ? "" : status.error().message.c_str());
    }

    void readsUpToTheDamage() {
        QVERIFY(execute(file(), "UPDATE step_columns SET data = zeroblob(9) WHERE step = 3"));
        const auto reader = RecordingReader::open(file());
        QVERIFY(reader.ok());
        QVERIFY((*reader)->step(2).ok());
        QVERIFY(!(*reader)->step(3));
        QVERIFY((*reader)->step(4).ok());
    }
};

QTEST_GUILESS_MAIN(TestRecordingDamage)
#include "test_recording_damage.moc"
