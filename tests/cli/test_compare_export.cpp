// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/program.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

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
    Finished exported(const QString& recording, const char* view, const QString& output,
                      const QStringList& more = {}) {
        return exportCli(recording, view, output, more, m_home.path());
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
                QVERIFY(contentOf(file).count('\n') > 3);
                // Again: a table of its own may be written anew.
                QCOMPARE(exported(m_a, view, file).status, 0);
            }
        const json table = json::parse(contentOf(path("t.json")).toStdString());
        QCOMPARE(table["view"].get<std::string>(), std::string("scores"));
        QCOMPARE(table["recording"].get<std::string>(), m_a.toStdString());
    }

    void exportsWithoutTextHaveNoWords() {
        const QString bare = record("bare.kvtrace", SyntheticOptions(), true);
        const QString file = path("bare.csv");
        QCOMPARE(exported(bare, "text", file).status, 0);
        QVERIFY(contentOf(file).contains("\n0,,,,,anchor,0,\n"));
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
        const json table = json::parse(contentOf(file).toStdString());
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

    void drawsEveryPictureInItsSizeAndScheme() {
        for (const char* view : {"map", "text", "budget"}) {
            const Finished drawn =
                exported(m_a, view, path("p.png"),
                         {QStringLiteral("--step"), QStringLiteral("2"), QStringLiteral("--width"),
                          QStringLiteral("900"), QStringLiteral("--height"), QStringLiteral("600"),
                          QStringLiteral("--scale"), QStringLiteral("1.5"), QStringLiteral("--scheme"),
                          QStringLiteral("dark"), QStringLiteral("--token"), QStringLiteral("100")});
            QVERIFY2(drawn.status == 0 && drawn.err.isEmpty() && drawn.out.isEmpty(), drawn.err.constData());
            const QByteArray png = contentOf(path("p.png"));
            QVERIFY(png.startsWith("\x89PNG"));
            QCOMPARE(qFromBigEndian<quint32>(png.constData() + 16), 1350u);
            QCOMPARE(qFromBigEndian<quint32>(png.constData() + 20), 900u);
            QVERIFY(!QFile::exists(path("p.csv"))); // nobody asked for it
            const Finished again = exported(m_a, view, path("p.svg"), {QStringLiteral("--with-data")});
            QVERIFY2(again.status == 0, again.err.constData());
            QVERIFY(contentOf(path("p.svg")).contains("budget 512 of 3,000 tokens"));
            QVERIFY(contentOf(path("p.csv")).count('\n') > 3);
            QVERIFY(QFile::remove(path("p.csv")));
        }
        const Finished token =
            exported(m_a, "token", path("life.svg"),
                     {QStringLiteral("--token"), QStringLiteral("100"), QStringLiteral("--with-data")});
        QVERIFY2(token.status == 0, token.err.constData());
        QVERIFY(contentOf(path("life.svg")).contains("position 100"));
    }

    void aStepsTableIsThatPartOfTheWhole() {
        for (const char* view : {"map", "budget", "scores", "overlap"}) {
            QCOMPARE(exported(m_a, view, path("whole.csv")).status, 0);
            QByteArray joined;
            for (int step = 0; step < 6; ++step) {
                const Finished part =
                    exported(m_a, view, path("part.csv"), {QStringLiteral("--step"), QString::number(step)});
                QVERIFY2(part.status == 0, part.err.constData());
                const QByteArray table = contentOf(path("part.csv"));
                joined += joined.isEmpty() ? table : table.mid(table.indexOf('\n') + 1);
            }
            QCOMPARE(joined, contentOf(path("whole.csv")));
            QVERIFY(QFile::remove(path("whole.csv")) && QFile::remove(path("part.csv")));
        }
    }

    void theTextOfAStepIsHowThingsStandAfterIt() {
        const QString early = path("early.json"), late = path("late.json");
        QCOMPARE(exported(m_a, "text", early, {QStringLiteral("--step"), QStringLiteral("1")}).status, 0);
        QCOMPARE(exported(m_a, "text", late).status, 0);
        const json before = json::parse(contentOf(early).toStdString()).at("rows");
        const json after = json::parse(contentOf(late).toStdString()).at("rows");
        QCOMPARE(before.size(), after.size());
        for (std::size_t i = 0; i < before.size(); ++i) {
            const bool read = after[i]["read_in_step"].get<int>() <= 1;
            QCOMPARE(before[i]["tier"].get<std::string>() != "unread", read);
            const json& dropped = after[i]["dropped_in_step"];
            const bool gone = !dropped.is_null() && dropped.get<int>() <= 1;
            QCOMPARE(before[i]["dropped_in_step"].is_null(), !gone);
        }
    }

    void aTokensTableIsItsPartOfTheScores() {
        const QString token = path("token.json"), scores = path("token_scores.json");
        QCOMPARE(exported(m_a, "token", token, {QStringLiteral("--token"), QStringLiteral("300")}).status, 0);
        QCOMPARE(exported(m_a, "scores", scores).status, 0);
        json expected = json::array();
        const json allScores = json::parse(contentOf(scores).toStdString()),
                   life = json::parse(contentOf(token).toStdString());
        for (const json& row : allScores["rows"])
            if (row["position"] == 300)
                expected.push_back(row);
        json found = json::array();
        for (json row : life["rows"]) {
            QCOMPARE(row["position"].get<int>(), 300);
            if (!row["candidate"].get<bool>())
                continue;
            row.erase("candidate");
            row["kept"] = row["tier"] != "dropped";
            found.push_back(row);
        }
        QVERIFY(!expected.empty());
        QCOMPARE(QByteArray::fromStdString(found.dump()), QByteArray::fromStdString(expected.dump()));
    }

    void whatNoExportHasIsOneSentence_data() {
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("output");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* options, const char* output, int status, const char* says) {
            QTest::addRow("%s %s", options, output)
                << QString::fromLatin1(options) << QString::fromLatin1(output) << status << QByteArray(says);
        };
        for (const char* option :
             {"--width 800", "--height 800", "--scale 2", "--scheme dark", "--with-data"})
            row((std::string("--view map ") + option).c_str(), "no.csv", 64, "is for pictures");
        row("--view map --width 399", "no.png", 64, "from 400 to 16384, not '399'");
        row("--view map --width 100000", "no.png", 64, "--width takes");
        row("--view map --height 0", "no.png", 64, "--height takes");
        row("--view map --width 16000 --height 16000", "no.png", 64, "million pixels");
        row("--view map --width 16000 --height 900 --scale 8", "no.svg", 64, "million pixels");
        row("--view map --scale 0", "no.png", 64, "--scale takes a number from 0.5 to 8");
        row("--view map --scale nan", "no.png", 64, "--scale takes");
        row("--view map --scheme system", "no.png", 64, "--scheme takes one of light, dark");
        row("--view map --step 6", "no.png", 64, "0 to 5");
        row("--view map --step 6", "no.csv", 64, "0 to 5");
        row("--view map --step -1", "no.csv", 64, "--step takes");
        row("--view map --token 3000", "no.svg", 64, "0 to 2999");
        row("--view map --token 30", "no.csv", 64, "about all tokens");
        row("--view token", "no.csv", 64, "--token");
        row("--view token", "no.png", 64, "--token");
        row("--view token --token 3000", "no.json", 64, "0 to 2999");
        row("--view lsh", "no.png", 69, "");
        row("--view map", "no.jpg", 64, "none of .csv");
        row("--view map", "none/no.png", 74, "Cannot write");
    }
    void whatNoExportHasIsOneSentence() {
        QFETCH(QString, options);
        QFETCH(QString, output);
        QFETCH(int, status);
        QFETCH(QByteArray, says);
        const Finished refused =
            cli(QStringList{QStringLiteral("export"), m_a} + options.split(QLatin1Char(' ')) +
                QStringList{QStringLiteral("--output"), m_home.filePath(output)});
        QVERIFY2(isOneSentence(refused.err), refused.err.constData());
        QVERIFY2(refused.err.contains(says), refused.err.constData());
        QCOMPARE(refused.status, status);
        QVERIFY(QDir(m_home.path()).entryList({QStringLiteral("no.*"), QStringLiteral("*.new-*")}).isEmpty());
    }

    void anEndingInCapitalsIsTheSame() {
        for (const char* name : {"capital.SVG", "capital.PNG", "capital.CSV", "capital.JSON"}) {
            const Finished done = exported(m_a, "map", path(name));
            QVERIFY2(done.status == 0, done.err.constData());
        }
        QCOMPARE(exported(m_a, "map", path("small.csv")).status, 0);
        QCOMPARE(contentOf(path("capital.CSV")), contentOf(path("small.csv")));
    }

    void exportOverwritesNothingOfTheUsers() {
        QFile notes(path("notes.csv"));
        QVERIFY(notes.open(QIODevice::WriteOnly) && notes.write("my own table\n") > 0);
        notes.close();
        const Finished refused = exported(m_a, "map", path("notes.csv"));
        QCOMPARE(refused.status, 64);
        QVERIFY2(isOneSentence(refused.err) && refused.err.contains("left alone"), refused.err.constData());
        QCOMPARE(contentOf(path("notes.csv")), QByteArray("my own table\n"));
        QVERIFY(QFile::copy(path("notes.csv"), path("photo.png")));
        const Finished photo = exported(m_a, "map", path("photo.png"));
        QCOMPARE(photo.status, 64);
        QVERIFY2(isOneSentence(photo.err) && photo.err.contains("left alone"), photo.err.constData());
        QCOMPARE(contentOf(path("photo.png")), QByteArray("my own table\n"));
        const Finished beside = exported(m_a, "map", path("notes.svg"), {QStringLiteral("--with-data")});
        QCOMPARE(beside.status, 64); // for the table that would stand beside it
        QVERIFY(!QFile::exists(path("notes.svg")));
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
