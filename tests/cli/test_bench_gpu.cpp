// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/gpu_table.h"
#include "tests/cli/program.h"

#include <QFile>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace kvprism;
using namespace kvprism::cli;
using namespace kvprism::test;
using nlohmann::json;

namespace {

GpuBenchRow rowWith(double ratio, std::optional<double> floor, std::optional<double> aim,
                    Better better = Better::smaller) {
    GpuBenchRow row;
    row.part = "block";
    row.name = "invented";
    row.what = "an invented part";
    row.unit = "ms";
    row.baselineName = "an invented baseline";
    row.baseline = 100;
    row.value = 100 * ratio;
    row.ratio = ratio;
    row.floor = floor;
    row.aim = aim;
    row.better = better;
    return row;
}

GpuBench invented() {
    GpuBench bench;
    bench.device = "cuda";
    bench.model = "random invented";
    bench.card.name = "An Invented Card";
    bench.bytesPerSecond = 4e12;
    bench.operationsPerSecond = 7e14;
    bench.rows = {rowWith(1.04, 1.08, 1.05), rowWith(0.9, std::nullopt, std::nullopt)};
    bench.points = {{"one <point>", 1e12, 1e9, 2e-3, true},
                    {"another", 1e9, 1e9, 1e-3, false},
                    {"nothing", 0, 0, 0, true}};
    bench.notMeasured = {"lsh: there was no room."};
    return bench;
}

} // namespace

class TestBenchGpu : public QObject {
    Q_OBJECT

    QTemporaryDir m_home;

    Finished run(const QStringList& more) const {
        QStringList arguments{QStringLiteral("bench"), QStringLiteral("gpu")};
        if (!more.contains(QStringLiteral("--draw")))
            arguments << QStringLiteral("--random") << QStringLiteral("tiny");
        return runCli(arguments + more, m_home.path());
    }
    std::string file(const char* name) const { return m_home.filePath(QLatin1String(name)).toStdString(); }

  private Q_SLOTS:
    void tellsWhatARowReaches() {
        QCOMPARE(verdictOf(rowWith(1.05, 1.08, 1.05)), Verdict::aim);
        QCOMPARE(verdictOf(rowWith(1.06, 1.08, 1.05)), Verdict::floor);
        QCOMPARE(verdictOf(rowWith(1.09, 1.08, 1.05)), Verdict::failed);
        QCOMPARE(verdictOf(rowWith(0.85, 0.80, 0.85, Better::larger)), Verdict::aim);
        QCOMPARE(verdictOf(rowWith(0.84, 0.80, 0.85, Better::larger)), Verdict::floor);
        QCOMPARE(verdictOf(rowWith(0.79, 0.80, 0.85, Better::larger)), Verdict::failed);
        QCOMPARE(verdictOf(rowWith(0.93, 0.92, std::nullopt, Better::larger)), Verdict::floor);
        QCOMPARE(verdictOf(rowWith(2.5, std::nullopt, 2.6, Better::larger)), Verdict::belowAim);
        QCOMPARE(verdictOf(rowWith(0, 0, 0)), Verdict::aim);
        QCOMPARE(verdictOf(rowWith(1, std::nullopt, std::nullopt)), Verdict::none);
    }

    void showsTheSameToPeopleAndScripts() {
        const GpuBench bench = invented();
        const std::string text = gpuText(bench, {});
        for (const char* part : {"An Invented Card", "an invented part", "an invented baseline", "1.0400",
                                 "1.08", " aim\n", "not measured: lsh: there was no room."})
            QVERIFY2(text.find(part) != std::string::npos, text.c_str());
        const json object = gpuJson(bench, {}, "a model");
        QCOMPARE(object["rows"].size(), std::size_t{2});
        QCOMPARE(object["rows"][0]["verdict"].get<std::string>(), std::string("aim"));
        QCOMPARE(object["rows"][0]["ratio"].get<double>(), 1.04);
        QVERIFY(object["rows"][1]["verdict"].is_null() && object["rows"][1]["floor"].is_null());
        QCOMPARE(object["roofline"].size(), std::size_t{3});
        QCOMPARE(object["not_measured"].size(), std::size_t{1});
    }

    void drawsARoofline() {
        const std::string svg = file("roofline.svg"), png = file("roofline.png");
        const Status drawn = drawRoofline(invented(), svg);
        QVERIFY2(drawn.ok(), drawn ? "" : drawn.error().message.c_str());
        const QByteArray text = contentOf(QString::fromStdString(svg));
        for (const char* part : {"Drawn by KVPrism", "one &lt;point&gt;", "An Invented Card", "TFLOP/s"})
            QVERIFY2(text.contains(part), part);
        QVERIFY(drawRoofline(invented(), png).ok());
        QVERIFY(!QImage(QString::fromStdString(png)).isNull());
        QVERIFY(mayDrawRoofline(svg).ok() && mayDrawRoofline(png).ok()); // they are ours
        QFile other(QString::fromStdString(file("other.svg")));
        QVERIFY(other.open(QIODevice::WriteOnly) && other.write("<svg/>") > 0);
        other.close();
        QVERIFY(!mayDrawRoofline(file("other.svg")).ok());
        GpuBench nothing = invented();
        nothing.bytesPerSecond = 0;
        QVERIFY(!drawRoofline(nothing, svg).ok());
    }

    void drawsWhatAnotherMachineMeasured() {
        QFile left(m_home.filePath(QStringLiteral("gpu.json")));
        QVERIFY(left.open(QIODevice::WriteOnly));
        left.write(QByteArray::fromStdString(gpuJson(invented(), {}, {{"name", "random invented"}}).dump()));
        left.close();
        const QString svg = m_home.filePath(QStringLiteral("elsewhere.svg"));
        const Finished drawn =
            run({QStringLiteral("--draw"), left.fileName(), QStringLiteral("--picture"), svg});
        QVERIFY2(drawn.status == 0, drawn.err.constData());
        for (const char* part : {"one &lt;point&gt;", "An Invented Card", "random invented"})
            QVERIFY2(contentOf(svg).contains(part), part);
    }

    // On the host, where the numbers mean nothing but all that needs no kernel of a GPU runs.
    void measuresOnTheHostToo() {
        const Finished finished =
            run({QStringLiteral("--device"), QStringLiteral("cpu"), QStringLiteral("--quick"),
                 QStringLiteral("--block-size"), QStringLiteral("256"), QStringLiteral("--json"),
                 QStringLiteral("--picture"), m_home.filePath(QStringLiteral("host.svg"))});
        QVERIFY2(finished.status == 0, finished.err.constData());
        const json result = json::parse(finished.out.toStdString());
        QStringList names;
        for (const json& row : result["rows"]) {
            names << QString::fromStdString(row["name"].get<std::string>());
            QVERIFY2(row["value"].is_number(), names.last().toUtf8().constData());
        }
        for (const char* name : {"block", "block_stock", "prompt_rows", "choosing", "decode", "decode_stock",
                                 "prefill", "prefill_share", "prefill_blocks"})
            QVERIFY2(names.contains(QLatin1String(name)), name);
        QCOMPARE(result["not_measured"].size(), std::size_t{3}); // columns, lsh, memory
        QVERIFY(result["operations_per_s"].get<double>() > 0);
        QVERIFY(contentOf(m_home.filePath(QStringLiteral("host.svg"))).contains("Drawn by KVPrism"));
    }

    void leavesWhatWasAskedForAsItIsWhereItIsQuick() {
        const Finished finished =
            run({QStringLiteral("--device"), QStringLiteral("auto"), QStringLiteral("--quick"),
                 QStringLiteral("--block-size"), QStringLiteral("128"), QStringLiteral("--part"),
                 QStringLiteral("prefill"), QStringLiteral("--rounds"), QStringLiteral("3"),
                 QStringLiteral("--tokens"), QStringLiteral("640"), QStringLiteral("--json")});
        QVERIFY2(finished.status == 0, finished.err.constData());
        const json result = json::parse(finished.out.toStdString());
        QCOMPARE(result["rounds"].get<int>(), 3);
        QCOMPARE(result["rows"][0]["what"].get<std::string>(), std::string("640 tokens, bounded"));
    }

    void printsWhatItHasWhereItIsStopped() {
        QProcess process;
        process.setProcessEnvironment(environmentIn(m_home.path()));
        process.start(cliProgram(),
                      {QStringLiteral("bench"), QStringLiteral("gpu"), QStringLiteral("--random"),
                       QStringLiteral("tiny"), QStringLiteral("--device"), QStringLiteral("cpu"),
                       QStringLiteral("--quick"), QStringLiteral("--part"), QStringLiteral("block"),
                       QStringLiteral("--part"), QStringLiteral("prefill"), QStringLiteral("--tokens"),
                       QStringLiteral("1000000"), QStringLiteral("--json")});
        QVERIFY(process.waitForStarted());
        QTest::qWait(3'000);
        QCOMPARE(process.state(), QProcess::Running);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(30'000));
        QCOMPARE(process.exitCode(), 130);
        const json result = json::parse(process.readAllStandardOutput().toStdString());
        QVERIFY(result["stopped"].get<bool>());
        QVERIFY2(isOneSentence(process.readAllStandardError()), "what stopped it");
    }

    void refusesInOneSentence_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::newRow("part") << QStringList{QStringLiteral("--part"), QStringLiteral("everything")} << 64;
        QTest::newRow("picture") << QStringList{QStringLiteral("--picture"), QStringLiteral("roof.jpg")}
                                 << 64;
        QTest::newRow("rounds") << QStringList{QStringLiteral("--rounds"), QStringLiteral("0")} << 64;
        QFile other(m_home.filePath(QStringLiteral("other.json")));
        QVERIFY(other.open(QIODevice::WriteOnly) && other.write("{\"bench\": \"speed\"}") > 0);
        other.close();
        const QString picture = m_home.filePath(QStringLiteral("never.svg"));
        const auto drawing = [&](const QString& from) {
            return QStringList{QStringLiteral("--draw"), from, QStringLiteral("--picture"), picture};
        };
        QTest::newRow("draw where") << QStringList{QStringLiteral("--draw"), other.fileName()} << 64;
        QTest::newRow("draw what") << drawing(other.fileName()) << 65;
        QTest::newRow("draw a folder") << drawing(m_home.path()) << 66;
        QFile dark(m_home.filePath(QStringLiteral("dark.json")));
        GpuBench nothing = invented();
        nothing.bytesPerSecond = 0;
        QVERIFY(dark.open(QIODevice::WriteOnly) &&
                dark.write(QByteArray::fromStdString(gpuJson(nothing, {}, {{"name", "m"}}).dump())) > 0);
        dark.close();
        QTest::newRow("draw no ceiling") << drawing(dark.fileName()) << 65;
        QTest::newRow("draw and measure")
            << drawing(other.fileName()) + QStringList{QStringLiteral("--part"), QStringLiteral("lsh")} << 64;
        QTest::newRow("draw nothing") << drawing(m_home.filePath(QStringLiteral("none.json"))) << 66;
        if (!QFile::exists(QStringLiteral("/dev/nvidiactl")))
            QTest::newRow("no GPU") << QStringList() << 69;
    }
    void refusesInOneSentence() {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        const Finished finished = run(arguments);
        QCOMPARE(finished.status, status);
        QVERIFY2(isOneSentence(finished.err), finished.err.constData());
    }
};

QTEST_APPLESS_MAIN(TestBenchGpu)
#include "test_bench_gpu.moc"
