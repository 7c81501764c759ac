// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/verify/verifier.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace kvprism;
using namespace kvprism::verify;
using namespace kvprism::test;

namespace {

std::shared_ptr<trace::CompressionStep> copyOf(const trace::TraceStore& store, std::size_t step) {
    return std::make_shared<trace::CompressionStep>(*store.steps()[step]);
}

} // namespace

class TestVerifier : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    trace::TraceStore m_run;
    std::unique_ptr<trace::RecordingReader> m_reader;

    // Plays the run again with one step changed.
    void playAgain(Verifier& verifier, const std::shared_ptr<const trace::CompressionStep>& changed) {
        verifier.runStarted(std::make_shared<trace::Run>(*m_run.run()));
        for (const auto& step : m_run.steps())
            verifier.stepPlanned(changed && changed->index == step->index ? changed : step);
        for (const auto& answer : m_run.answers())
            verifier.answered(answer);
    }

  private Q_SLOTS:
    void initTestCase() {
        produceSyntheticRun({}, m_run);
        const std::string file = m_folder.filePath(QStringLiteral("run.kvtrace")).toStdString();
        QVERIFY(writeRecording(m_run, file).ok());
        m_reader = std::move(*trace::RecordingReader::open(file));
    }

    void theSameRunIsTheSame() {
        int enough = 0;
        Verifier verifier(*m_reader, [&] { ++enough; });
        playAgain(verifier, nullptr);
        QVERIFY(verifier.status().ok() && !verifier.soFar().difference && verifier.isComplete());
        QCOMPARE(verifier.soFar().steps, m_reader->stepCount());
        QCOMPARE(verifier.soFar().scoresApart, 0.0);
        QCOMPARE(verifier.soFar().firstScoresApart, -1);
    }

    void theFirstStepThatDiffersIsNamed() {
        int enough = 0;
        Verifier verifier(*m_reader, [&] { ++enough; });
        const auto changed = copyOf(m_run, 3);
        for (std::size_t row = 0; row < changed->held.size(); ++row)
            if (changed->held.tiers[row] == trace::Tier::global) {
                changed->held.tiers[row] = trace::Tier::dropped;
                changed->held.reasons[row] = trace::Reason::belowCut;
                break;
            }
        playAgain(verifier, changed);
        QVERIFY(verifier.soFar().difference && enough > 0);
        QCOMPARE(verifier.soFar().difference->step, 3);
        const std::string sentence = verifier.soFar().difference->sentence();
        QVERIFY2(sentence.starts_with("step 3 differs: position "), sentence.c_str());
        QVERIFY(verifier.soFar().difference->what.find(
                    "was global (primary) and is dropped (below_cut) now") != std::string::npos);
        QCOMPARE(verifier.soFar().steps, 3);
    }

    void aTokenThatIsNotHeldAnyMoreIsNamed() {
        const auto changed = copyOf(m_run, 1);
        const std::int32_t gone = changed->held.positions[40].value;
        changed->held.positions.erase(changed->held.positions.begin() + 40);
        const auto difference = choiceDifference(*m_run.steps()[1], *changed);
        QCOMPARE(*difference, "position " + std::to_string(gone) + " was held and is not held now");
        QCOMPARE(*choiceDifference(*changed, *m_run.steps()[1]),
                 "position " + std::to_string(gone) + " was not held and is held now");
    }

    void scoresThatDifferInTheLastBitsAreNoOtherChoice() {
        Verifier verifier(*m_reader, [] {});
        const auto changed = copyOf(m_run, 2);
        float& score = changed->held.scores[0].values[10];
        score = std::nextafter(score, 1000.0f);
        playAgain(verifier, changed);
        QVERIFY(!verifier.soFar().difference && verifier.isComplete());
        QCOMPARE(verifier.soFar().firstScoresApart, 2);
        QVERIFY(verifier.soFar().scoresApart > 0 && verifier.soFar().scoresApart < 1e-6);
        auto cut = std::make_shared<trace::CompressionStep>(*m_run.steps()[2]);
        cut->cuts[0].value *= 2;
        QCOMPARE(scoreDifference(*m_run.steps()[2], *cut), 0.5);
        changed->held.scores.pop_back();
        QVERIFY(std::isinf(scoreDifference(*m_run.steps()[2], *changed)));
    }

    void otherTokensAndOtherAnswersDiffer() {
        Verifier tokens(*m_reader, [] {});
        auto other = std::make_shared<trace::Run>(*m_run.run());
        other->tokens.ids[7] += 1;
        tokens.runStarted(other);
        QVERIFY(tokens.soFar().difference &&
                tokens.soFar().difference->what.find("position 7") != std::string::npos);

        Verifier answers(*m_reader, [] {});
        for (const auto& step : m_run.steps())
            answers.stepPlanned(step);
        auto answer = std::make_shared<trace::Answer>(*m_run.answers()[0]);
        answer->ids.back() += 1;
        answers.answered(answer);
        QVERIFY(answers.soFar().difference && answers.soFar().difference->step == -1);
        QVERIFY(answers.soFar().difference->what.find("answer 1 differs from its token") !=
                std::string::npos);

        Verifier texts(*m_reader, [] {});
        answer = std::make_shared<trace::Answer>(*m_run.answers()[0]);
        answer->text += "!";
        texts.answered(answer);
        QVERIFY(texts.soFar().difference->what.find("another text is recorded") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestVerifier)
#include "test_verifier.moc"
