// SPDX-License-Identifier: GPL-3.0-or-later
// What people do with a shown run: marks, comparison, export, and a run that was cut off.
#include "app/window/exporting.h"
#include "app/window/help_panel.h"
#include "app/window/reading_choice.h"
#include "app/window/teaching.h"
#include "tests/app/window_fixture.h"
#include "tests/paths.h"
#include "views/answer_view.h"
#include "views/compare_head.h"
#include "views/compare_view.h"
#include "views/models/needles.h"
#include "views/picture_views.h"
#include "views/selection_chip.h"
#include "views/survival_map.h"
#include "views/text_canvas.h"
#include "views/text_view.h"
#include "views/what_if_view.h"

#include <QAction>
#include <QComboBox>
#include <QDockWidget>
#include <QFileDialog>
#include <QLabel>
#include <QMenu>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

// Everything that stands in the head of the comparison.
QString namesOfCompared(const WindowFixture& f) {
    const views::CompareHead* head = f.window->parts().comparison->head();
    return head->textOfA() + QLatin1Char('\n') + head->textOfB();
}

// What a program that was killed leaves behind.
QByteArray noteOf(const QString& recording) {
    return "{\"recording\": \"" + recording.toUtf8() + "\", \"question\": \"What was recorded?\"}";
}

} // namespace

class TestWindowTools : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void asksWithPinnedAndEvictedTokens() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        QVERIFY(!f.window->actions().pin->isEnabled());
        f.window->navigator().setRange(views::Navigator::TokenRange{1000, 1004});
        QVERIFY(f.window->actions().pin->isEnabled());
        f.window->actions().pin->trigger();
        QVERIFY(
            f.window->parts().selection->text().contains(QStringLiteral("ask again (Ctrl+Shift+Return)")));
        f.window->navigator().setRange(views::Navigator::TokenRange{1100, 1100});
        f.window->actions().evict->trigger();
        QSignalSpy started(&f.window->runs(), &RunController::started);
        f.window->actions().askAgain->trigger();
        QCOMPARE(started.size(), 1);
        const auto request = started.first().first().value<RunRequest>();
        QCOMPARE(select::textOf(request.config.pins), std::string("1000-1004"));
        QCOMPARE(select::textOf(request.config.evictions), std::string("1100"));
        QVERIFY(f.waitUntilIdle());
        // The document stayed, and so do the marks; each can be taken back.
        f.window->actions().undo->trigger();
        QVERIFY(f.window->actions().releaseAll->isEnabled());
        f.window->actions().undo->trigger();
        QVERIFY(!f.window->actions().releaseAll->isEnabled());
        QVERIFY(!f.window->actions().undo->isEnabled());
        f.window->actions().redo->trigger();
        QVERIFY(f.window->actions().releaseAll->isEnabled());
    }

    void comparesTheShownRunWithAnotherOfTheList() {
        WindowFixture f;
        const QString first = f.record(QStringLiteral("First?"));
        QVERIFY(!first.isEmpty());
        QVERIFY(f.ask(QStringLiteral("Second?")) && f.waitUntilIdle());
        Q_EMIT f.window->parts().runs->compareRequested(first);
        QCOMPARE(f.window->arrangement().current(), Workspace::compare);
        views::CompareView* view = f.window->parts().comparison;
        QTRY_COMPARE(view->emptySentence(), QString());
        QCOMPARE(f.window->parts().text->canvas()->tint(),
                 views::TextTint::source); // who kept what, in the text
        // What speaks of one run says which.
        const auto title = [&f](const char* panel) {
            return f.window->parts().dock(QLatin1String(panel))->windowTitle();
        };
        QCOMPARE(title("token"), QStringLiteral("Token · A"));
        QCOMPARE(title("budget"), QStringLiteral("Budget · A"));
        QCOMPARE(title("needles"), QStringLiteral("Needles"));
        // Another run is shown: the names go with it.
        const auto nameOfA = [view] { return view->head()->textOfA().section(QStringLiteral(" · "), 0, 0); };
        const QString name = QFileInfo(first).completeBaseName();
        QVERIFY2(nameOfA() != name, qPrintable(nameOfA()));
        f.window->openPath(first);
        QTRY_COMPARE(nameOfA(), name);
        Q_EMIT view->closeRequested();
        QTRY_VERIFY(!view->emptySentence().isEmpty());
        QCOMPARE(title("token"), QStringLiteral("Token"));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void endsTheComparisonWhereAnotherDocumentIsShown() {
        WindowFixture f;
        qputenv("XDG_CACHE_HOME", f.profile.path().toUtf8());
        f.window->resize(1280, 800);
        const QString first = f.record(QStringLiteral("First?"));
        QVERIFY(f.ask(QStringLiteral("Second?")) && f.waitUntilIdle());
        Q_EMIT f.window->parts().runs->compareRequested(first);
        QTRY_COMPARE(f.window->parts().comparison->emptySentence(), QString());
        f.question()->setText(QStringLiteral("About the letter?"));
        f.window->openPath(unpackedResource(QStringLiteral(":/recordings/needle_found.kvtrace")));
        QTRY_COMPARE(f.window->model().stepCount(), 6);
        QTRY_VERIFY(!f.window->parts().text->tintSource());
        QVERIFY(f.window->parts().text->canvas()->tint() != views::TextTint::source);
        QCOMPARE(f.question()->text(), QString()); // it was about another text
        QCOMPARE(f.window->size(), QSize(1280, 800));
    }

    void neverHandsTheFocusToAButtonThatNobodyChose() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->arrangement().go(Workspace::inspect);
        f.window->activateWindow();
        auto* chosen = f.window->parts().strategy->findChild<QComboBox*>();
        QVERIFY(chosen);
        chosen->setFocus();
        QTRY_VERIFY(chosen->hasFocus());
        f.window->arrangement().go(Workspace::read); // has no strategy
        QTRY_VERIFY(!chosen->hasFocus());
        QTest::qWait(20);
        const QWidget* now = f.window->focusWidget();
        QVERIFY(now);
        QVERIFY2(!f.window->parts().top->isAncestorOf(now) || now == f.question(),
                 now->metaObject()->className());
    }

    void saysWhyARecordingCannotBeComparedWith() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        Q_EMIT f.window->parts().runs->compareRequested(
            f.writeFile(QStringLiteral("broken.kvtrace"), "no recording"));
        QTRY_VERIFY(f.message()->sentence().contains(QStringLiteral("broken.kvtrace")));
    }

    void writesAViewWithItsNumbersAndSaysWhere() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        auto* exporting = f.window->findChild<Exporting*>();
        const QString picture = f.profile.filePath(QStringLiteral("map.png"));
        exporting->write(QStringLiteral("map"), picture);
        QVERIFY2(QFile::exists(picture), qPrintable(f.message()->sentence()));
        QVERIFY(QFile::exists(f.profile.filePath(QStringLiteral("map.csv"))));
        QVERIFY(f.message()->sentence().contains(picture));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("map.csv")));
        exporting->write(QStringLiteral("scores"), f.profile.filePath(QStringLiteral("scores.json")));
        QVERIFY(QFile::exists(f.profile.filePath(QStringLiteral("scores.json"))));
        exporting->write(QStringLiteral("map"), f.profile.filePath(QStringLiteral(".png")));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("no name")));
        QVERIFY(!QFile::exists(f.profile.filePath(QStringLiteral(".png"))));
        exporting->write(QStringLiteral("map"), f.profile.filePath(QStringLiteral("nowhere/map.png")));
        QCOMPARE(f.message()->kind(), MessageBar::Kind::warning);
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void offersAComparisonAndNeedlesWhereThereAreSome() {
        WindowFixture f;
        const QString first = f.record(QStringLiteral("First?"));
        QVERIFY(f.ask(QStringLiteral("Second?")) && f.waitUntilIdle());
        auto* exporting = f.window->findChild<Exporting*>();
        const auto offers = [exporting](std::string_view name) {
            const auto views = exporting->offered();
            return std::any_of(views.begin(), views.end(),
                               [name](const views::DrawableView* view) { return view->name == name; });
        };
        QVERIFY(offers("map") && !offers("comparison") && !offers("difference") && !offers("needles"));
        Q_EMIT f.window->parts().runs->compareRequested(first);
        QTRY_VERIFY(offers("comparison") && offers("difference"));
        f.window->marking().needles()->add({{30, 40}});
        QVERIFY(offers("needles"));
        for (const char* view : {"comparison", "difference", "needles", "map"}) {
            const QString picture = f.profile.filePath(QLatin1String(view) + QStringLiteral(".svg"));
            exporting->write(QLatin1String(view), picture);
            QVERIFY2(QFile::exists(picture), qPrintable(f.message()->sentence()));
            QVERIFY(QFile::exists(f.profile.filePath(QLatin1String(view) + QStringLiteral(".csv"))));
        }
        QFile json(f.profile.filePath(QStringLiteral("two.json")));
        exporting->write(QStringLiteral("comparison"), json.fileName());
        QVERIFY(json.open(QIODevice::ReadOnly));
        QVERIFY(json.readAll().contains(QFileInfo(first).fileName().toUtf8()));
        f.window->arrangement().go(Workspace::compare);
        f.window->actions().exportView->trigger(); // what is looked at comes first
        auto* dialog = f.window->findChild<QFileDialog*>();
        QVERIFY(dialog->selectedFiles().front().endsWith(QStringLiteral("-difference.png")));
        dialog->reject();
        Q_EMIT f.window->parts().comparison->closeRequested();
        QTRY_VERIFY(!offers("comparison"));
        exporting->write(QStringLiteral("comparison"), f.profile.filePath(QStringLiteral("gone.png")));
        QCOMPARE(f.message()->kind(), MessageBar::Kind::warning);
        QVERIFY(!QFile::exists(f.profile.filePath(QStringLiteral("gone.png"))));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void takesAwayWhatWasSaidOfARecordingThatIsShownNoMore() {
        WindowFixture f;
        const QString own = f.record();
        QVERIFY(!own.isEmpty());
        qputenv("XDG_CACHE_HOME", f.profile.path().toUtf8());
        f.window->actions().lessons.front()->trigger();
        QTRY_COMPARE(f.window->model().stepCount(), 6);
        const QString said = f.message()->sentence();
        QVERIFY(said.contains(QLatin1String(teaching().front().says)));
        f.window->openPath(own);
        QTRY_VERIFY(f.message()->sentence().isEmpty());
    }

    void opensTheRecordingsForTeaching() {
        WindowFixture f;
        qputenv("XDG_CACHE_HOME", f.profile.path().toUtf8());
        f.window->resize(1280, 800);
        QVERIFY(!teaching().empty());
        for (std::size_t i = 0; i < teaching().size(); ++i) {
            const Lesson& lesson = teaching()[i];
            f.window->actions().lessons[static_cast<qsizetype>(i)]->trigger();
            QTRY_COMPARE(f.window->arrangement().current(),
                         lesson.beside ? Workspace::compare : Workspace::teach);
            if (lesson.beside) {
                QTRY_COMPARE(f.window->parts().comparison->emptySentence(), QString());
                QTRY_VERIFY2(
                    namesOfCompared(f).contains(QFileInfo(QLatin1String(lesson.resource)).baseName()),
                    qPrintable(namesOfCompared(f)));
                QVERIFY(namesOfCompared(f).contains(QFileInfo(QLatin1String(lesson.beside)).baseName()));
            }
            QTRY_COMPARE(f.window->model().stepCount(), 6);
            QTRY_VERIFY(f.window->model().text().text().contains(QLatin1String(lesson.needle)));
            QVERIFY(f.message()->sentence().contains(QLatin1String(lesson.says)));
            QTRY_COMPARE(f.window->marking().needles()->ranges().size(), std::size_t{1});
        }
        // They are the program's own: nobody opened a file.
        QVERIFY(!f.window->actions().recent()->isEnabled());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void offersARunThatWasCutOff() {
        WindowFixture f;
        const QString recording = f.record();
        QVERIFY(!recording.isEmpty());
        f.window->close();
        QCOMPARE(f.notes(), QStringList());                                       // it ended by itself
        QVERIFY(QFile::remove(f.profile.filePath(QStringLiteral("window.ini")))); // else it is shown anyway
        f.writeFile(QStringLiteral("runs/unfinished"), noteOf(recording));
        f.open();
        QVERIFY(f.message()->sentence().contains(QFileInfo(recording).fileName()));
        QTest::mouseClick(f.message()->findChild<QPushButton*>(), Qt::LeftButton);
        QTRY_VERIFY(f.window->model().stepCount() > 0);
        QCOMPARE(f.notes(), QStringList());
    }

    void offersACutOffRunWhateverStandsBesideIt() {
        WindowFixture f;
        const QString recording = f.record();
        f.window->close();
        QVERIFY(QFile::remove(f.profile.filePath(QStringLiteral("window.ini"))));
        f.writeFile(QStringLiteral("runs/") + QFileInfo(recording).fileName() + QStringLiteral("-wal"),
                    "mine");
        f.writeFile(QStringLiteral("runs/unfinished"), noteOf(recording));
        f.open();
        QVERIFY(f.message()->sentence().contains(QFileInfo(recording).fileName()));
        QCOMPARE(f.notes(), QStringList());
    }

    void leavesANoteWhileARunGoesOn() {
        WindowFixture f(slowly(5));
        QVERIFY(f.openText() && f.ask(QStringLiteral("Who?")) && f.waitUntilReading());
        QCOMPARE(f.notes().size(), 1);
        f.window->actions().escape->trigger();
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.notes(), QStringList());
    }

    void readsOnceForAnyQuestionWhereThatIsChosen() {
        FakeEngineOptions options;
        options.remembers = true;
        WindowFixture f(options);
        QVERIFY(f.openText());
        auto* way = f.window->findChild<QComboBox*>(QStringLiteral("readingWay"));
        auto* looksFor = f.window->findChild<QLineEdit*>(QStringLiteral("standingPrompt"));
        QVERIFY(!looksFor->isVisible());
        way->setCurrentIndex(1);
        Q_EMIT way->activated(1);
        QTRY_VERIFY(looksFor->isVisible());
        QVERIFY(!looksFor->text().isEmpty());
        QVERIFY(f.ask(QStringLiteral("First?")) && f.waitUntilIdle());
        QVERIFY(f.ask(QStringLiteral("Second?")) && f.waitUntilIdle());
        QCOMPARE(f.diary->count("session opened"), 1);
        QCOMPARE(f.window->parts().answers->count(), 2);
        QCOMPARE(f.window->model().store().answers().size(), std::size_t{2});
        way->setCurrentIndex(0);
        Q_EMIT way->activated(0);
        QTRY_VERIFY(!looksFor->isVisible());
        QVERIFY(f.ask(QStringLiteral("Third?")) && f.waitUntilIdle());
        QCOMPARE(f.diary->count("session opened"), 2);
    }

    void saysBeforeARunWhatItWillTake() {
        WindowFixture f;
        QVERIFY(f.openText());
        f.window->openPath(QStringLiteral(KVPRISM_TEST_DATA "/model/families/llama2"));
        const auto status = [&] { return f.window->parts().status->text(); };
        QTRY_VERIFY(status().contains(QStringLiteral("tokens to read")));
        QVERIFY(status().contains(QStringLiteral("of weights")));
        QVERIFY(!status().contains(QStringLiteral(" s;"))); // nothing was timed yet
        Settings settings(f.profile.filePath(QStringLiteral("window.ini")));
        settings.setReadingRate(QStringLiteral("a"), 250);
        QCOMPARE(settings.readingRate(QStringLiteral("a")), 250.0);
        QCOMPARE(settings.readingRate(QStringLiteral("b")), 0.0);
    }

    void followsInTheTextWhatIsBeingRead() {
        WindowFixture f(slowly(10));
        QVERIFY(f.openText());
        QSignalSpy revealed(&f.window->navigator(), &views::Navigator::revealRequested);
        QVERIFY(f.ask(QStringLiteral("Who?")) && f.waitUntilReading(5));
        QVERIFY(!revealed.isEmpty());
        QCOMPARE(revealed.last().first().toInt(), f.window->model().store().steps().back()->end.value - 1);
        f.window->navigator().lock(10, false); // somebody looks at something
        revealed.clear();
        const int steps = f.window->model().stepCount();
        QTRY_VERIFY(f.window->model().stepCount() > steps + 2);
        QVERIFY(revealed.isEmpty());
        f.window->actions().escape->trigger();
        QVERIFY(f.waitUntilIdle());
    }

    void saysThatTheModelIsBusyWhereAnotherQuestionIsSent() {
        WindowFixture f(slowly(10));
        QVERIFY(f.openText() && f.ask(QStringLiteral("Who?")) && f.waitUntilReading());
        QTest::keyClick(f.question(), Qt::Key_Return);
        QVERIFY(f.message()->sentence().contains(QStringLiteral("question before")));
        QTest::mouseClick(f.message()->findChild<QPushButton*>(), Qt::LeftButton);
        QVERIFY(f.waitUntilIdle());
    }

    void forgetsTheQuestionOfAnotherDocument() {
        WindowFixture f;
        QVERIFY(f.openText());
        f.question()->setText(QStringLiteral("Who?"));
        QVERIFY(f.openText(QStringLiteral("other.txt")));
        QCOMPARE(f.question()->text(), QString());
    }

    void runsAPredictionForReal() {
        WindowFixture f;
        QVERIFY(!f.record(QStringLiteral("What was predicted?")).isEmpty());
        QSignalSpy started(&f.window->runs(), &RunController::started);
        select::WhatIf changed;
        changed.budget = 300;
        Q_EMIT f.window->parts().whatIf->runRequested(changed);
        QCOMPARE(started.size(), 1);
        const auto request = started.first().first().value<RunRequest>();
        QCOMPARE(request.config.budget, 300);
        QCOMPARE(request.question, QStringLiteral("What was predicted?"));
        QVERIFY(f.waitUntilIdle());
    }

    void keepsTheChosenStrategyWhereAPredictionIsRun() {
        WindowFixture f;
        QVERIFY(!f.record(QStringLiteral("What was predicted?")).isEmpty());
        f.window->parts().strategy->choose("budget", "777");
        const auto chosen = f.window->parts().strategy->settings();
        select::WhatIf changed;
        changed.budget = 300;
        Q_EMIT f.window->parts().whatIf->runRequested(changed);
        QVERIFY(f.window->parts().strategy->settings() == chosen);
        QVERIFY(f.message()->sentence().contains(QStringLiteral("Strategy panel keeps")));
        QTest::mouseClick(f.message()->findChild<QPushButton*>(), Qt::LeftButton); // or takes it over
        QCOMPARE(f.window->parts().strategy->config()->budget, 300);
        QVERIFY(f.waitUntilIdle());
    }

    void runsAnotherStrategyBesideTheShownRun() {
        WindowFixture f;
        const QString first = f.record(QStringLiteral("What differs?"));
        QVERIFY(!first.isEmpty());
        QAction* beside = f.window->actions().runBeside;
        QVERIFY(!beside->isEnabled()); // the same would come out
        QVERIFY(beside->toolTip().contains(QStringLiteral("Change an option")));
        f.window->arrangement().go(Workspace::compare);
        QVERIFY(f.window->parts().dock(QStringLiteral("strategy"))->isVisible());
        f.window->parts().strategy->choose("budget", "300");
        QTRY_VERIFY(beside->isEnabled());
        auto* button = f.window->parts().strategy->findChild<QPushButton*>();
        QVERIFY(button && button->isVisible() && button->isEnabled());
        QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(f.window->runs().isRunning());
        QVERIFY(f.waitUntilIdle());
        QTRY_COMPARE(f.window->parts().comparison->emptySentence(), QString());
        // A is the run that was shown, B the new one.
        QTRY_COMPARE(f.window->parts().comparison->head()->textOfA().section(QStringLiteral(" · "), 0, 0),
                     QFileInfo(first).completeBaseName());
        QVERIFY(f.window->model().run()->budget != 300);
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void proposesANameForAnExport() {
        WindowFixture f;
        const QString recording = f.record();
        QVERIFY(!recording.isEmpty());
        f.window->actions().exportView->trigger();
        auto* dialog = f.window->findChild<QFileDialog*>();
        QVERIFY(dialog);
        QCOMPARE(QFileInfo(dialog->selectedFiles().front()).fileName(),
                 QFileInfo(recording).completeBaseName() + QStringLiteral("-map.png"));
        dialog->reject();
        f.window->findChild<Exporting*>()->setRecording({}); // a run without a title
        QTRY_VERIFY(!f.window->findChild<QFileDialog*>());
        f.window->actions().exportView->trigger();
        dialog = f.window->findChild<QFileDialog*>();
        QCOMPARE(QFileInfo(dialog->selectedFiles().front()).fileName(), QStringLiteral("map.png"));
        dialog->reject();
    }

    void helpsInTheWindowWithAllKeys() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        QDockWidget* dock = f.window->parts().dock(QStringLiteral("help"));
        QVERIFY(dock->isHidden());
        QTest::keyClick(f.window.get(), Qt::Key_F1);
        QTRY_VERIFY(dock->widget()->isVisible());
        const QString page = f.window->parts().help->text();
        for (const QAction* action : f.window->actions().findChildren<QAction*>()) {
            const QString name = QString(action->text()).remove(QLatin1Char('&'));
            QVERIFY2(page.contains(name), qPrintable(name));
            QVERIFY2(page.contains(action->shortcut().toString(QKeySequence::NativeText)), qPrintable(name));
        }
        QVERIFY(!QApplication::activeModalWidget());
        QTest::keyClick(f.window.get(), Qt::Key_F1);
        QTRY_VERIFY(dock->isHidden());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void searchesTheTextFromAnywhereAndOpensTheMenusByKey() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->activateWindow();
        f.window->arrangement().go(Workspace::teach); // has no text
        QTest::keyClick(f.window.get(), Qt::Key_F, Qt::ControlModifier);
        QVERIFY(f.window->parts().text->isVisible());
        QVERIFY(f.window->parts().text->isAncestorOf(f.window->focusWidget()));
        f.window->parts().text->canvas()->setFocus();
        f.window->parts().text->closeSearch();
        QTest::keyClick(f.window->parts().text->canvas(), Qt::Key_F, Qt::ControlModifier);
        QTRY_VERIFY(qobject_cast<QLineEdit*>(f.window->focusWidget()));
        QTest::keyClick(f.window.get(), Qt::Key_F10);
        QTRY_VERIFY(QApplication::activePopupWidget());
        QApplication::activePopupWidget()->close(); // of which the offscreen platform complains
    }
};

QTEST_MAIN(TestWindowTools)
#include "test_window_tools.moc"
