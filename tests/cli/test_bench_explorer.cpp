// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/frame_times.h"
#include "app/cli/bench/invented_run.h"
#include "engine/trace/recording_reader.h"
#include "engine/trace/recording_writer.h"
#include "engine/trace/store.h"
#include "tests/cli/program.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>
#include <set>

using namespace kvprism;
using namespace kvprism::cli;
using nlohmann::json;

namespace {

const InventedRun small{.tokens = 3000,
                        .blockSize = 256,
                        .budget = 512,
                        .seed = 3,
                        .text = "Some words, and some more of them.\n\nAnother paragraph.\n"};

} // namespace

class TestBenchExplorer : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;

    static QStringList words(const QString& line) { return line.split(QLatin1Char(' '), Qt::SkipEmptyParts); }

  private Q_SLOTS:
    void anInventedRunIsARecordingLikeAnyOther() {
        const std::string path = m_home.filePath(QStringLiteral("invented.kvtrace")).toStdString();
        auto writer = trace::RecordingWriter::create(path);
        QVERIFY(writer.ok());
        QVERIFY(playInventedRun(small, **writer, {}).ok());
        QVERIFY((*writer)->status().ok());
        const Status sound = trace::checkRecording(path);
        QVERIFY2(sound.ok(), sound ? "" : sound.error().message.c_str());
    }

    void aSeedMakesTheSameRunAgainAndAnotherOneAnother() {
        trace::TraceStore a, b, c;
        InventedRun other = small;
        other.seed = 4;
        QVERIFY(playInventedRun(small, a, {}).ok());
        QVERIFY(playInventedRun(small, b, {}).ok());
        QVERIFY(playInventedRun(other, c, {}).ok());
        QCOMPARE(a.steps().size(), std::size_t(12));
        QVERIFY(*a.run() == *b.run() && *a.steps().back() == *b.steps().back());
        QVERIFY(a.steps().back()->held.positions != c.steps().back()->held.positions);
        QVERIFY(a.steps().back()->counts.dropped > 0);
    }

    void aRunThatWasStoppedDoesNotEnd() {
        std::stop_source stop;
        stop.request_stop();
        trace::TraceStore store;
        const Status stopped = playInventedRun(small, store, stop.get_token());
        QVERIFY(!stopped && stopped.error().code == ErrorCode::interrupted);
        QVERIFY(!store.end());
    }

    void aQuantileIsAValueThatWasMeasured() {
        FrameTimes frames{"pan", {}};
        for (int i = 100; i > 0; --i)
            frames.ms.push_back(i);
        QCOMPARE(frames.quantile(0.5), 50.0);
        QCOMPARE(frames.quantile(0.99), 99.0);
        QCOMPARE(frames.quantile(1), 100.0);
        QCOMPARE((FrameTimes{"pan", {7}}).quantile(0.5), 7.0);
    }

    void measuresEveryActionInEverySize() {
        const auto line =
            QStringLiteral("bench explorer --tokens 4000 --block-size 256 --repeats 9 --json --size 640x480 "
                           "--size 900x700");
        const test::Finished shown = test::runCli(words(line), m_home.path());
        QVERIFY2(shown.status == 0 && shown.err.isEmpty(), shown.err.constData());
        const json result = json::parse(shown.out.toStdString());
        QCOMPARE(result["steps"].get<int>(), 16);
        QCOMPARE(result["budget"].get<int>(), 512);
        QVERIFY(result["recording_bytes"].get<int>() > 1000);
        QCOMPARE(result["windows"].size(), std::size_t(2));
        for (const json& window : result["windows"]) {
            QVERIFY(window["open_ms"].get<double>() > 0);
            QVERIFY(window["open_and_show_ms"].get<double>() > window["open_ms"].get<double>());
            QVERIFY(window["peak_bytes_opened"].get<quint64>() <= result["peak_bytes"].get<quint64>());
            std::set<std::string> names;
            for (const json& action : window["actions"]) {
                names.insert(action["action"].get<std::string>());
                const int events = action["events"].get<int>();
                QVERIFY(events > 0 && events <= 9);
                QVERIFY(action["median_ms"] <= action["p99_ms"] && action["p99_ms"] <= action["max_ms"]);
            }
            QCOMPARE(names, (std::set<std::string>{"pan", "zoom", "step", "scroll", "jump", "hover",
                                                   "hover_text", "select"}));
        }
    }

    void leavesNothingBehind() {
        QTemporaryDir temporary;
        qputenv("TMPDIR", temporary.path().toUtf8());
        const auto line =
            QStringLiteral("bench explorer --tokens 1000 --block-size 64 --repeats 2 --size 640x480");
        const test::Finished shown = test::runCli(words(line), m_home.path());
        qunsetenv("TMPDIR");
        QCOMPARE(shown.status, 0);
        QVERIFY(shown.out.contains("select") && shown.out.contains("640x480"));
        QCOMPARE(QDir(temporary.path()).entryList({QStringLiteral("kvprism*")}), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestBenchExplorer)
#include "test_bench_explorer.moc"
