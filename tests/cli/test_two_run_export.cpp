// SPDX-License-Identifier: GPL-3.0-or-later
// Exports of two runs beside one another and of needles.
#include "tests/cli/program.h"
#include "tests/support/direct_query.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <nlohmann/json.hpp>

using namespace kvprism;
using namespace kvprism::test;
using nlohmann::json;

namespace {

// Who holds a token after a step, by what the two files say.
const char* keptByOf(const DirectStep& a, const DirectStep& b, int token) {
    const auto holds = [token](const DirectStep& step) {
        const auto row = step.rowOf(token);
        return row && step.keeps(*row);
    };
    return holds(a) ? (holds(b) ? "both" : "only_a") : holds(b) ? "only_b" : "neither";
}

// The step that ends where a step of another run does.
const DirectStep* stepEndingAt(const DirectRun& run, int end) {
    for (const DirectStep& step : run.steps)
        if (step.end == end)
            return &step;
    return nullptr;
}

} // namespace

class TestTwoRunExport : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;

    QString path(const char* name) const { return m_home.filePath(QLatin1String(name)); }
    QString record(const char* name, const SyntheticOptions& options, bool withoutText = false) {
        trace::TraceStore store;
        produceSyntheticRun(options, store);
        return writeRecording(store, path(name).toStdString(), withoutText) ? path(name) : QString();
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
        options.seed = 2;
        QVERIFY(!m_a.isEmpty() && !m_b.isEmpty() && !record("another.kvtrace", options).isEmpty());
    }

    void aComparisonIsWhatCompareSays() {
        const QStringList with{QStringLiteral("--with"), m_b};
        QCOMPARE(exported(m_a, "comparison", path("both.json"), with).status, 0);
        const json table = json::parse(contentOf(path("both.json")).toStdString());
        QCOMPARE(table["with"].get<std::string>(), m_b.toStdString());
        const json said =
            json::parse(runCli({QStringLiteral("compare"), m_a, m_b, QStringLiteral("--json")}, m_home.path())
                            .out.toStdString());
        QCOMPARE(table["rows"].size(), said["steps"].size());
        for (std::size_t i = 0; i < said["steps"].size(); ++i) {
            json row = table["rows"][i];
            QCOMPARE(row["step"].get<int>(), row["step_b"].get<int>());
            row["block"] = row["step"];
            row.erase("step");
            row.erase("step_b");
            QCOMPARE(QByteArray::fromStdString(row.dump()),
                     QByteArray::fromStdString(json(said["steps"][i]).dump()));
        }
    }

    // Pairs of invented runs, also in other blocks: every number is one that SQL finds in the two files.
    void comparisonsAndNeedlesAreWhatTheFilesSay_data() {
        QTest::addColumn<int>("budget");
        QTest::addColumn<int>("divisor");
        QTest::addColumn<int>("block");
        QTest::addColumn<quint64>("seed");
        QTest::newRow("a larger budget") << 768 << 4 << 512 << quint64{11};
        QTest::newRow("another divisor") << 512 << 8 << 512 << quint64{12};
        QTest::newRow("half the blocks") << 400 << 4 << 256 << quint64{13};
        QTest::newRow("blocks that seldom meet") << 512 << 4 << 768 << quint64{14};
    }
    void comparisonsAndNeedlesAreWhatTheFilesSay() {
        QFETCH(int, budget);
        QFETCH(int, divisor);
        QFETCH(int, block);
        QFETCH(quint64, seed);
        SyntheticOptions options;
        options.seed = seed;
        const QString a = record("pair_a.kvtrace", options);
        options.budget = budget;
        options.divisor = divisor;
        options.blockSize = block;
        const QString b = record("pair_b.kvtrace", options);
        const DirectRun runA = directQuery(a.toStdString()), runB = directQuery(b.toStdString());
        const auto rowsOf = [&](const char* view, const QStringList& more) {
            QFile::remove(path("pair.json")); // of another view, which is left alone
            const Finished done =
                exported(a, view, path("pair.json"), QStringList{QStringLiteral("--with"), b} + more);
            return done.status == 0 ? json::parse(contentOf(path("pair.json")).toStdString())["rows"]
                                    : json();
        };
        const json counts = rowsOf("comparison", {}), tokens = rowsOf("difference", {});
        std::size_t next = 0, row = 0;
        for (std::size_t index = 0; index < runA.steps.size(); ++index) {
            const DirectStep& stepA = runA.steps[index];
            const DirectStep* stepB = stepEndingAt(runB, stepA.end);
            if (!stepB)
                continue;
            std::map<std::string, int> expected{{"both", 0}, {"only_a", 0}, {"only_b", 0}, {"neither", 0}};
            for (int token = 0; token < stepA.end; ++token) {
                const std::string who = keptByOf(stepA, *stepB, token);
                ++expected[who];
                if (who == "neither")
                    continue;
                QVERIFY(row < tokens.size());
                QCOMPARE(tokens[row]["step"].get<std::size_t>(), index);
                QCOMPARE(tokens[row]["position"].get<int>(), token);
                QCOMPARE(tokens[row]["kept_by"].get<std::string>(), who);
                ++row;
            }
            QVERIFY(next < counts.size());
            QCOMPARE(counts[next]["step"].get<std::size_t>(), index);
            QCOMPARE(counts[next]["end"].get<int>(), stepA.end);
            for (const auto& [who, count] : expected)
                QCOMPARE(counts[next][who].get<int>(), count);
            ++next;
        }
        QVERIFY(next > 0 && next == counts.size() && row == tokens.size());
        const json needles =
            rowsOf("needles", {QStringLiteral("--needle-tokens"), QStringLiteral("60-75,900-931")});
        QCOMPARE(needles.size(), 2 * (runA.steps.size() + next));
        for (const json& needle : needles) {
            const bool ofA = needle["run"] == "a";
            const auto at = needle["step"].get<std::size_t>();
            const DirectStep* after = stepEndingAt(ofA ? runA : runB, runA.steps[at].end);
            QCOMPARE(needle["end"].get<int>(), after->end);
            int read = 0, held = 0;
            for (int token = needle["first"]; token <= needle["last"].get<int>(); ++token) {
                const auto place = after->rowOf(token);
                read += token < after->end;
                held += place && after->keeps(*place);
            }
            QCOMPARE(needle["read"].get<int>(), read);
            QCOMPARE(needle["held"].get<int>(), held);
            QCOMPARE(needle["dropped"].get<int>(), read - held);
            int tiers = 0;
            for (const char* tier : {"anchor", "window", "global", "compressed"})
                tiers += needle[tier].get<int>();
            QCOMPARE(tiers, held);
        }
    }

    void aNeedleIsFoundByItsWordsWhereverTheyStand() {
        const Finished found = exported(m_a, "needles", path("needle.json"),
                                        {QStringLiteral("--needle"), QStringLiteral("LANTERN market"),
                                         QStringLiteral("--needle-tokens"), QStringLiteral("7"),
                                         QStringLiteral("--step"), QStringLiteral("5")});
        QVERIFY2(found.status == 0 && found.err.isEmpty(), found.err.constData());
        const json rows = json::parse(contentOf(path("needle.json")).toStdString())["rows"];
        QVERIFY(rows.size() >= 2);
        QCOMPARE(rows[0]["first"].get<int>(), 7);
        const DirectRun run = directQuery(m_a.toStdString());
        for (std::size_t i = 1; i < rows.size(); ++i) {
            QByteArray words;
            for (int token = rows[i]["first"]; token <= rows[i]["last"].get<int>(); ++token)
                words += QByteArray::fromStdString(run.pieces[static_cast<std::size_t>(token)]);
            QVERIFY2(words.toLower().contains("lantern market"), words.constData());
            QCOMPARE(rows[i]["step"].get<int>(), 5);
            QCOMPARE(QByteArray::fromStdString(rows[i]["text"]), words.simplified());
        }
    }

    void picturesOfTwoRunsAndNeedlesCarryBothConfigurations() {
        for (const char* view : {"comparison", "difference", "needles"}) {
            QStringList more{QStringLiteral("--with"), m_b, QStringLiteral("--with-data")};
            if (QByteArray(view) == "needles")
                more << QStringLiteral("--needle") << QStringLiteral("lantern market");
            const Finished drawn = exported(m_a, view, path("two.svg"), more);
            QVERIFY2(drawn.status == 0 && drawn.err.isEmpty() && drawn.out.isEmpty(), drawn.err.constData());
            const QByteArray svg = contentOf(path("two.svg"));
            for (const char* part : {"synthetic.txt", "budget 512 of 3,000 tokens",
                                     "budget 256 of 3,000 tokens", "kept by A and"})
                QVERIFY2(svg.contains(part), part);
            QVERIFY(svg.contains(QByteArray(view) == "needles" ? "Dropped" : "Only B"));
            QVERIFY(contentOf(path("two.csv")).count('\n') > 3);
            QVERIFY(QFile::remove(path("two.csv")));
            QCOMPARE(exported(m_a, view, path("two.png"), more).status, 0);
            QVERIFY(contentOf(path("two.png")).startsWith("\x89PNG"));
            QVERIFY(QFile::remove(path("two.csv")));
        }
    }

    void aNeedleOfARecordingWithoutTextIsNamedByItsTokens() {
        const QString bare = record("bare.kvtrace", SyntheticOptions(), true);
        const Finished words = exported(bare, "needles", path("bare_n.csv"),
                                        {QStringLiteral("--needle"), QStringLiteral("lantern")});
        QCOMPARE(words.status, 69);
        QVERIFY2(isOneSentence(words.err) && words.err.contains("without its text"), words.err.constData());
        const Finished tokens = exported(bare, "needles", path("bare_n.csv"),
                                         {QStringLiteral("--needle-tokens"), QStringLiteral("300-310")});
        QCOMPARE(tokens.status, 0);
        QVERIFY(contentOf(path("bare_n.csv")).contains("\n0,300,310,,a,"));
    }

    void whatIsMissingOrNotForAViewIsOneSentence_data() {
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("output");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* options, const char* output, int status, const char* says) {
            QTest::addRow("%s %s", options, output)
                << QString::fromLatin1(options) << QString::fromLatin1(output) << status << QByteArray(says);
        };
        for (const char* output : {"no.csv", "no.png"}) {
            row("--view comparison", output, 64, "about two runs: name the other recording (--with)");
            row("--view difference", output, 64, "about two runs");
            row("--view map --with b.kvtrace", output, 64, "is about one run");
            row("--view comparison --with b.kvtrace --step 9", output, 64, "0 to 5");
            row("--view comparison --with missing.kvtrace", output, 66, "missing.kvtrace");
            row("--view comparison --with another.kvtrace", output, 65, "different tokens from position");
            row("--view comparison --with b.kvtrace --needle-tokens 4", output, 64, "not about needles");
            row("--view needles", output, 64, "--needle");
            row("--view needles --needle xyzzy", output, 64, "'xyzzy' is not in the text");
            row("--view needles --needle the", output, 64, "at most 20");
            row("--view needles --needle-tokens 2990-3000", output, 64, "0 to 2999");
            row("--view needles --needle-tokens 5-x", output, 64, "--needle-tokens takes");
            row("--view map --needle-tokens 4", output, 64, "not about needles");
        }
    }
    void whatIsMissingOrNotForAViewIsOneSentence() {
        QFETCH(QString, options);
        QFETCH(QString, output);
        QFETCH(int, status);
        QFETCH(QByteArray, says);
        options.replace(QStringLiteral("--with "),
                        QStringLiteral("--with ") + m_home.path() + QLatin1Char('/'));
        const Finished refused =
            runCli(QStringList{QStringLiteral("export"), m_a} + options.split(QLatin1Char(' ')) +
                       QStringList{QStringLiteral("--output"), m_home.filePath(output)},
                   m_home.path());
        QVERIFY2(isOneSentence(refused.err), refused.err.constData());
        QVERIFY2(refused.err.contains(says), refused.err.constData());
        QCOMPARE(refused.status, status);
        QVERIFY(QDir(m_home.path()).entryList({QStringLiteral("no.*"), QStringLiteral("*.new-*")}).isEmpty());
    }

    void aRecordingThatIsReadIsNeverWrittenOver() {
        const QByteArray before = contentOf(m_b);
        QVERIFY(QFile::link(m_b, path("link.csv")));
        const Finished refused =
            exported(m_a, "comparison", path("link.csv"), {QStringLiteral("--with"), m_b});
        QVERIFY2(refused.status == 64 && isOneSentence(refused.err), refused.err.constData());
        QCOMPARE(contentOf(m_b), before);
    }
};

QTEST_GUILESS_MAIN(TestTwoRunExport)
#include "test_two_run_export.moc"
