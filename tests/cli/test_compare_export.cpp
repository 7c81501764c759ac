// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/program.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

using namespace kvprism;
using namespace kvprism::test;
using nlohmann::json;

namespace {

trace::TraceStore syntheticRun(const SyntheticOptions& options) {
    trace::TraceStore store;
    produceSyntheticRun(options, store);
    return store;
}

} // namespace

class TestCompareExport : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;

    QString path(const char* name) const { return m_home.filePath(QLatin1String(name)); }
    QString record(const char* name, const trace::TraceStore& store, bool withoutText = false) {
        return writeRecording(store, path(name).toStdString(), withoutText) ? path(name) : QString();
    }
    QString record(const char* name, const SyntheticOptions& options, bool withoutText = false) {
        return record(name, syntheticRun(options), withoutText);
    }
    Finished cli(const QStringList& arguments) { return runCli(arguments, m_home.path()); }
    Finished compare(const QString& a, const QString& b, const QStringList& more = {}) {
        return cli(QStringList{QStringLiteral("compare"), a, b} + more);
    }
    Finished exported(const QString& recording, const char* view, const QString& output) {
        return cli({QStringLiteral("export"), recording, QStringLiteral("--view"), QLatin1String(view),
                    QStringLiteral("--output"), output});
    }
    static QByteArray content(const QString& file) {
        QFile opened(file);
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }

    QString m_a, m_b;

  private Q_SLOTS:
    void initTestCase() {
        SyntheticOptions options;
        m_a = record("a.kvtrace", options);
        options.budget = 256;
        m_b = record("b.kvtrace", options);
        QVERIFY(!m_a.isEmpty() && !m_b.isEmpty());
    }

    void comparesTwoRunsStepByStep() {
        const Finished shown = compare(m_a, m_b);
        QVERIFY2(shown.status == 0 && shown.err.isEmpty(), shown.err.constData());
        for (const char* part : {"only A", "Jaccard", "0–511", "2560–2999", "Kept by A alone",
                                 "Question: ", "A: ", " │ B: ", "Different options"})
            QVERIFY2(shown.out.contains(part), part);
        const json same = json::parse(compare(m_a, m_a, {QStringLiteral("--json")}).out.toStdString());
        QVERIFY(same["different_options"].empty());
        for (const json& step : same["steps"]) {
            QCOMPARE(step["jaccard"].get<double>(), 1.0);
            QCOMPARE(step["only_a"].get<int>() + step["only_b"].get<int>(), 0);
        }
    }

    void refusesRunsThatDoNotStandSideBySide_data() {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("block");
        QTest::addColumn<quint64>("seed");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("a longer document") << 3001 << 512 << quint64{1} << QByteArray("3001 tokens");
        QTest::newRow("other blocks") << 3000 << 256 << quint64{1} << QByteArray("blocks of 512 and of 256");
        QTest::newRow("other tokens")
            << 3000 << 512 << quint64{2} << QByteArray("different tokens from position");
    }
    void refusesRunsThatDoNotStandSideBySide() {
        QFETCH(int, tokens);
        QFETCH(int, block);
        QFETCH(quint64, seed);
        QFETCH(QByteArray, says);
        SyntheticOptions options;
        options.streamTokens = tokens;
        options.blockSize = block;
        options.seed = seed;
        const Finished refused = compare(m_a, record("other.kvtrace", options));
        QCOMPARE(refused.status, 65);
        QVERIFY2(isOneSentence(refused.err) && refused.err.contains(says), refused.err.constData());
        QVERIFY(refused.out.isEmpty());
    }

    void comparesWhatWasCutOffAsFarAsItWent() {
        trace::TraceStore whole = syntheticRun({}), cut;
        play(whole, cut, 2, false);
        const json shown = json::parse(
            compare(m_a, record("cut.kvtrace", cut), {QStringLiteral("--json")}).out.toStdString());
        QCOMPARE(shown["steps"].size(), std::size_t(2));
        QVERIFY(shown["notices"].dump().find("B was not recorded to its end") != std::string::npos);
    }

    void saysThatWithoutTextNothingShowsTheDocument() {
        const QString bare = record("bare.kvtrace", SyntheticOptions(), true);
        const Finished shown = compare(bare, m_b);
        QVERIFY2(shown.status == 0, shown.err.constData());
        QVERIFY(shown.out.contains("nothing shows whether both read the same document"));
        QCOMPARE(compare(bare, bare).status, 0);
    }

    void exportsTellWhatTheyHave() {
        for (const char* view : {"map", "text", "budget", "scores"})
            for (const char* name : {"t.csv", "t.json"}) {
                const QString file = path(name);
                QFile::remove(file);
                const Finished finished = exported(m_a, view, file);
                QVERIFY2(finished.status == 0 && finished.err.isEmpty() && finished.out.isEmpty(),
                         finished.err.constData());
                QVERIFY(content(file).count('\n') > 3);
                // Again: a table of its own may be written anew.
                QCOMPARE(exported(m_a, view, file).status, 0);
            }
        const json table = json::parse(content(path("t.json")).toStdString());
        QCOMPARE(table["view"].get<std::string>(), std::string("scores"));
        QCOMPARE(table["recording"].get<std::string>(), m_a.toStdString());
    }

    void exportsWithoutTextHaveNoWords() {
        const QString bare = record("bare.kvtrace", SyntheticOptions(), true);
        const QString file = path("bare.csv");
        QCOMPARE(exported(bare, "text", file).status, 0);
        QVERIFY(content(file).contains("\n0,,,,,anchor,0,\n"));
        QCOMPARE(exported(bare, "scores", path("bare_scores.csv")).status, 0);
    }

    void aViewThatTheRecordingHoldsNothingForIsNotThere() {
        SyntheticOptions roomy;
        roomy.budget = 4000;
        const QString everything = record("everything.kvtrace", roomy);
        for (const auto& [recording, view, says] :
             {std::tuple(m_a, "lsh", "hashed nothing"), {everything, "overlap", "Nothing was dropped"}}) {
            const Finished finished = exported(recording, view, path("none.csv"));
            QCOMPARE(finished.status, 69);
            QVERIFY2(isOneSentence(finished.err) && finished.err.contains(says), finished.err.constData());
            QVERIFY(!QFile::exists(path("none.csv")));
        }
    }

    void overlapTellsWhatEachSelectorWouldKeep() {
        const QString file = path("overlap.json");
        const Finished finished = exported(m_a, "overlap", file);
        QVERIFY2(finished.status == 0, finished.err.constData());
        const json table = json::parse(content(file).toStdString());
        QVERIFY(table["rows"].size() > 1000);
        std::map<int, int> newest; // step → the highest position among its candidates
        for (const json& row : table["rows"])
            newest[row["step"]] = row["position"]; // ascending
        for (const json& row : table["rows"]) {
            QVERIFY(row["keeps:peak"] == row["kept"]); // it was the one that chose
            QCOMPARE(row["keeps:recency"].get<bool>(),
                     row["rank:recency"].get<int>() <= row["quota"].get<int>());
            if (row["position"].get<int>() == newest[row["step"]])
                QCOMPARE(row["rank:recency"].get<int>(), 1);
            QVERIFY(!row.contains("rank:lsh") && !row.contains("rank:exact")); // not recorded
        }
    }

    void drawsTheMapAndSaysThatItDrawsNoOtherView() {
        const Finished drawn = exported(m_a, "map", path("map.png"));
        QVERIFY2(drawn.status == 0 && drawn.err.isEmpty(), drawn.err.constData());
        QVERIFY(content(path("map.png")).startsWith("\x89PNG"));
        for (const auto& [view, name] : {std::pair("scores", "s.png"), {"map", "m.svg"}}) {
            const Finished refused = exported(m_a, view, path(name));
            QCOMPARE(refused.status, 69);
            QVERIFY(isOneSentence(refused.err));
        }
    }

    void exportOverwritesNothingOfTheUsers() {
        QFile notes(path("notes.csv"));
        QVERIFY(notes.open(QIODevice::WriteOnly) && notes.write("my own table\n") > 0);
        notes.close();
        const Finished refused = exported(m_a, "map", path("notes.csv"));
        QCOMPARE(refused.status, 64);
        QVERIFY2(isOneSentence(refused.err) && refused.err.contains("left alone"), refused.err.constData());
        QCOMPARE(content(path("notes.csv")), QByteArray("my own table\n"));
        QCOMPARE(exported(m_a, "map", path("no/such/folder.csv")).status, 74);
        QCOMPARE(exported(m_a, "map", path("map.txt")).status, 64);
        QCOMPARE(exported(path("missing.kvtrace"), "map", path("x.csv")).status, 66);
        QCOMPARE(exported(m_a, "nonsense", path("x.csv")).status, 64);
        QVERIFY(QFile::link(QStringLiteral("/dev/full"), path("full.csv")));
        const Finished full = exported(m_a, "map", path("full.csv"));
        QCOMPARE(full.status, 74);
        QVERIFY(isOneSentence(full.err));
    }
};

QTEST_GUILESS_MAIN(TestCompareExport)
#include "test_compare_export.moc"
