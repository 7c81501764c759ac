// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/quiz_fixture.h"

#include <QComboBox>
#include <QScrollArea>
#include <QScrollBar>
#include <QShortcut>

using namespace kvprism;
using namespace kvprism::views;
using test::clickAll;
using test::peakRun;
using test::PlannedQuiz;
using test::Settings;
using test::tokensOf;

class TestQuizView : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void hidesTheChoiceWhileTheQuestionIsOpen() {
        PlannedQuiz f(peakRun);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {420, 520});
        f.navigator.setStep(4);
        QTest::mouseClick(view.askButton(), Qt::LeftButton);
        QCOMPARE(view.question()->step, 4);
        QCOMPARE(f.navigator.step(), 3);
        QVERIFY(
            view.note().contains(QStringLiteral("step 3, before the choice; step 4 and what came later")));
        QVERIFY(!view.row(0)->isRevealed());
        QVERIFY(!view.showButton()->isEnabled());
        QVERIFY(view.showButton()->toolTip().contains(QStringLiteral("6")));
        f.navigator.setStep(5); // nobody can look ahead
        QCOMPARE(f.navigator.step(), 3);
        for (const QuizItem& item : view.question()->items) {
            QVERIFY(!f.model.survival().tier(4, item.token));
            QVERIFY(!f.model.survival().droppedAt(item.token));
        }
        clickAll(view, true);
        QTest::mouseClick(view.showButton(), Qt::LeftButton);
        QCOMPARE(f.navigator.step(), 4);
        QVERIFY(view.row(0)->isRevealed());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void coversNothingOnceTheTruthIsShownOrTheQuestionLeft() {
        PlannedQuiz f(peakRun);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {420, 520});
        const int steps = f.model.stepCount();
        for (const auto end : {&QuizView::leaveButton, &QuizView::showButton}) {
            f.navigator.setStep(4);
            view.askButton()->click();
            QCOMPARE(f.model.curtain(), std::optional(4));
            clickAll(view, true);
            f.navigator.setStep(steps); // the last there is, at which a live run is followed
            (view.*end)()->click();
            QVERIFY(!f.model.curtain());
            QCOMPARE(f.navigator.steps(), steps);
            QCOMPARE(f.navigator.step(), end == &QuizView::showButton ? 4 : 3);
        }
        view.resetButton()->click();
        view.askButton()->click();
        QVERIFY(f.model.curtain());
        view.setSeed(9);
        f.model.append(f.whole);
        QVERIFY(!f.model.curtain() && !view.question());
        QCOMPARE(f.navigator.steps(), steps);
    }

    // Behind another tab the question stays; once its panel is closed nothing could lift the curtain.
    void coversNothingWhileItIsClosed() {
        PlannedQuiz f(peakRun);
        QWidget panel;
        auto* view = new QuizView(&f.model, &f.navigator, &panel);
        view->resize(420, 520);
        f.show(panel, {420, 520});
        f.navigator.setStep(4);
        view->askButton()->click();
        QVERIFY(f.model.curtain());
        view->hide();
        QVERIFY(f.model.curtain());
        view->show();
        // The question goes with it: what others show from now on is its answer.
        panel.hide();
        QVERIFY(!f.model.curtain());
        QVERIFY(!view->isOpen());
        panel.show();
        QVERIFY(!f.model.curtain() && !view->question());
        view->askButton()->click();
        QVERIFY(f.model.curtain());
        delete view;
        QVERIFY(!f.model.curtain());
    }

    void saysWhatTheRunWasAsked() {
        PlannedQuiz f(peakRun);
        auto run = std::make_shared<trace::Run>(*f.whole.run);
        run->question = "Where does the  river rise?";
        TraceBatch asked = f.whole;
        asked.run = run;
        f.model.append(asked);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {420, 520});
        QCOMPARE(view.about(), QStringLiteral("The run was asked: \u201cWhere does the river rise?\u201d"));
        view.askButton()->click();
        QVERIFY(!view.about().isEmpty());
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("river rise")));
        run = std::make_shared<trace::Run>(*run);
        run->question.clear();
        asked.run = run;
        f.model.append(asked);
        QVERIFY(view.about().isEmpty());
    }

    void tellsResultsWholeInNarrowRooms() {
        PlannedQuiz f(peakRun);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {300, 600});
        f.navigator.setStep(4);
        view.askButton()->click();
        QCoreApplication::processEvents();
        const int asked = view.row(0)->height();
        clickAll(view, true);
        view.showButton()->click();
        QCoreApplication::processEvents();
        for (int i = 0; i < 6; ++i) {
            QVERIFY(view.row(i)->height() >= view.row(i)->heightForWidth(view.row(i)->width()));
            QVERIFY(view.row(i)->heightForWidth(view.row(i)->width()) > asked); // more lines than one
        }
        QVERIFY(view.row(0)->heightForWidth(3000) < view.row(0)->heightForWidth(260));
    }

    void scoresWhatWasMarkedByMouse() {
        PlannedQuiz f(peakRun);
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
        PlannedQuiz f(peakRun);
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

    void goesOnToOtherWordsAndSteps() {
        PlannedQuiz f(peakRun);
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
        PlannedQuiz f(peakRun);
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
        PlannedQuiz f(peakRun);
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

    void saysWhyThereIsNothingToAsk() {
        const auto said = [](const Settings& settings, bool withoutText = false, int tokens = 1500) {
            PlannedQuiz f(settings, 1, withoutText, tokens);
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
        PlannedQuiz f(peakRun);
        QuizView view(&f.model, &f.navigator);
        f.show(view, {420, 520});
        view.askButton()->click();
        f.model.clear();
        QVERIFY(!view.question());
        QVERIFY(view.sentence().contains(QStringLiteral("Open a recording")));
        QVERIFY(!view.resetButton()->isVisible());
    }

    void asksDuringALiveRun() {
        PlannedQuiz f(peakRun);
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
        PlannedQuiz f(peakRun);
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
};

QTEST_MAIN(TestQuizView)
#include "test_quiz_view.moc"
