// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/ranks.h"
#include "tests/paths.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

struct Output {
    int status = -1;
    QString text, errors;
    QJsonObject json() const { return QJsonDocument::fromJson(text.toUtf8()).object(); }
};

Output inspect(const QStringList& arguments) {
    QProcess process;
    process.start(QStringLiteral(KVPRISM_CLI), QStringList(QStringLiteral("inspect")) + arguments);
    Output output;
    if (!process.waitForFinished() || process.exitStatus() != QProcess::NormalExit)
        return output;
    output.status = process.exitCode();
    output.text = QString::fromUtf8(process.readAllStandardOutput());
    output.errors = QString::fromUtf8(process.readAllStandardError());
    return output;
}

bool isOneSentence(const QString& errors) {
    return errors.startsWith(QStringLiteral("kvprism-cli: ")) && errors.count(u'\n') == 1 &&
           errors.endsWith(QStringLiteral(".\n"));
}

// 1 for the best candidate by falling score, then 2, …; 0 for what was no candidate.
std::vector<std::int32_t> ranksByScore(const CompressionStep& step) {
    std::vector<std::int32_t> ranks(step.held.size(), 0);
    std::int32_t rank = 0;
    for (const std::size_t row : rowsByScore(step))
        if (step.held.candidates[row])
            ranks[row] = ++rank;
    return ranks;
}

// A row of the global tier, of the window, …, in a step.
StreamPos positionOf(const CompressionStep& step, Tier tier) {
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.tiers[row] == tier)
            return step.held.positions[row];
    return StreamPos(-1);
}

std::size_t rowOf(const CompressionStep& step, StreamPos position) {
    const auto& positions = step.held.positions;
    return static_cast<std::size_t>(std::find(positions.begin(), positions.end(), position) -
                                    positions.begin());
}

} // namespace

class TestInspect : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    TraceStore m_run;
    QString m_file;

    QString write(const TraceStore& store, const char* name, bool withoutText = false) {
        const QString file = m_folder.filePath(QLatin1String(name));
        return test::writeRecording(store, file.toStdString(), withoutText) ? file : QString();
    }

  private Q_SLOTS:
    void initTestCase() {
        test::produceSyntheticRun({}, m_run);
        m_file = write(m_run, "run.kvtrace");
        QVERIFY(!m_file.isEmpty());
    }

    void showsTheRunAndALineAStep() {
        const Output output = inspect({m_file});
        QCOMPARE(output.status, 0);
        QVERIFY(output.errors.isEmpty());
        for (const char* part : {"SmolLM2-135M-Instruct", "synthetic.txt", "finished", "method peak", "48213",
                                 "Which number did the captain"})
            QVERIFY2(output.text.contains(QString::fromUtf8(part)), part);
        for (const auto& step : m_run.steps()) {
            const QString block = QStringLiteral("%1–%2").arg(step->begin.value).arg(step->end.value - 1);
            QCOMPARE(output.text.count(block), 1);
        }
    }

    void alignsTheSurvivalTable() {
        const QStringList lines = inspect({m_file}).text.split(u'\n');
        const auto header = lines.indexOf(QRegularExpression(QStringLiteral("^ *step +tokens.*")));
        QVERIFY(header > 0);
        for (int i = 1; i <= static_cast<int>(m_run.steps().size()); ++i)
            QCOMPARE(lines[header + i].size(), lines[header].size());
    }

    void printsTheRunAsOneJsonObject() {
        const Output output = inspect({m_file, QStringLiteral("--json")});
        QCOMPARE(output.status, 0);
        QCOMPARE(output.text.count(u'\n'), 1);
        const QJsonObject json = output.json();
        const QJsonObject tokens = json[u"tokens"].toObject();
        QCOMPARE(tokens[u"prefix"].toInt() + tokens[u"document"].toInt(), m_run.run()->streamTokens());
        QCOMPARE(tokens[u"kept"].toInt(), m_run.steps().back()->counts.kept);
        QCOMPARE(json[u"answer"].toString().toStdString(), m_run.answers().back()->text);
        QCOMPARE(json[u"stop_reason"].toString(), QStringLiteral("eos"));
        QCOMPARE(json[u"outcome"].toString(), QStringLiteral("finished"));
        QCOMPARE(json[u"config"].toObject()[u"block_size"].toInt(), 512);
        QCOMPARE(json[u"config"].toObject()[u"method"].toString(), QStringLiteral("peak"));
        const QJsonArray steps = json[u"steps"].toArray();
        QCOMPARE(static_cast<std::size_t>(steps.size()), m_run.steps().size());
        const CompressionStep& third = *m_run.steps()[2];
        const QJsonObject step = steps[2].toObject();
        QCOMPARE(step[u"block"].toInt(), 2);
        QCOMPARE(step[u"candidates"].toInt(), third.counts.candidates);
        QCOMPARE(step[u"kept_count"].toInt(), third.counts.kept);
        QCOMPARE(step[u"ms"].toObject()[u"forward"].toDouble(), third.ms.forward);
        QCOMPARE(step[u"ms"].toObject()[u"compact"].toDouble(), m_run.applied()[2].compactMs);
    }

    void printsAStepInFull() {
        const CompressionStep& step = *m_run.steps()[3];
        const Output output =
            inspect({m_file, QStringLiteral("--step"), QStringLiteral("3"), QStringLiteral("--json")});
        QCOMPARE(output.status, 0);
        const QJsonObject json = output.json();
        QCOMPARE(static_cast<float>(json[u"cuts"].toObject()[u"peak"].toDouble()), step.cuts[0].value);
        QCOMPARE(json[u"kept_positions"].toArray().size(), step.counts.kept);
        const QJsonArray candidates = json[u"candidates"].toArray();
        QCOMPARE(candidates.size(), step.counts.candidates);
        const auto ranks = ranksByScore(step);
        for (const auto& entry : candidates) {
            const QJsonObject candidate = entry.toObject();
            const std::size_t row = rowOf(step, StreamPos(candidate[u"pos"].toInt()));
            QCOMPARE(candidate[u"rank"].toInt(), ranks[row]);
            QCOMPARE(candidate[u"kept"].toBool(), step.held.tiers[row] != Tier::dropped);
            QCOMPARE(candidate[u"kept"].toBool(), candidate[u"rank"].toInt() <= step.quota);
            QCOMPARE(candidate[u"reason"].toString().toStdString(),
                     std::string(name(step.held.reasons[row])));
            QCOMPARE(static_cast<float>(candidate[u"scores"].toObject()[u"pooled"].toDouble()),
                     step.held.scores[1].values[row]);
        }
    }

    void showsAStepsRankingAndPassages() {
        const Output output = inspect({m_file, QStringLiteral("--step"), QStringLiteral("3")});
        QCOMPARE(output.status, 0);
        for (const char* part : {"Step 3", "rank", "below_cut", "Global memory", "Cut"})
            QVERIFY2(output.text.contains(QString::fromUtf8(part)), part);
    }

    void tellsTheWholeLifeOfAToken() {
        // A token that the second step chose and a later one dropped.
        StreamPos token(-1);
        for (std::size_t row = 0; row < m_run.steps()[1]->held.size(); ++row) {
            const StreamPos position = m_run.steps()[1]->held.positions[row];
            const auto dropped = m_run.droppedAt(position);
            if (m_run.steps()[1]->held.tiers[row] == Tier::global && dropped && *dropped > 1)
                token = position;
        }
        QVERIFY(token.value >= 0);
        const int dropped = *m_run.droppedAt(token);
        const auto ranks = ranksByScore(*m_run.steps()[static_cast<std::size_t>(dropped)]);
        const std::int32_t rank = ranks[rowOf(*m_run.steps()[static_cast<std::size_t>(dropped)], token)];
        const QStringList arguments{m_file, QStringLiteral("--token"), QString::number(token.value)};
        const Output output = inspect(arguments);
        QCOMPARE(output.status, 0);
        QVERIFY2(output.text.contains(QStringLiteral("Step 1: chosen by peak: rank ")),
                 qPrintable(output.text));
        QVERIFY2(output.text.contains(QStringLiteral("Step %1: dropped: rank %2 of ").arg(dropped).arg(rank)),
                 qPrintable(output.text));
        QVERIFY2(output.text.contains(QStringLiteral("gone since step %1").arg(dropped)),
                 qPrintable(output.text));

        const QJsonObject json = inspect(arguments + QStringList(QStringLiteral("--json"))).json();
        QCOMPARE(json[u"dropped_in_step"].toInt(-1), dropped);
        QCOMPARE(json[u"steps"].toArray().last().toObject()[u"rank"].toInt(), rank);
    }

    void saysOfAProtectedTokenWhy() {
        const Output anchor = inspect({m_file, QStringLiteral("--token"), QStringLiteral("0")});
        QVERIFY2(anchor.text.contains(QStringLiteral("Steps 0–5: kept as an anchor")),
                 qPrintable(anchor.text));
        const StreamPos position = positionOf(*m_run.steps().back(), Tier::window);
        const Output window = inspect({m_file, QStringLiteral("--token"), QString::number(position.value)});
        QVERIFY2(window.text.contains(QStringLiteral("kept in the window")), qPrintable(window.text));
        QVERIFY2(window.text.contains(QStringLiteral("it is held: tier window")), qPrintable(window.text));
    }

    void checksARecording() {
        const Output output = inspect({m_file, QStringLiteral("--check")});
        QCOMPARE(output.status, 0);
        QVERIFY(output.text.contains(QStringLiteral("sound, 6 steps, finished.")));
        const QJsonObject json =
            inspect({m_file, QStringLiteral("--check"), QStringLiteral("--json")}).json();
        QVERIFY(json[u"valid"].toBool());
        QCOMPARE(json[u"steps"].toInt(), 6);
    }

    void readsARecordingWithoutText() {
        const QString file = write(m_run, "bare.kvtrace", true);
        QVERIFY(!file.isEmpty());
        for (const QStringList& more :
             {QStringList(), QStringList{QStringLiteral("--step"), QStringLiteral("2")},
              QStringList{QStringLiteral("--token"), QStringLiteral("700")}}) {
            QCOMPARE(inspect(QStringList(file) + more).status, 0);
            const Output json = inspect(QStringList(file) + more + QStringList(QStringLiteral("--json")));
            QCOMPARE(json.status, 0);
            QVERIFY(!json.json().isEmpty());
        }
    }

    void readsARunThatWasCutOff() {
        TraceStore cutOff;
        cutOff.runStarted(std::make_shared<Run>(*m_run.run()));
        cutOff.stepPlanned(m_run.steps()[0]);
        const QString file = write(cutOff, "cut.kvtrace");
        const Output text = inspect({file});
        QCOMPARE(text.status, 0);
        QVERIFY2(text.text.contains(QStringLiteral("cut off after 512 of 3,000 tokens")),
                 qPrintable(text.text));
        QCOMPARE(inspect({file, QStringLiteral("--json")}).json()[u"outcome"].toString(),
                 QStringLiteral("cut_off"));
        const Output unread = inspect({file, QStringLiteral("--token"), QStringLiteral("2999")});
        QVERIFY(unread.text.contains(QStringLiteral("ended before it was read")));
    }

    // What a file says may not steer the terminal that it is shown on.
    void printsNoControlCharactersOutOfAFile() {
        auto run = std::make_shared<Run>(*m_run.run());
        run->question = "\x1B[2J\x07 what?";
        run->model.name = "\x1B]0;evil\x07";
        run->tokens.pieces.replace(0, 3, "\x1B[1");
        TraceStore hostile;
        hostile.runStarted(run);
        for (const auto& step : m_run.steps())
            hostile.stepPlanned(step);
        hostile.answered(m_run.answers().front());
        const QString file = write(hostile, "hostile.kvtrace");
        for (const QStringList& more :
             {QStringList(), QStringList{QStringLiteral("--token"), QStringLiteral("0")},
              QStringList{QStringLiteral("--json")}}) {
            const Output output = inspect(QStringList(file) + more);
            QCOMPARE(output.status, 0);
            for (const QChar character : output.text)
                QVERIFY(character == u'\n' || character >= u' ');
        }
    }

    void saysWhatIsWrongWithABadFile() {
        const QString missing = m_folder.filePath(QStringLiteral("none.kvtrace"));
        QCOMPARE(inspect({missing}).status, 66);
        QVERIFY(isOneSentence(inspect({missing}).errors));
        QCOMPARE(inspect({m_folder.path()}).status, 66);
        const QString text = m_folder.filePath(QStringLiteral("notes.txt"));
        QFile notes(text);
        QVERIFY(notes.open(QIODevice::WriteOnly) && notes.write("My notes.") > 0);
        notes.close();
        for (const QStringList& more :
             {QStringList(), QStringList(QStringLiteral("--check")), QStringList(QStringLiteral("--json"))}) {
            const Output output = inspect(QStringList(text) + more);
            QCOMPARE(output.status, 65);
            QVERIFY2(isOneSentence(output.errors), qPrintable(output.errors));
            QVERIFY(output.text.isEmpty());
        }
    }

    void nothingInARecordingSteersTheTerminal() {
        TraceStore hostile;
        auto run = std::make_shared<Run>(*m_run.run());
        run->notices = {"one\nRun        finished"};
        run->document.name = "\x1b]0;title\x07.txt";
        run->config.push_back({"seed", "\x1b[2J"});
        hostile.runStarted(run);
        auto answer = std::make_shared<Answer>(*m_run.answers().front());
        answer->text = "yes\x1b[1A\xC2\x9B\nNotice     all is well";
        answer->textEnds.clear(); // they were of another text
        hostile.answered(answer);
        hostile.runEnded({Outcome::failed, "no\n\rTime       1 s", 1, 2, 3});
        const QString file = write(hostile, "hostile.kvtrace");
        for (const QStringList& arguments :
             {QStringList(file), {file, QStringLiteral("--token"), QStringLiteral("3")}}) {
            const Output output = inspect(arguments);
            QCOMPARE(output.status, 0);
            for (const QChar c : output.text)
                QVERIFY(c == u'\n' || (c >= u' ' && (c < u'\x7f' || c > u'\x9f')));
        }
        const QString text = inspect({file}).text;
        for (const char* line : {"\nNotice     all", "\nTime       1 s\n", "\nRun        finished"})
            QVERIFY2(!text.contains(QLatin1String(line)), line);
        QVERIFY(text.contains(QLatin1String("failed: no\\n\\rTime")));
    }

    void saysWhatAContradictionIs() {
        TraceStore wrong;
        wrong.runStarted(std::make_shared<Run>(*m_run.run()));
        auto step = std::make_shared<CompressionStep>(*m_run.steps()[0]);
        ++step->counts.candidates;
        wrong.stepPlanned(step);
        const QString file = write(wrong, "wrong.kvtrace");
        QCOMPARE(inspect({file}).status, 0);
        const Output output = inspect({file, QStringLiteral("--check")});
        QCOMPARE(output.status, 65);
        QVERIFY2(isOneSentence(output.errors) && output.errors.contains(QStringLiteral("step 0")),
                 qPrintable(output.errors));
    }

    void refusesArgumentsThatCannotBe() {
        const QStringList attempts{QStringLiteral("--step 6"),
                                   QStringLiteral("--step -1"),
                                   QStringLiteral("--step x"),
                                   QStringLiteral("--token 3000"),
                                   QStringLiteral("--token 99999999999999"),
                                   QStringLiteral("--step 1 --token 1"),
                                   QStringLiteral("--check --step 1"),
                                   QStringLiteral("--mood")};
        for (const QString& attempt : attempts) {
            const Output output = inspect(QStringList(m_file) + attempt.split(u' '));
            QVERIFY2(output.status == 64, qPrintable(attempt));
            QVERIFY2(output.errors.count(u'\n') == 1, qPrintable(output.errors));
            QVERIFY2(output.errors.size() < 200, qPrintable(output.errors)); // no bound of 309 digits
        }
        QCOMPARE(inspect({}).status, 64);
    }
};

QTEST_GUILESS_MAIN(TestInspect)
#include "test_inspect.moc"
