// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/planned_model.h"
#include "tests/views/view_fixture.h"
#include "views/models/score_points.h"
#include "views/painting.h"
#include "views/quiz_row.h"
#include "views/quiz_view.h"
#include "views/quiz_words.h"

#include <QComboBox>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QShortcut>

#include <algorithm>
#include <random>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;

namespace {

using Settings = select::Settings;

const Settings peakRun{{"method", "peak"}};

struct Planned : test::ViewFixture {
    explicit Planned(const Settings& settings, std::uint64_t seed = 1, bool withoutText = false,
                     int tokens = 1500) {
        test::PlannedRunOptions options;
        options.settings = settings;
        options.settings.emplace("budget", "256");
        options.settings.emplace("block-size", "200");
        options.streamTokens = tokens;
        options.seed = seed;
        options.withoutText = withoutText;
        whole = test::plannedBatch(options);
        model.append(whole);
    }
};

std::vector<int> tokensOf(const QuizQuestion& question) {
    std::vector<int> tokens;
    for (const QuizItem& item : question.items)
        tokens.push_back(item.token);
    return tokens;
}

void clickAll(QuizView& view, bool stays) {
    for (int i = 0; i < static_cast<int>(view.question()->items.size()); ++i)
        QTest::mouseClick(stays ? view.row(i)->staysButton() : view.row(i)->goesButton(), Qt::LeftButton);
}

} // namespace

class TestQuizView : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    // For many runs and draws: candidates that are words, as many of each as fit, and the trace's own truth.
    void asksAboutCandidatesAndTellsTheTruth() {
        std::mt19937 random(11);
        int asked = 0;
        for (const char* method : {"peak", "exact", "lsh", "recency", "random", "hybrid"}) {
            for (const char* mode : {"recursive", "accumulate"}) {
                if (QByteArray(method) == "recency" && QByteArray(mode) == "accumulate")
                    continue;
                Planned f({{"method", method}, {"mode", mode}}, random() % 1000 + 1);
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
        Planned f(peakRun);
        const auto first = drawQuiz(f.model, 4, 6, 7);
        QCOMPARE(tokensOf(*drawQuiz(f.model, 4, 6, 7)), tokensOf(*first));
        QVERIFY(tokensOf(*drawQuiz(f.model, 4, 6, 8)) != tokensOf(*first));
        const auto drawn = tokensOf(*first);
        const auto others = tokensOf(*drawQuiz(f.model, 4, 6, 7, {drawn.begin(), drawn.end()}));
        for (const int token : others)
            QVERIFY(std::ranges::find(drawn, token) == drawn.end());
    }

    // Any word may be drawn, wherever it stands: not only a few.
    void drawsEvenly() {
        Planned f(peakRun);
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
        Planned f(peakRun);
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

    void hidesTheChoiceWhileTheQuestionIsOpen() {
        Planned f(peakRun);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {420, 520});
        f.navigator.setStep(4);
        QTest::mouseClick(view.askButton(), Qt::LeftButton);
        QCOMPARE(view.question()->step, 4);
        QCOMPARE(f.navigator.step(), 3);
        QVERIFY(view.note().contains(QStringLiteral("step 3, before the choice")));
        QVERIFY(!view.row(0)->isRevealed());
        QVERIFY(!view.showButton()->isEnabled());
        QVERIFY(view.showButton()->toolTip().contains(QStringLiteral("6")));
        f.navigator.setStep(5);
        QVERIFY(view.note().contains(QStringLiteral("with it the answer")));
        QVERIFY(view.backButton()->isVisible());
        QTest::mouseClick(view.backButton(), Qt::LeftButton);
        QCOMPARE(f.navigator.step(), 3);
        clickAll(view, true);
        QTest::mouseClick(view.showButton(), Qt::LeftButton);
        QCOMPARE(f.navigator.step(), 4);
        QVERIFY(view.row(0)->isRevealed());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void scoresWhatWasMarkedByMouse() {
        Planned f(peakRun);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {700, 520});
        f.navigator.setStep(5);
        view.askButton()->click();
        const QuizQuestion question = *view.question();
        for (int i = 0; i < 6; ++i) { // all right but the last
            const bool say = question.items[static_cast<std::size_t>(i)].stays() == (i < 5);
            QTest::mouseClick(say ? view.row(i)->staysButton() : view.row(i)->goesButton(), Qt::LeftButton);
        }
        QTest::mouseClick(view.showButton(), Qt::LeftButton);
        QCOMPARE(view.tally().right, 5);
        QCOMPARE(view.tally().asked, 6);
        QVERIFY(view.result().startsWith(QStringLiteral("5 of 6 right. Naming any 3 of the 6")));
        QVERIFY(view.result().contains(QStringLiteral("gets 3 right")));
        QVERIFY(view.row(5)->accessibleDescription().contains(QStringLiteral("wrong")));
        QVERIFY(view.row(4)->accessibleDescription().contains(QStringLiteral("right")));
        view.showButton()->click(); // once is enough
        QCOMPARE(view.tally().asked, 6);
        QTest::mouseClick(view.row(2), Qt::LeftButton, {}, QPoint(30, 10));
        QCOMPARE(f.navigator.effectiveToken(), std::optional(question.items[2].token));
    }

    void isPlayedByKeysAlone() {
        Planned f(peakRun);
        QuizView view(&f.model, &f.navigator);
        QShortcut play(QKeySequence(Qt::Key_Space), &view);
        QShortcut down(QKeySequence(Qt::Key_Down), &view);
        f.show(view, {420, 520});
        f.navigator.setStep(5);
        view.activateWindow();
        view.askButton()->setFocus();
        QTest::keyClick(view.askButton(), Qt::Key_Return);
        QCOMPARE(view.focusWidget(), view.row(0)->staysButton());
        for (int i = 0; i < 5; ++i)
            QTest::keyClick(view.focusWidget(), i % 2 == 0 ? Qt::Key_S : Qt::Key_G);
        QCOMPARE(view.question()->marked(), 5);
        QCOMPARE(view.question()->items[1].guess, std::optional(false));
        QTest::keyClick(view.focusWidget(), Qt::Key_Return); // not all are marked
        QVERIFY(view.isOpen());
        QTest::keyClick(view.focusWidget(), Qt::Key_Space);
        QCOMPARE(view.question()->items[5].guess, std::optional(true));
        QTest::keyClick(view.focusWidget(), Qt::Key_Up);
        QTest::keyClick(view.focusWidget(), Qt::Key_G);
        QCOMPARE(view.question()->items[4].guess, std::optional(false));
        QTest::keyClick(view.focusWidget(), Qt::Key_Return);
        QVERIFY(!view.isOpen());
        QCOMPARE(view.tally().asked, 6);
        view.row(0)->setFocus();
        QTest::keyClick(view.row(0), Qt::Key_Down);
        QVERIFY(view.row(1)->hasFocus());
        QTest::keyClick(view.row(1), Qt::Key_Space);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(view.question()->items[1].token));
        view.othersButton()->setFocus();
        QTest::keyClick(view.othersButton(), Qt::Key_Return);
        QVERIFY(view.isOpen());
    }

    void givesRankAndMarginAsTheScoresDo() {
        for (const Settings& settings :
             {peakRun, Settings{{"preset", "laser-kv"}}, Settings{{"method", "lsh"}}}) {
            Planned f(settings, 4);
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
        Planned recency(Settings{{"method", "recency"}});
        const auto unscored = drawQuiz(recency.model, 4, 4, 1);
        QVERIFY(quizDetails(recency.model, *unscored).front().contains(QStringLiteral("without scores")));
    }

    void goesOnToOtherWordsAndSteps() {
        Planned f(peakRun);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {420, 520});
        f.navigator.setStep(4);
        std::set<int> seen;
        view.askButton()->click();
        for (int round = 0; round < 4; ++round) {
            for (const int token : tokensOf(*view.question()))
                QVERIFY(seen.insert(token).second);
            clickAll(view, round % 2 == 0);
            view.showButton()->click();
            if (round < 3)
                view.othersButton()->click();
        }
        QCOMPARE(view.tally().asked, 24);
        QVERIFY(view.tallyText().contains(QStringLiteral("12 of 24")));
        QVERIFY(view.askButton()->text().endsWith(QStringLiteral("step 5")));
        view.askButton()->click();
        QCOMPARE(view.question()->step, 5);
        QCOMPARE(f.navigator.step(), 4);
        clickAll(view, true);
        view.showButton()->click();
        f.navigator.setStep(2); // or where the person went meanwhile
        QVERIFY(view.askButton()->text().endsWith(QStringLiteral("step 2")));
        view.resetButton()->click();
        QCOMPARE(view.tally().asked, 0);
        QVERIFY(!view.question());
    }

    void letsGoOfAQuestionWithoutScoringIt() {
        Planned f(peakRun);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {420, 520});
        f.navigator.setStep(4);
        view.askButton()->click();
        QTest::mouseClick(view.row(0)->staysButton(), Qt::LeftButton);
        QTest::mouseClick(view.leaveButton(), Qt::LeftButton);
        QVERIFY(!view.question());
        QVERIFY(!view.leaveButton()->isVisible());
        QCOMPARE(view.tally().asked, 0);
        QCOMPARE(f.navigator.step(), 3); // where the person is, who may go anywhere now
        f.navigator.setStep(6);
        view.askButton()->click();
        QCOMPARE(view.question()->step, 6);
        QVERIFY(!view.question()->items.front().guess);
    }

    void showsWhatStandsAroundAWordAlsoWithoutBlanks() {
        QuizRow row;
        QuizItem item;
        item.word = QStringLiteral("x");
        const auto drawn = [&](const QString& before) {
            item.before = before;
            row.ask(item, QStringLiteral("word 1 of 1"));
            row.resize(320, 40);
            return row.grab(QRect(0, 0, 90, 38)).toImage();
        };
        const QImage nothing = drawn(QString());
        QVERIFY(drawn(QStringLiteral("w").repeated(80)) != nothing);
        QVERIFY(drawn(QStringLiteral("some words before ")) != nothing);
    }

    void beginsAgainWithTheWordsOfAStepThatHasNoOthers() {
        Planned f(peakRun);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {420, 520});
        f.navigator.setStep(4);
        view.countChoice()->setCurrentIndex(view.countChoice()->count() - 1);
        view.askButton()->click();
        QCOMPARE(view.question()->items.size(), std::size_t(QuizView::mostWords));
        int rounds = 0;
        do {
            clickAll(view, true);
            view.showButton()->click();
        } while (view.othersButton()->isEnabled() && ++rounds < 100 && (view.othersButton()->click(), true));
        QVERIFY(rounds > 1 && rounds < 100);
        QVERIFY(view.othersButton()->toolTip().contains(QStringLiteral("were")));
        f.navigator.setStep(3);
        f.navigator.setStep(4);
        f.navigator.setStep(3);
        view.askButton()->click();
        QVERIFY(view.isOpen());
    }

    void passesOverStepsThatChoseNothing() {
        Planned f({{"method", "peak"}, {"budget", "900"}});
        const auto first = nextQuizStep(f.model, 0);
        QVERIFY(first && *first > 1);
        for (int step = 0; step < *first; ++step)
            QCOMPARE(f.model.store().steps()[static_cast<std::size_t>(step)]->counts.dropped, 0);
        QCOMPARE(nextQuizStep(f.model, f.model.stepCount()), first); // from the front again
        Planned always({{"method", "peak"}, {"mode", "accumulate"}});
        QVERIFY(quizPool(always.model, 0).canAsk());
        QCOMPARE(nextQuizStep(always.model, 0), std::optional(1)); // nothing shows what was before step 0
    }

    void saysWhyThereIsNothingToAsk() {
        const auto said = [](const Settings& settings, bool withoutText = false, int tokens = 1500) {
            Planned f(settings, 1, withoutText, tokens);
            QuizView view(&f.model, &f.navigator);
            view.show();
            return view.askButton()->isVisible() ? QString() : view.sentence();
        };
        QCOMPARE(said(peakRun), QString());
        QVERIFY(said(peakRun, true).contains(QStringLiteral("without its text")));
        QVERIFY(said({{"budget", "2000"}}).contains(QStringLiteral("Everything fits")));
        QVERIFY(said({{"method", "none"}}).contains(QStringLiteral("had to choose")));
        QVERIFY(said({{"method", "peak"}, {"mode", "accumulate"}, {"block-size", "256"}}, false, 257)
                    .contains(QStringLiteral("Only the first block")));
        Planned f(peakRun);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {420, 520});
        view.askButton()->click();
        f.model.clear();
        QVERIFY(!view.question());
        QVERIFY(view.sentence().contains(QStringLiteral("Open a recording")));
        QVERIFY(!view.resetButton()->isVisible());
    }

    void asksDuringALiveRun() {
        Planned f(peakRun);
        const TraceBatch whole = f.whole;
        TraceBatch first;
        first.run = whole.run;
        f.model.append(first);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {420, 520});
        QVERIFY(view.sentence().contains(QStringLiteral("yet")));
        const auto grow = [&](int step) {
            TraceBatch next;
            next.steps = {whole.steps[static_cast<std::size_t>(step)]};
            f.model.append(next);
        };
        for (int step = 0; step < 4; ++step)
            grow(step);
        f.navigator.setFollowing(true);
        QTRY_VERIFY(view.askButton()->isVisible());
        QCOMPARE(f.navigator.step(), 3);
        view.askButton()->click();
        QCOMPARE(view.question()->step, 3);
        grow(4); // goes on, and must not carry the views on to the answer
        QCoreApplication::processEvents();
        QCOMPARE(f.navigator.step(), 2);
        clickAll(view, false);
        view.showButton()->click();
        QCOMPARE(f.navigator.step(), 3);
    }

    void hasRoomForAllInEverySize() {
        Planned f(peakRun);
        QuizView view(&f.model, &f.navigator);
        for (const QSize size : {QSize(300, 300), QSize(360, 420), QSize(700, 500), QSize(1400, 900)}) {
            f.show(view, size);
            f.navigator.setStep(4);
            view.askButton()->click();
            QCoreApplication::processEvents();
            QCOMPARE(view.size(), size);
            auto* area = view.findChild<QScrollArea*>();
            QVERIFY(area->widget()->width() <= area->viewport()->width());
            QVERIFY(area->height() >= view.row(0)->height());
            for (QPushButton* button : view.findChildren<QPushButton*>()) {
                if (!button->isVisible())
                    continue;
                QVERIFY(!button->accessibleName().isEmpty() || !button->text().isEmpty());
                const QRect inside = button->parentWidget()->rect();
                QVERIFY(inside.contains(button->geometry()));
            }
            clickAll(view, true);
            view.showButton()->click();
            QCoreApplication::processEvents();
            QCOMPARE(view.size(), size);
            QCOMPARE(area->verticalScrollBar()->value(), 0);
            if (size.width() >= 1400) // nothing has to be scrolled for where there is room
                QCOMPARE(area->verticalScrollBar()->maximum(), 0);
        }
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

QTEST_MAIN(TestQuizView)
#include "test_quiz_view.moc"
