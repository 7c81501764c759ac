// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/view_fixture.h"
#include "views/answer_text.h"
#include "views/answer_view.h"

#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>

using namespace kvprism;
using namespace kvprism::views;

class TestAnswerView : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void showsTheAnswersOfARecording() {
        test::SyntheticOptions options;
        options.answers = 2;
        test::ViewFixture f(options);
        AnswerView view(&f.model, &f.navigator);
        f.show(view, {360, 400});
        QCOMPARE(view.count(), 2);
        QCOMPARE(view.questionAt(0), QString::fromStdString(f.whole.answers[0]->question));
        QCOMPARE(view.answerAt(1), QString::fromStdString(f.whole.answers[1]->text));
        QVERIFY(view.noteAt(0).contains(QString::number(f.whole.answers[0]->keptTokens)));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void settlesWhatStreamedIn() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        view.clearConversation();
        view.beginAnswer(QStringLiteral("Who?"));
        QVERIFY(view.isAwaiting());
        TraceBatch start;
        start.run = f.whole.run;
        f.model.append(start); // the run of this very question
        view.appendLiveText(QStringLiteral("The captain "));
        view.appendLiveText(QStringLiteral("wrote"));
        QCOMPARE(view.answerAt(0), QStringLiteral("The captain wrote"));
        TraceBatch end;
        end.answers = f.whole.answers;
        end.end = f.whole.end;
        f.model.append(end);
        QVERIFY(!view.isAwaiting());
        QCOMPARE(view.count(), 1);
        QCOMPARE(view.questionAt(0), QStringLiteral("Who?"));
        QCOMPARE(view.answerAt(0), QString::fromStdString(f.whole.answers[0]->text));
        view.appendLiveText(QStringLiteral("too late"));
        QCOMPARE(view.answerAt(0), QString::fromStdString(f.whole.answers[0]->text));
    }

    void keepsTheWordsOfARunThatWasStoppedOrFailed() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        view.beginAnswer(QStringLiteral("Who?"));
        TraceBatch start;
        start.run = f.whole.run;
        f.model.append(start);
        view.appendLiveText(QStringLiteral("The cap"));
        TraceBatch stop;
        stop.end = trace::RunEnd{trace::Outcome::stopped, {}, 0, 0, 0};
        f.model.append(stop);
        const int last = view.count() - 1;
        QCOMPARE(view.answerAt(last), QStringLiteral("The cap"));
        QVERIFY(view.noteAt(last).contains(QStringLiteral("stopped")));

        view.beginAnswer(QStringLiteral("What?"));
        f.model.append(start);
        TraceBatch failure;
        failure.end = trace::RunEnd{trace::Outcome::failed, "The memory is full.", 0, 0, 0};
        f.model.append(failure);
        QCOMPARE(view.noteAt(last + 1), QStringLiteral("The memory is full."));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void continuesAcrossRunsButGivesWayToARecording() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        QCOMPARE(view.count(), 1);
        view.beginAnswer(QStringLiteral("Again?"));
        f.model.append(f.whole);
        QCOMPARE(view.count(), 2);
        f.model.append(f.whole); // nobody asked: another recording
        QCOMPARE(view.count(), 1);
    }

    void keepsTheNewestQuestionAndItsFirstWordsInSight() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        f.show(view, {320, 240});
        auto* area = view.findChild<QScrollArea*>();
        const auto isInSight = [&](const QString& words) {
            QList<const QWidget*> places;
            for (const QLabel* label : view.findChildren<QLabel*>())
                if (label->text().startsWith(words))
                    places += label;
            for (const AnswerText* text : view.findChildren<AnswerText*>())
                if (text->toPlainText().startsWith(words))
                    places += text;
            for (const QWidget* place : places)
                return area->viewport()->rect().contains(place->mapTo(area->viewport(), QPoint(1, 1)));
            return false;
        };
        view.beginAnswer(QStringLiteral("A first question?"));
        view.breakOff(QStringLiteral("stopped"));
        view.beginAnswer(QStringLiteral("What else?"));
        for (int word = 0; word < 400; ++word)
            view.appendLiveText(QStringLiteral("word%1 ").arg(word));
        QTRY_VERIFY(area->verticalScrollBar()->maximum() > 400); // far longer than what can be seen
        QTRY_VERIFY(isInSight(QStringLiteral("What else?")));
        QVERIFY(isInSight(QStringLiteral("word0 ")));
        view.resize(280, 200);
        QCoreApplication::processEvents();
        QTRY_VERIFY(isInSight(QStringLiteral("What else?")));

        // Who scrolls on to read is left alone, until the next question.
        area->verticalScrollBar()->triggerAction(QScrollBar::SliderToMaximum);
        view.appendLiveText(QStringLiteral("and one more"));
        QTest::qWait(10);
        QVERIFY(!isInSight(QStringLiteral("What else?")));
        view.beginAnswer(QStringLiteral("And then?"));
        QTRY_VERIFY(isInSight(QStringLiteral("And then?")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void takesWordsForWords() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        view.beginAnswer(QStringLiteral("<b>?</b>"));
        view.appendLiveText(QStringLiteral("<img src='x'> & <a href='y'>z</a>"));
        f.show(view, {300, 300});
        view.grab();
        QCOMPARE(view.answerAt(view.count() - 1), QStringLiteral("<img src='x'> & <a href='y'>z</a>"));
        QCOMPARE(f.warnings.seen(), QStringList());
    }
};

QTEST_MAIN(TestAnswerView)
#include "test_answer_view.moc"
