// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/quiz_fixture.h"
#include "views/models/score_points.h"
#include "views/painting.h"
#include "views/quiz_words.h"

#include <algorithm>
#include <random>

using namespace kvprism;
using namespace kvprism::views;
using test::peakRun;
using test::PlannedQuiz;
using test::Settings;
using test::tokensOf;
using trace::Tier;

// What is asked: which words, of which step, and what is said of them.
class TestQuizQuestions : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void asksAboutCandidatesAndTellsTheTruth() {
        std::mt19937 random(11);
        int asked = 0;
        for (const char* method : {"peak", "exact", "lsh", "recency", "random", "hybrid"}) {
            for (const char* mode : {"recursive", "accumulate"}) {
                if (QByteArray(method) == "recency" && QByteArray(mode) == "accumulate")
                    continue;
                PlannedQuiz f({{"method", method}, {"mode", mode}}, random() % 1000 + 1);
                for (int step = 0; step < f.model.stepCount(); ++step) {
                    const int count = 3 + static_cast<int>(random() % 10);
                    const auto question = drawQuiz(f.model, step, count, random());
                    const QuizPool pool = quizPool(f.model, step);
                    QCOMPARE(question.has_value(), pool.canAsk());
                    if (!question)
                        continue;
                    checkQuestion(f.model, *question, pool, count);
                    ++asked;
                }
            }
        }
        QVERIFY(asked > 40);
    }

    void drawsTheSameForTheSameSeedAndOthersForAnother() {
        PlannedQuiz f(peakRun);
        const auto first = drawQuiz(f.model, 4, 6, 7);
        QCOMPARE(tokensOf(*drawQuiz(f.model, 4, 6, 7)), tokensOf(*first));
        QVERIFY(tokensOf(*drawQuiz(f.model, 4, 6, 8)) != tokensOf(*first));
        const auto drawn = tokensOf(*first);
        const auto others = tokensOf(*drawQuiz(f.model, 4, 6, 7, {drawn.begin(), drawn.end()}));
        for (const int token : others)
            QVERIFY(std::ranges::find(drawn, token) == drawn.end());
    }

    void drawsEvenly() {
        PlannedQuiz f(peakRun);
        const QuizPool pool = quizPool(f.model, 4);
        std::set<int> staying, going;
        int evenSides = 0, more = 0;
        for (std::uint64_t seed = 1; seed <= 600; ++seed) {
            const auto question = drawQuiz(f.model, 4, 5, seed);
            for (const QuizItem& item : question->items)
                (item.stays() ? staying : going).insert(item.token);
            evenSides += question->staying() == 2 || question->staying() == 3;
            more += question->staying() == 3;
        }
        QCOMPARE(evenSides, 600);
        QVERIFY(more > 240 && more < 360);
        QCOMPARE(staying.size(), pool.staying.size());
        QCOMPARE(going.size(), pool.going.size());
    }

    void showsTheWordInItsSentence() {
        PlannedQuiz f(peakRun);
        const QString document = f.model.text().text().simplified();
        for (std::uint64_t seed = 1; seed <= 40; ++seed) {
            const auto question = drawQuiz(f.model, 3, 12, seed);
            for (const QuizItem& item : question->items) {
                QVERIFY(!item.word.isEmpty() && item.word == item.word.trimmed());
                const QString joined = item.before + item.word + item.after;
                QVERIFY2(document.contains(joined.simplified()), qPrintable(joined));
                QVERIFY(item.before.size() <= quizContext && item.after.size() <= quizContext);
            }
        }
    }

    void countsTheScoreAndWhatGuessingGets() {
        QuizQuestion question;
        for (int i = 0; i < 5; ++i) {
            question.items.push_back({});
            question.items.back().tier = i < 2 ? Tier::global : Tier::dropped;
            question.items.back().guess = i % 2 == 0;
        }
        QCOMPARE(question.staying(), 2);
        QCOMPARE(question.right(), 2); // the first and the fourth
        // All ways to name 2 of 5: the mean of what they get right.
        int right = 0, ways = 0;
        for (int a = 0; a < 5; ++a)
            for (int b = a + 1; b < 5; ++b, ++ways)
                for (int i = 0; i < 5; ++i)
                    right += (i == a || i == b) == (i < 2);
        QCOMPARE(question.chance(), static_cast<double>(right) / ways);
        QuizTally tally;
        tally.add(question);
        tally.add(question);
        QCOMPARE(tally.right, 4);
        QCOMPARE(tally.asked, 10);
        question.items[1].guess.reset(); // what is not marked is not right
        QCOMPARE(question.marked(), 4);
    }

    void givesRankAndMarginAsTheScoresDo() {
        for (const Settings& settings :
             {peakRun, Settings{{"preset", "laser-kv"}}, Settings{{"method", "lsh"}}}) {
            PlannedQuiz f(settings, 4);
            const auto question = drawQuiz(f.model, *nextQuizStep(f.model, 3), 12, 5);
            const auto& step = *f.model.store().steps()[static_cast<std::size_t>(question->step)];
            const auto details = quizDetails(f.model, *question);
            for (std::size_t i = 0; i < details.size(); ++i) {
                const QuizItem& item = question->items[i];
                const std::size_t row = *f.model.store().rowAt(question->step, StreamPos(item.token));
                for (const ScoreKind& kind : scoreKinds(*f.model.run(), step)) {
                    const int chose = item.stays() ? step.held.selectors[row] : 0;
                    if (kind.selector != chose)
                        continue;
                    const ScorePoints points(*f.model.run(), step, kind);
                    const int rank = points.points()[*points.find(item.token)].rank;
                    QVERIFY2(
                        details[i].contains(QStringLiteral("rank %1 of %2").arg(rank).arg(points.ranked())),
                        qPrintable(details[i]));
                }
                QVERIFY(details[i].endsWith(QStringLiteral("at ") + grouped(item.token)));
            }
        }
        PlannedQuiz recency(Settings{{"method", "recency"}});
        const auto unscored = drawQuiz(recency.model, 4, 4, 1);
        QVERIFY(quizDetails(recency.model, *unscored).front().contains(QStringLiteral("without scores")));
    }

    void passesOverStepsThatChoseNothing() {
        PlannedQuiz f({{"method", "peak"}, {"budget", "900"}});
        const auto first = nextQuizStep(f.model, 0);
        QVERIFY(first && *first > 1);
        for (int step = 0; step < *first; ++step)
            QCOMPARE(f.model.store().steps()[static_cast<std::size_t>(step)]->counts.dropped, 0);
        QCOMPARE(nextQuizStep(f.model, f.model.stepCount()), first); // from the front again
        PlannedQuiz always({{"method", "peak"}, {"mode", "accumulate"}});
        QVERIFY(quizPool(always.model, 0).canAsk());
        QCOMPARE(nextQuizStep(always.model, 0), std::optional(1)); // nothing shows what was before step 0
    }

  private:
    static void checkQuestion(const TraceModel& model, const QuizQuestion& question, const QuizPool& pool,
                              int count) {
        const auto& step = *model.store().steps()[static_cast<std::size_t>(question.step)];
        int kept = 0, candidates = 0;
        for (std::size_t row = 0; row < step.held.size(); ++row) {
            candidates += step.held.candidates[row];
            kept += step.held.candidates[row] != 0 && step.held.tiers[row] != Tier::dropped;
        }
        QCOMPARE(question.candidates, candidates);
        QCOMPARE(question.kept, kept);
        const int half = count / 2;
        const int stay = question.staying(), go = static_cast<int>(question.items.size()) - stay;
        QVERIFY(stay >= std::min(half, static_cast<int>(pool.staying.size())) && stay <= count - half);
        QVERIFY(go >= std::min(half, static_cast<int>(pool.going.size())) && go <= count - half);
        int before = -1;
        for (const QuizItem& item : question.items) {
            QVERIFY(item.token > before);
            before = item.token;
            const std::size_t row = *model.store().rowAt(question.step, StreamPos(item.token));
            QVERIFY(step.held.candidates[row]);
            QCOMPARE(std::optional(item.tier), model.store().tierAt(question.step, StreamPos(item.token)));
            QVERIFY(item.token >= model.run()->prefixTokens);
            QVERIFY(std::ranges::any_of(item.word, [](QChar unit) { return unit.isLetterOrNumber(); }));
        }
    }
};

QTEST_MAIN(TestQuizQuestions)
#include "test_quiz_questions.moc"
