// SPDX-License-Identifier: GPL-3.0-or-later
// Asking, watching, stopping and replaying in the window, with keys and mouse.
#include "app/window/runs_model.h"
#include "engine/select/method.h"
#include "engine/trace/recording_reader.h"
#include "tests/app/window_fixture.h"
#include "views/answer_view.h"
#include "views/replay_bar.h"
#include "views/survival_map.h"
#include "views/text_canvas.h"
#include "views/text_view.h"

#include <QFileDialog>
#include <QLabel>
#include <QListView>
#include <QMimeData>
#include <QToolButton>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

class TestWindowRuns : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void showsADocumentAndLetsAskAboutIt() {
        WindowFixture f;
        QVERIFY(f.openText());
        QVERIFY(!f.run()->isEnabled());
        QCOMPARE(f.run()->toolTip(), QStringLiteral("Type a question first."));
        QVERIFY(f.ask(QStringLiteral("What number?")));
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.window->model().run()->question, std::string("What number?"));
        QCOMPARE(f.window->parts().centre->currentWidget(), static_cast<QWidget*>(f.window->parts().run));
        QVERIFY(f.window->model().store().end());
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void stopsWithEscapeAndAsksAgain() {
        WindowFixture f(slowly(20));
        QVERIFY(f.openText());
        QVERIFY(f.ask(QStringLiteral("What number?")));
        QVERIFY(f.waitUntilReading());
        QCOMPARE(f.run()->text(), QStringLiteral("Stop"));
        QTest::keyClick(f.window.get(), Qt::Key_Escape);
        QVERIFY(f.waitUntilIdle());
        QVERIFY(*f.window->runs().lastStopMs() < 250);
        QVERIFY(f.window->model().stepCount() < 50);
        QCOMPARE(f.run()->text(), QStringLiteral("Ask"));
        QVERIFY(f.ask(QStringLiteral("And again?")));
        QVERIFY(f.waitUntilReading());
        QTest::mouseClick(f.run(), Qt::LeftButton);
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.diary->count("model loaded"), 1);
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void stopsWhileTheTextBecomesTokens() {
        FakeEngineOptions options;
        options.tokeniseMs = 60'000;
        WindowFixture f(options);
        QVERIFY(f.openText() && f.ask(QStringLiteral("What number?")));
        QTRY_VERIFY(
            f.window->parts().status->text().contains(QStringLiteral("Turning the text into tokens")));
        QCOMPARE(f.window->runs().state(), RunState::reading);
        QTest::keyClick(f.window.get(), Qt::Key_Escape);
        QVERIFY(f.waitUntilIdle());
        QVERIFY(*f.window->runs().lastStopMs() < 250);
        QVERIFY(f.ask(QStringLiteral("And again?")));
        f.window.reset(); // quitting stops it as well
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void asksAnotherQuestionWithoutClearingTheOneBefore() {
        WindowFixture f;
        QVERIFY(f.openText());
        QVERIFY(f.ask(QStringLiteral("The first?")));
        QVERIFY(f.waitUntilIdle());
        QTest::keyClicks(f.question(), QStringLiteral("The second?"));
        QCOMPARE(f.question()->text(), QStringLiteral("The second?"));
        f.window->parts().text->canvas()->setFocus();
        QTest::mouseClick(f.question(), Qt::LeftButton, {}, f.question()->rect().center());
        QTest::keyClicks(f.question(), QStringLiteral("The third?"));
        QCOMPARE(f.question()->text(), QStringLiteral("The third?"));
        QTest::mouseClick(f.question(), Qt::LeftButton, {}, f.question()->rect().center()); // then the cursor
        QVERIFY(!f.question()->hasSelectedText());
    }
    void showsARunThatIsAskedForFromCompare() {
        WindowFixture f;
        QVERIFY(f.openText());
        f.window->arrangement().go(Workspace::compare);
        QVERIFY(f.ask(QStringLiteral("Where is the answer?")));
        QVERIFY(f.waitUntilIdle());
        QVERIFY(f.window->parts().answers->isVisible());
    }
    void clearsTheSelectionWithEscapeWhileNothingRuns() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->navigator().lock(100, false);
        f.window->navigator().setRange(views::Navigator::TokenRange{5, 9});
        QTest::keyClick(f.window.get(), Qt::Key_Escape);
        QVERIFY(f.window->navigator().locked().empty());
        QVERIFY(!f.window->navigator().range());
    }
    void movesThroughARunWithKeys() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        views::Navigator& at = f.window->navigator();
        const int last = f.window->model().stepCount() - 1;
        QCOMPARE(at.step(), last);
        f.window->setFocus();
        QTest::keyClick(f.window.get(), Qt::Key_Left);
        QCOMPARE(at.step(), last - 1);
        QVERIFY(!at.following());
        QTest::keyClick(f.window.get(), Qt::Key_Home);
        QCOMPARE(at.step(), 0);
        QTest::keyClick(f.window.get(), Qt::Key_Right);
        QCOMPARE(at.step(), 1);
        QTest::keyClick(f.window.get(), Qt::Key_End);
        QCOMPARE(at.step(), last);
        QTest::keyClick(f.window.get(), Qt::Key_Home);
        QTest::keyClick(f.window.get(), Qt::Key_Space);
        QVERIFY(f.window->parts().replay->isPlaying());
        QTest::keyClick(f.window.get(), Qt::Key_Space);
        QVERIFY(!f.window->parts().replay->isPlaying());
    }
    void keepsTypingKeysInTheQuestion() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        const int step = f.window->navigator().step();
        f.question()->setFocus();
        f.question()->clear();
        QTest::keyClicks(f.question(), QStringLiteral("a d"));
        QTest::keyClick(f.question(), Qt::Key_Left);
        QTest::keyClick(f.question(), Qt::Key_Home);
        QCOMPARE(f.question()->text(), QStringLiteral("a d"));
        QCOMPARE(f.question()->cursorPosition(), 0);
        QCOMPARE(f.window->navigator().step(), step);
        QVERIFY(!f.window->parts().replay->isPlaying());
    }
    void givesTheKeysToTheReplayAfterAClickOnAPicture() {
        KeyGuard keys;
        qApp->installEventFilter(&keys);
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.question()->setFocus();
        auto* map = f.window->findChild<views::SurvivalMap*>();
        QTest::mouseClick(map, Qt::LeftButton, {}, map->mapArea().center());
        const int step = f.window->navigator().step();
        QTest::keyClick(f.window.get(), Qt::Key_Left);
        QCOMPARE(f.window->navigator().step(), step - 1);
        QVERIFY(!f.question()->hasFocus());
        QTest::mouseClick(f.question(), Qt::LeftButton);
        QVERIFY(f.question()->hasFocus());
    }
    void goesToWhereATokenWasDropped() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        const auto& store = f.window->model().store();
        int dropped = 0;
        while (!store.droppedAt(StreamPos(dropped)))
            ++dropped;
        f.window->navigator().lock(dropped, false);
        QTest::keyClick(f.window.get(), Qt::Key_D);
        QCOMPARE(f.window->navigator().step(), *store.droppedAt(StreamPos(dropped)));
    }
    void showsTheEnginesCounters() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        const auto& store = f.window->model().store();
        f.window->navigator().setStep(2);
        const MemoryMeter::Reading& reading = f.window->parts().top->meter()->reading();
        QCOMPARE(reading.keptTokens, qint64(store.steps()[2]->counts.kept));
        QCOMPARE(reading.keptBytes, quint64(store.applied()[2].bytesKept));
        QCOMPARE(reading.budgetTokens, qint64(store.run()->budget));
        QCOMPARE(reading.documentTokens, qint64(store.run()->streamTokens()));
    }
    void theMeterHasRoomForAMillionTokens() {
        MemoryMeter meter;
        MemoryMeter::Reading reading;
        reading.known = true;
        reading.documentTokens = 100'000;
        meter.setReading(reading);
        const int usual = meter.sizeHint().width();
        reading.documentTokens = 1'048'638;
        meter.setReading(reading);
        QVERIFY(meter.sizeHint().width() > usual);
    }
    void leavesTheShownRunForAnotherDocument() {
        WindowFixture f;
        const QString first = f.record(QStringLiteral("The first?"));
        QVERIFY(f.openText(QStringLiteral("other.txt")));
        QTRY_VERIFY(!f.window->model().run());
        QVERIFY(!f.window->parts().top->meter()->reading().known);
        QCOMPARE(f.window->parts().answers->count(), 0);
        QVERIFY(f.window->windowTitle().contains(QStringLiteral("other.txt")));
        f.window->openPath(first);
        QTRY_VERIFY(f.window->model().run());
        QTRY_COMPARE(f.window->parts().answers->count(), 1);
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void showsWhatWasOpenedLastWhateverIsThereFirst() {
        WindowFixture f;
        const QString recording = f.record();
        const QString other = f.writeFile(QStringLiteral("other.txt"), "Another text.\n");
        const auto showsOther = [&] {
            return !f.window->model().run() && f.window->windowTitle().contains(QStringLiteral("other.txt"));
        };
        const auto showsRun = [&] {
            return f.window->model().run() &&
                   f.question()->placeholderText().contains(QStringLiteral("letter.txt"));
        };
        f.window->openPath(other);
        f.window->openPath(recording);
        QTRY_VERIFY(showsRun());
        QTest::qWait(100); // longer than either takes
        QVERIFY(showsRun());
        for (int late = 0; late < 40; ++late) { // ms, so that the recording is at any point
            f.window->openPath(recording);
            QTest::qWait(late % 8);
            f.window->openPath(other);
            QTRY_VERIFY(showsOther());
        }
        QTest::qWait(100);
        QVERIFY(showsOther());
        f.window->openPath(recording);
        f.window->openPath(f.profile.filePath(QStringLiteral("gone.txt")));
        QTRY_VERIFY(showsRun());
        QVERIFY(f.message()->sentence().contains(QStringLiteral("gone.txt")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void watchesARunAgainAfterLookingAtAnotherDocument() {
        WindowFixture f(slowly(10));
        QVERIFY(f.openText());
        QVERIFY(f.ask(QStringLiteral("The live one?")));
        QVERIFY(f.waitUntilReading());
        QVERIFY(f.openText(QStringLiteral("other.txt")));
        QTRY_VERIFY(!f.window->model().run());
        QVERIFY(f.window->runs().isRunning());
        auto* list = f.window->parts().runs->findChild<QListView*>();
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                          list->visualRect(list->model()->index(0, 0)).center());
        QVERIFY(f.window->model().run());
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.window->parts().answers->questionAt(0), QStringLiteral("The live one?"));
        QCOMPARE(f.window->model().stepCount(), 50);
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void listsEveryRunAndShowsItAgain() {
        WindowFixture f;
        const QString first = f.record(QStringLiteral("The first?"));
        QVERIFY(!first.isEmpty());
        QVERIFY(f.ask(QStringLiteral("The second?")));
        QVERIFY(f.waitUntilIdle());
        auto* list = f.window->parts().runs->findChild<QListView*>();
        QVERIFY(QTest::qWaitFor([&] { return list->model()->rowCount() == 2; }));
        const int row = static_cast<RunsModel*>(list->model())->rowOf(first);
        QVERIFY(row >= 0);
        const QRect place = list->visualRect(list->model()->index(row, 0));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, place.center());
        QVERIFY(QTest::qWaitFor([&] { return f.window->model().run()->question == "The first?"; }));
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void followsANewRunFromItsFirstStep() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->navigator().setStep(0); // looking at something else
        QVERIFY(f.ask(QStringLiteral("And now?")));
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.window->navigator().step(), f.window->model().stepCount() - 1);
    }
    void letsARunGoOnWhileAnotherIsLookedAt() {
        WindowFixture f;
        const QString first = f.record(QStringLiteral("The first?"));
        f.options = slowly(40); // longer than opening the other takes
        f.open();
        QVERIFY(f.openText());
        QVERIFY(f.ask(QStringLiteral("The live one?")));
        QVERIFY(f.waitUntilReading());
        f.window->openPath(first);
        QVERIFY(QTest::qWaitFor([&] { return f.window->model().run()->question == "The first?"; }));
        QVERIFY(f.window->runs().isRunning());
        auto* list = f.window->parts().runs->findChild<QListView*>();
        const auto choosesTheLiveOne = [&] { // a list that arrives meanwhile takes the click with it
            QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                              list->visualRect(list->model()->index(0, 0)).center());
            return f.window->model().run()->question == "The live one?";
        };
        QVERIFY(QTest::qWaitFor(choosesTheLiveOne));
        QVERIFY(f.window->parts().answers->isAwaiting());
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.window->parts().answers->count(), 1);
        QCOMPARE(f.window->parts().answers->questionAt(0), QStringLiteral("The live one?"));
        QVERIFY(!f.window->parts().answers->answerAt(0).isEmpty());
        QCOMPARE(f.window->model().stepCount(), 50);
    }
    void closesInTheMiddleOfARun() {
        WindowFixture f(slowly(10));
        QVERIFY(f.openText());
        QVERIFY(f.ask(QStringLiteral("What number?")));
        QVERIFY(f.waitUntilReading(3));
        QVERIFY(f.window->close());
        f.window.reset();
        QCOMPARE(f.diary->count("engine gone"), 1);
        const QDir runs(f.profile.filePath(QStringLiteral("runs")));
        const QStringList names = runs.entryList({QStringLiteral("*.kvtrace")});
        QCOMPARE(names.size(), 1);
        QVERIFY(trace::checkRecording(runs.filePath(names.front()).toStdString()).ok());
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void doesNotWaitForAnAnswerThatCannotCome() {
        FakeEngineOptions options;
        options.failLoading = "The model file is broken.";
        WindowFixture f(options);
        QVERIFY(f.openText());
        QVERIFY(f.ask(QStringLiteral("What number?")));
        QVERIFY(f.waitUntilIdle());
        QVERIFY(!f.window->parts().answers->isAwaiting());
        QCOMPARE(f.window->parts().answers->noteAt(0), QString::fromStdString(options.failLoading));
        // What is wrong is the model, so that is the way on.
        QTest::mouseClick(f.message()->findChild<QPushButton*>(), Qt::LeftButton);
        auto* dialog = f.window->findChild<QFileDialog*>();
        QVERIFY(dialog && dialog->windowTitle().contains(QStringLiteral("model")));
        dialog->reject();
    }
    void saysWhatWentWrongInABarAndOffersTheWayOn() {
        FakeEngineOptions options;
        options.failAsking = "There was not enough memory for this budget: 512 would do.";
        WindowFixture f(options);
        QVERIFY(f.openText());
        QVERIFY(f.ask(QStringLiteral("What number?")));
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.message()->sentence(), QString::fromStdString(options.failAsking));
        QCOMPARE(f.message()->kind(), MessageBar::Kind::warning);
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void goesOnWithABudgetThatFitsAfterAnOutOfMemory() {
        FakeEngineOptions options;
        options.failAsking = "Not enough memory: a --budget of 512 tokens would fit.";
        options.fittingBudget = 512;
        WindowFixture f(options);
        QVERIFY(f.openText());
        f.window->parts().strategy->setSettings({{"budget", "2048"}});
        QVERIFY(f.ask(QStringLiteral("What number?")) && f.waitUntilIdle());
        QVERIFY(f.window->model().stepCount() > 0); // what was read so far stays
        QSignalSpy started(&f.window->runs(), &RunController::started);
        QTest::mouseClick(f.message()->findChild<QPushButton*>(), Qt::LeftButton);
        QCOMPARE(started.size(), 1);
        const auto request = started.first().first().value<RunRequest>();
        QCOMPARE(request.config.budget, 512);
        QCOMPARE(request.question, QStringLiteral("What number?"));
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void goesOnWhereTheDeviceIsLost() {
        FakeEngineOptions options;
        options.failAsking = "The GPU does not answer any more: the next question runs on the processor.";
        options.failsAs = ErrorCode::unavailable;
        WindowFixture f(options);
        QVERIFY(f.openText());
        QVERIFY(f.ask(QStringLiteral("What number?")) && f.waitUntilIdle());
        QCOMPARE(f.message()->sentence(), QString::fromStdString(options.failAsking));
        const QDir runs(f.profile.filePath(QStringLiteral("runs")));
        const QStringList recorded = runs.entryList({QStringLiteral("*.kvtrace")}, QDir::Files);
        QCOMPARE(recorded.size(), 1);
        QVERIFY(trace::checkRecording(runs.filePath(recorded.front()).toStdString()).ok());
        QSignalSpy started(&f.window->runs(), &RunController::started);
        QTest::mouseClick(f.message()->findChild<QPushButton*>(), Qt::LeftButton);
        QCOMPARE(started.size(), 1);
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.diary->count("model loaded"), 2); // where it lay is gone
    }
    void saysWhatAnAnswerWasReadForAndOffersTheOtherWay() {
        WindowFixture f;
        QVERIFY(f.openText());
        QVERIFY(f.ask(QStringLiteral("What number?")) && f.waitUntilIdle());
        views::AnswerView* answers = f.window->parts().answers;
        QVERIFY(answers->noteAt(0).startsWith(QStringLiteral("read for this question")));
        QVERIFY(answers->offerAt(0)->isVisible());
        QSignalSpy started(&f.window->runs(), &RunController::started);
        QTest::mouseClick(answers->offerAt(0), Qt::LeftButton);
        QCOMPARE(started.size(), 1);
        const auto request = started.first().first().value<RunRequest>();
        QVERIFY(select::promptOf(request.config) == select::Scoring::standing);
        QCOMPARE(request.question, QStringLiteral("What number?"));
        QVERIFY(f.waitUntilIdle());
    }
};

QTEST_MAIN(TestWindowRuns)
#include "test_window_runs.moc"
