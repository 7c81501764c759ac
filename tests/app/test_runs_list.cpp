// SPDX-License-Identifier: GPL-3.0-or-later
// The runs list: what tells its entries apart, what they look like in a comparison, and how they are thrown
// away.
#include "app/window/run_options.h"
#include "app/window/runs_model.h"
#include "app/window/runs_panel.h"
#include "engine/trace/recording_reader.h"
#include "engine/trace/recording_writer.h"
#include "tests/app/window_fixture.h"
#include "views/compare_view.h"

#include <QListView>
#include <QMenu>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

trace::Run runWith(const select::Settings& settings) {
    trace::Run run;
    run.config = select::settingsOf(*select::configFrom(settings));
    run.budget = 512;
    run.blockSize = 512;
    return run;
}

QString wordsOf(const select::Settings& settings) {
    const RunOptions options = optionsOf(runWith(settings));
    QStringList words{options.method, options.reading};
    words += options.marks;
    words += options.others;
    words.removeAll(QString());
    return words.join(QStringLiteral(", "));
}

// A window with two runs in its list, of which the second is shown.
class TwoRuns : public WindowFixture {
  public:
    explicit TwoRuns(const FakeEngineOptions& engine = {}) : WindowFixture(engine) {
        throwAway = [this](const QString& path, QString* to) {
            *to = profile.filePath(QStringLiteral("trash/") + QFileInfo(path).fileName());
            return hasTrash && QDir(profile.path()).mkpath(QStringLiteral("trash")) &&
                   QFile::rename(path, *to);
        };
        open();
        first = record(QStringLiteral("First?"));
        const bool asked = ask(QStringLiteral("Second?")) && waitUntilIdle();
        ready = asked && QTest::qWaitFor([this] { return list()->model()->rowCount() == 2; });
        second = list()->model()->index(0, 0).data(RunsModel::PathRole).toString();
    }
    QListView* list() { return window->parts().runs->findChild<QListView*>(); }
    RunsModel* runs() { return static_cast<RunsModel*>(list()->model()); }
    QModelIndex entry(const QString& path) { return runs()->index(runs()->rowOf(path)); }
    QPushButton* wayOn() { return message()->findChild<QPushButton*>(); }
    void press(Qt::Key key, const QString& path) {
        list()->setFocus();
        list()->setCurrentIndex(entry(path));
        QTest::keyClick(list(), key);
    }
    QMenu* menuAt(const QString& path) {
        const QPoint place = list()->visualRect(entry(path)).center();
        QTest::mousePress(list()->viewport(), Qt::RightButton, {}, place);
        QTest::mouseRelease(list()->viewport(), Qt::RightButton, {}, place);
        QContextMenuEvent event(QContextMenuEvent::Mouse, place, list()->viewport()->mapToGlobal(place));
        QCoreApplication::sendEvent(list()->viewport(), &event);
        const auto menus = window->parts().runs->findChildren<QMenu*>();
        return menus.isEmpty() ? nullptr : menus.back();
    }
    bool waitForRows(int rows) {
        return QTest::qWaitFor([this, rows] { return list()->model()->rowCount() == rows; });
    }

    bool hasTrash = true;
    bool ready = false;
    QString first, second;
};

QAction* entryNamed(const QMenu* menu, const QString& word) {
    for (QAction* action : menu->actions())
        if (action->text().remove(QLatin1Char('&')).contains(word))
            return action;
    return nullptr;
}

// A run that was stopped before its first block, as other versions have left them behind.
void recordWithoutSteps(const QString& from, const QString& to) {
    const auto reader = trace::RecordingReader::open(from.toStdString());
    auto writer = trace::RecordingWriter::create(to.toStdString());
    (*writer)->runStarted((*reader)->run());
    (*writer)->runEnded({trace::Outcome::stopped, {}, 0, 0, 0});
}

} // namespace

class TestRunsList : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void givesEveryEntryTheHeightOfItsWordsAtAnyWidth() {
        TwoRuns f;
        QVERIFY(f.ready);
        f.window->resize(1280, 800);
        for (const int width : {120, 400, 160}) {
            f.window->resizeDocks({f.window->parts().dock(QStringLiteral("runs"))}, {width}, Qt::Horizontal);
            for (const QString& path : {f.first, f.second})
                QTRY_COMPARE(f.list()->visualRect(f.entry(path)).height(),
                             f.list()->sizeHintForIndex(f.entry(path)).height());
        }
    }
    void saysInFewWordsWhatARunWasAskedFor() {
        QCOMPARE(wordsOf({}), QStringLiteral("Peak, for this question"));
        QCOMPARE(wordsOf({{"scoring", "standing"}}), QStringLiteral("Peak, for any question"));
        QCOMPARE(wordsOf({{"method", "recency"}}), QStringLiteral("Recency"));
        QCOMPARE(wordsOf({{"preset", "laser-kv"}}), QStringLiteral("LASER-KV, for this question"));
        QCOMPARE(wordsOf({{"method", "hybrid"}, {"hybrid-secondary", "peak"}}),
                 QStringLiteral("Exact attention + Peak, for this question"));
        QCOMPARE(wordsOf({{"mode", "accumulate"}, {"seed", "2"}}),
                 QStringLiteral("Peak, accumulating, for this question, seed 2"));
        QCOMPARE(wordsOf({{"pin", "120-123,400"}, {"evict", "7"}, {"dense-reference", "on"}}),
                 QStringLiteral("Peak, for this question, 5 pinned, 1 evicted, with a dense run"));
    }

    void tellsRunsOfTheSameQuestionApart() {
        FakeEngineOptions options;
        options.remembers = true;
        WindowFixture f(options);
        f.window->parts().strategy->setSettings({{"scoring", "standing"}});
        const QString recording = f.record();
        QVERIFY(f.ask(QStringLiteral("And further?")) && f.waitUntilIdle());
        auto* list = f.window->parts().runs->findChild<QListView*>();
        const auto detail = [&] { return list->model()->index(0, 0).data(RunsModel::DetailRole).toString(); };
        QTRY_VERIFY2(detail().contains(QStringLiteral("+1 question")), qPrintable(detail()));
        QVERIFY2(detail().startsWith(QStringLiteral("Peak · ")), qPrintable(detail()));
        QVERIFY2(detail().contains(QStringLiteral("512 of 3,000")), qPrintable(detail()));
        const auto told = list->model()->index(0, 0).data(Qt::AccessibleDescriptionRole).toString();
        QVERIFY(told.contains(detail()));
        QVERIFY(!recording.isEmpty());
    }

    void leavesTheShownRunMarkedWhereAnotherIsClickedWithTheRightButton() {
        TwoRuns f;
        QVERIFY(f.ready);
        QCOMPARE(f.list()->currentIndex(), f.entry(f.second));
        QMenu* menu = f.menuAt(f.first);
        QVERIFY(menu);
        QCOMPARE(f.list()->currentIndex(), f.entry(f.second));
        QVERIFY(f.entry(f.second).data(RunsModel::ShownRole).toBool());
        QVERIFY(!f.entry(f.first).data(RunsModel::ShownRole).toBool());
        entryNamed(menu, QStringLiteral("Compare"))->trigger(); // of the one below the mouse
        QTRY_COMPARE(f.window->parts().comparison->emptySentence(), QString());
        menu->close();
    }

    void marksBothRunsOfAComparison() {
        TwoRuns f;
        QVERIFY(f.ready);
        f.press(Qt::Key_C, f.first);
        QTRY_COMPARE(f.window->parts().comparison->emptySentence(), QString());
        QCOMPARE(f.entry(f.second).data(RunsModel::ComparedRole).toString(), QStringLiteral("A"));
        QCOMPARE(f.entry(f.first).data(RunsModel::ComparedRole).toString(), QStringLiteral("B"));
        QVERIFY(f.entry(f.first).data(Qt::AccessibleDescriptionRole).toString().startsWith(QLatin1Char('B')));
        Q_EMIT f.window->parts().comparison->closeRequested();
        QTRY_COMPARE(f.entry(f.first).data(RunsModel::ComparedRole).toString(), QString());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void comparesNothingWithARunWithoutSteps() {
        TwoRuns f;
        QVERIFY(f.ready);
        const QString empty = f.profile.filePath(QStringLiteral("runs/empty.kvtrace"));
        recordWithoutSteps(f.first, empty);
        f.open();
        QVERIFY(f.waitForRows(3));
        QTRY_VERIFY(f.window->model().stepCount() > 0);
        QMenu* menu = f.menuAt(empty);
        QVERIFY(!entryNamed(menu, QStringLiteral("Compare"))->isEnabled());
        QVERIFY(entryNamed(menu, QStringLiteral("Compare"))->toolTip().contains(QStringLiteral("no steps")));
        menu->close();
        f.press(Qt::Key_C, empty);
        QVERIFY(f.message()->sentence().contains(QStringLiteral("no steps")));
        QVERIFY(!f.window->parts().comparison->emptySentence().isEmpty());
        const QString elsewhere = f.profile.filePath(QStringLiteral("elsewhere.kvtrace")); // not in the list
        QVERIFY(QFile::copy(empty, elsewhere));
        Q_EMIT f.window->parts().runs->compareRequested(elsewhere);
        QTRY_VERIFY(f.message()->sentence().contains(QStringLiteral("elsewhere.kvtrace")));
        QVERIFY(!f.window->parts().comparison->emptySentence().isEmpty());
    }

    void throwsARunAwayAndPutsItBack() {
        TwoRuns f;
        QVERIFY(f.ready);
        const QString memory = memoryBeside(f.first);
        QFile(memory).open(QIODevice::WriteOnly);
        f.press(Qt::Key_Delete, f.first);
        QVERIFY(!QFile::exists(f.first) && !QFile::exists(memory));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("“First?” was moved to the trash")));
        QVERIFY(f.waitForRows(1));
        QCOMPARE(f.window->model().run()->question, std::string("Second?")); // nothing else changes
        QCOMPARE(f.wayOn()->text(), QStringLiteral("Undo"));
        QTest::mouseClick(f.wayOn(), Qt::LeftButton);
        QVERIFY(QFile::exists(f.first) && QFile::exists(memory));
        QVERIFY(f.waitForRows(2));
        QVERIFY(trace::checkRecording(f.first.toStdString()).ok());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void showsTheNextRunWhereTheShownOneIsThrownAway() {
        TwoRuns f;
        QVERIFY(f.ready);
        QVERIFY(f.window->actions().deleteRun->isEnabled());
        f.window->actions().deleteRun->trigger();
        QVERIFY(!QFile::exists(f.second));
        QTRY_VERIFY(f.window->model().run() && f.window->model().run()->question == "First?");
        QVERIFY(f.waitForRows(1));
        f.window->actions().deleteRun->trigger();
        QTRY_VERIFY(!f.window->model().run());
        QVERIFY(!f.window->actions().deleteRun->isEnabled());
        QCOMPARE(f.window->actions().deleteRun->toolTip(), QStringLiteral("Show a recorded run first."));
        QTest::mouseClick(f.wayOn(), Qt::LeftButton); // and it is shown again
        QTRY_VERIFY(f.window->model().run() && f.window->model().run()->question == "First?");
    }

    void endsAComparisonWithARunThatIsThrownAway() {
        TwoRuns f;
        QVERIFY(f.ready);
        f.press(Qt::Key_C, f.first);
        QTRY_COMPARE(f.window->parts().comparison->emptySentence(), QString());
        f.press(Qt::Key_Delete, f.first);
        QTRY_VERIFY(!f.window->parts().comparison->emptySentence().isEmpty());
        QCOMPARE(f.window->model().run()->question, std::string("Second?"));
    }

    void deletesForGoodOnlyWhereItIsAskedTwice() {
        TwoRuns f;
        QVERIFY(f.ready);
        f.hasTrash = false;
        f.press(Qt::Key_Delete, f.first);
        QVERIFY(QFile::exists(f.first));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("no trash")));
        QCOMPARE(f.wayOn()->text(), QStringLiteral("Delete for good"));
        QTest::mouseClick(f.wayOn(), Qt::LeftButton);
        QVERIFY(!QFile::exists(f.first));
        QVERIFY(f.waitForRows(1));
        QVERIFY(!f.wayOn()->isVisible()); // there is no way back
    }

    void keepsWhatComesWithTheProgramAndWhatIsBeingWritten() {
        TwoRuns f(slowly(20));
        QVERIFY(f.ready);
        QVERIFY(f.ask(QStringLiteral("Third?")));
        QTRY_VERIFY(f.window->model().run() && f.window->model().run()->question == "Third?");
        QVERIFY(f.waitUntilReading());
        f.window->actions().deleteRun->trigger(); // disabled
        f.press(Qt::Key_Delete, f.runs()->index(0).data(RunsModel::PathRole).toString());
        QVERIFY(f.message()->sentence().contains(QStringLiteral("stop it (Esc)")));
        QVERIFY(QFile::exists(f.runs()->index(0).data(RunsModel::PathRole).toString()));
        f.window->actions().escape->trigger();
        QVERIFY(f.waitUntilIdle());
        f.sample = f.first;
        f.open();
        QVERIFY(QTest::qWaitFor([&] { return f.runs()->rowOf(f.first) >= 0; }));
        f.press(Qt::Key_Delete, f.first);
        QVERIFY(f.message()->sentence().contains(QStringLiteral("comes with KVPrism")));
        QVERIFY(QFile::exists(f.first));
    }

    // What is asked next must not be written into a file that lies in the trash.
    void recordsAnewAfterTheRunThatHoldsTheMemoryIsThrownAway() {
        FakeEngineOptions options;
        options.remembers = true;
        TwoRuns f(options);
        f.window->parts().strategy->setSettings({{"scoring", "standing"}});
        QVERIFY(f.ask(QStringLiteral("Held?")) && f.waitUntilIdle());
        QVERIFY(f.window->runs().held());
        const QString held = f.runs()->index(0).data(RunsModel::PathRole).toString();
        f.window->actions().deleteRun->trigger();
        QVERIFY(!f.window->runs().held());
        QVERIFY(f.waitForRows(2));
        QVERIFY(f.ask(QStringLiteral("Held?")) && f.waitUntilIdle());
        QVERIFY(f.waitForRows(3));
        QVERIFY(trace::checkRecording(f.runs()->index(0).data(RunsModel::PathRole).toString().toStdString())
                    .ok());
        QVERIFY(!held.isEmpty());
    }

    void findsTheDesktopsTrash() {
        QTemporaryDir profile;
        qputenv("XDG_DATA_HOME", profile.path().toUtf8());
        const QString recording = profile.filePath(QStringLiteral("run.kvtrace"));
        QFile file(recording);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        RunTrash trash(RunTrash::toDesktopsTrash);
        if (trash.throwAway(recording)) {
            QVERIFY(!QFile::exists(recording));
            QVERIFY(trash.putBack().ok());
        }
        QVERIFY(QFile::exists(recording)); // back, or where there is no trash never gone
        QVERIFY(!trash.throwAway(profile.filePath(QStringLiteral("nowhere.kvtrace"))).ok());
    }

    void takesNoOtherFolderForTheTrash() {
        QTemporaryDir profile, here;
        qputenv("XDG_DATA_HOME", profile.path().toUtf8());
        QFile noTrash(profile.filePath(QStringLiteral("Trash")));
        QVERIFY(noTrash.open(QIODevice::WriteOnly));
        QFile recording(profile.filePath(QStringLiteral("run.kvtrace")));
        QVERIFY(recording.open(QIODevice::WriteOnly));
        const QString before = QDir::currentPath();
        QVERIFY(QDir::setCurrent(here.path()));
        RunTrash trash(RunTrash::toDesktopsTrash);
        QVERIFY(!trash.throwAway(recording.fileName()).ok());
        QVERIFY(recording.exists());
        QVERIFY(QDir(here.path()).isEmpty());
        QVERIFY(QDir::setCurrent(before));
    }

    void triesAgainToPutBackWhatWasInTheWay() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("run.kvtrace"));
        const auto write = [&path] {
            QFile file(path);
            return file.open(QIODevice::WriteOnly);
        };
        QVERIFY(write());
        RunTrash trash([&folder](const QString& file, QString* to) {
            *to = folder.filePath(QStringLiteral("thrown"));
            return QFile::rename(file, *to);
        });
        QVERIFY(trash.throwAway(path).ok());
        QVERIFY(write());
        const Status inTheWay = trash.putBack();
        QVERIFY(!inTheWay.ok() && inTheWay.error().message.find("another file") != std::string::npos);
        QVERIFY(QFile::remove(path));
        QCOMPARE(trash.last(), path);
        QVERIFY(trash.putBack().ok());
        QVERIFY(QFile::exists(path) && trash.last().isEmpty());
    }

    void leavesNoEntryOfARunThatReadNothing() {
        WindowFixture f(slowly(2000));
        QVERIFY(f.openText() && f.ask(QStringLiteral("Who?")));
        QVERIFY(QTest::qWaitFor([&] { return f.window->model().run() != nullptr; }));
        QTest::keyClick(f.window.get(), Qt::Key_Escape);
        QVERIFY(f.waitUntilIdle());
        QVERIFY(f.message()->sentence().contains(QStringLiteral("before the first block")));
        QCOMPARE(QDir(f.profile.filePath(QStringLiteral("runs"))).entryList(QDir::Files), QStringList());
        QVERIFY(!f.window->model().run());
        QCOMPARE(f.window->parts().centre->currentWidget(),
                 static_cast<QWidget*>(f.window->parts().document));
        QCOMPARE(f.question()->text(), QStringLiteral("Who?"));
        QCOMPARE(f.warnings.seen(), QStringList());
    }
};

QTEST_MAIN(TestRunsList)
#include "test_runs_list.moc"
