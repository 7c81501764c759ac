// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings of every format version open for ever, newer ones as far as they are known.
#include "engine/trace/recording/database.h"
#include "engine/trace/recording_reader.h"
#include "tests/paths.h"
#include "tests/support/compare_runs.h"
#include "tests/support/recording_files.h"

#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <filesystem>
#include <numeric>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

const std::string golden =
    KVPRISM_TEST_DATA "/trace/format_1_0.kvtrace"; // made once; see the README beside it

} // namespace

class TestRecordingFormats : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    TraceStore m_golden;
    std::string file() const { return m_folder.filePath(QStringLiteral("run.kvtrace")).toStdString(); }

    bool execute(const char* sql) {
        const auto database = recording::Database::open(file(), recording::Database::Access::write);
        return database.ok() && (*database)->execute(sql).ok();
    }

  private Q_SLOTS:
    void init() {
        std::filesystem::copy_file(golden, file(), std::filesystem::copy_options::overwrite_existing);
        const auto read = test::readChecked(golden);
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        m_golden = *read;
    }

    // What stands in the file, written out: neither the writer nor the inventor of runs takes part.
    void readsTheRunOfFormat1_0() {
        const Run& run = *m_golden.run();
        QCOMPARE(run.id, std::string("5a8056baa921961ecedc1cbe4dfabe2f"));
        QCOMPARE(run.streamTokens(), 900);
        QCOMPARE(run.config.size(), std::size_t{11});
        QVERIFY((run.config[3] == Setting{"budget", "128"}));
        QCOMPARE(run.selectors, std::vector<std::string>{"peak"});
        QCOMPARE(run.question, std::string("Which number did the captain write in the letter?"));
        QCOMPARE(run.promptIds.size(), std::size_t{19});
        QCOMPARE(run.promptIds[3], 27038);
        QCOMPARE(run.tokens.ids[2], 4659);
        QCOMPARE(run.tokens.ids.back(), 13806);
        QCOMPARE(run.tokens.byteOffsets[0], -1);
        QCOMPARE(run.tokens.byteOffsets[300], 1296);
        QCOMPARE(std::string(run.tokens.piece(300)), std::string(" measure"));
        QCOMPARE(run.model.kvBytesPerToken, 46080U);
        QCOMPARE(run.budget, 128);
        QCOMPARE(run.window, 32);
        QVERIFY(!run.withoutText);
    }

    void readsTheStepsOfFormat1_0() {
        QCOMPARE(m_golden.steps().size(), std::size_t{4});
        const CompressionStep& last = *m_golden.steps()[3];
        QCOMPARE(last.begin, StreamPos(768));
        QCOMPARE(last.end, StreamPos(900));
        QVERIFY((last.counts == StepCounts{196, 32, 32, 64, 132, 128}));
        QCOMPARE(last.peakSlots, 279);
        QCOMPARE(last.ms.forward, 79.8454955960073);
        QCOMPARE(last.held.size(), std::size_t{260});
        const auto sum = [](const auto& column) {
            return std::accumulate(column.begin(), column.end(), 0.0,
                                   [](double so, auto value) { return so + static_cast<double>(value); });
        };
        QCOMPARE(last.held.positions[33], StreamPos(38));
        QCOMPARE(last.held.tiers[33], Tier::global);
        QCOMPARE(last.held.reasons[33], Reason::primary);
        QCOMPARE(sum(last.held.tiers), 288.0);
        QCOMPARE(sum(last.held.reasons), 1216.0);
        QCOMPARE(sum(last.held.selectors), 49980.0);
        QCOMPARE(last.held.scores.size(), std::size_t{2});
        QCOMPARE(last.held.scores[0].name, std::string("peak"));
        QCOMPARE(last.held.scores[1].name, std::string("pooled"));
        QCOMPARE(std::bit_cast<std::uint32_t>(last.held.scores[1].values[33]), 0x3BA717FCU);
        QCOMPARE(sum(last.held.peak.layers), 3176.0);
        QCOMPARE(sum(last.held.peak.heads), 1300.0);
        QCOMPARE(sum(last.held.peak.rows), 2360.0);
        QCOMPARE(last.cuts.size(), std::size_t{1});
        QCOMPARE(static_cast<double>(last.cuts[0].value), 0.004753307905048132);
        QCOMPARE(m_golden.applied().back().bytesKept, 5'898'240U);
    }

    void readsTheEndOfFormat1_0() {
        const Answer& answer = *m_golden.answers().front();
        QCOMPARE(answer.text, std::string("The captain wrote 48213 in the letter – for €5."));
        QCOMPARE(answer.stopReason, StopReason::eos);
        QCOMPARE(answer.ids.size(), std::size_t{14});
        QCOMPARE(answer.ids.back(), 20680);
        QCOMPARE(answer.firstTokenMs, 41.5);
        QCOMPARE(m_golden.end()->outcome, Outcome::finished);
        QCOMPARE(m_golden.end()->loadMs, 812.5);
    }

    void passesOverWhatANewerMinorVersionAdds() {
        QVERIFY(execute("PRAGMA user_version = 1007; CREATE TABLE pins(position); INSERT INTO pins VALUES(7);"
                        "ALTER TABLE steps ADD COLUMN mood TEXT; INSERT INTO about VALUES('weather', 'fair');"
                        "INSERT INTO step_columns VALUES(2, 0, 99, 'signature', 'u80', 9, 3, 'x');"
                        "INSERT INTO step_columns SELECT step, 5, position, name, type, delta, count, data"
                        " FROM step_columns WHERE step = 1; INSERT INTO cuts VALUES(1, 5, 0, 0, 1.5)"));
        const auto read = test::readChecked(file());
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QCOMPARE(test::firstDifference(*read, m_golden), std::string());
    }

    void takesTheSameForDamageInAKnownVersion() {
        QVERIFY(execute("INSERT INTO step_columns VALUES(2, 0, 99, 'signature', 'u80', 0, 3, 'x')"));
        QCOMPARE(checkRecording(file()).error().code, ErrorCode::malformed);
    }

    void refusesANewerMajorVersion() {
        QVERIFY(execute("PRAGMA user_version = 2000"));
        const auto reader = RecordingReader::open(file());
        QVERIFY(!reader);
        QVERIFY(reader.error().message.find("open it with a newer KVPrism") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestRecordingFormats)
#include "test_recording_formats.moc"
