// SPDX-License-Identifier: GPL-3.0-or-later
// The recording that comes with the program: what a new user sees first.
#include "app/window/runs_model.h"
#include "app/window/shown_strategy.h"
#include "engine/trace/recording_reader.h"
#include "tests/app/window_fixture.h"
#include "views/answer_view.h"

#include <QLabel>
#include <QListView>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

// A window on an empty profile that shows the bundled recording.
struct FirstLook : WindowFixture {
    FirstLook() {
        qputenv("XDG_CACHE_HOME", profile.filePath(QStringLiteral("cache")).toLocal8Bit());
        sample = bundledRecording();
        open();
        shown = QTest::qWaitFor([this] { return window->model().store().end().has_value(); });
    }
    bool shown = false;
};

} // namespace

class TestFirstLook : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void isAGoodPictureOfARightAnswer() {
        FirstLook f;
        QVERIFY(f.shown);
        const auto& store = f.window->model().store();
        QVERIFY(store.steps().size() >= 8 && store.steps().size() <= 12);
        QVERIFY(store.run()->streamTokens() > 2500 && store.run()->streamTokens() < 3500);
        QVERIFY(store.answers().front()->text.find("48213") != std::string::npos);
        QVERIFY(trace::checkRecording(f.sample.toStdString()).ok());
        QVERIFY(QFileInfo(f.sample).size() <= 300 * 1024);
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void namesNoFolderOfAnyMachine() {
        FirstLook f;
        QVERIFY(f.shown);
        const trace::Run& run = *f.window->model().run();
        for (const std::string& path : {run.model.path, run.document.path, run.document.name})
            QVERIFY2(!path.empty() && path.find('/') == std::string::npos, path.c_str());
    }
    void saysWhatOneSeesAndShowsTheRunsNumbers() {
        FirstLook f;
        QVERIFY(f.shown);
        QVERIFY(f.message()->sentence().contains(QStringLiteral("recorded run")));
        QVERIFY(f.message()->isVisible());
        const WindowLayout& parts = f.window->parts();
        QVERIFY(parts.strategy->shown()->text().contains(QStringLiteral("budget 256, blocks of 256")));
        QCOMPARE(parts.top->meter()->reading().budgetTokens, qint64(256));
        QCOMPARE(parts.top->meter()->reading().keptTokens, qint64(256));
        QVERIFY(parts.status->text().contains(QStringLiteral("256 of")));
        QTRY_COMPARE(parts.runs->findChild<QListView*>()->model()->rowCount(), 1);
        QVERIFY(parts.runs->findChild<QListView*>()->currentIndex().isValid());
        QCOMPARE(parts.answers->answerAt(0), QStringLiteral("The secret number of Lisbon is 48213."));
        QCOMPARE(f.diary->entries().size(), std::size_t(0)); // no engine
    }
    void letsAskAboutTheRecordedDocument() {
        FirstLook f;
        QVERIFY(f.shown);
        QTRY_VERIFY(f.question()->placeholderText().contains(QStringLiteral("licence-with-a-secret.txt")));
        QVERIFY(f.ask(QStringLiteral("And of Oslo?")));
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.window->model().run()->question, std::string("And of Oslo?"));
    }
    void takesOverTheOptionsOfTheShownRun() {
        FirstLook f;
        QVERIFY(f.shown);
        StrategyPanel* panel = f.window->parts().strategy;
        QVERIFY(panel->settings().empty()); // looking at a run changes nothing
        auto* use = panel->shown()->findChild<QAbstractButton*>();
        QVERIFY(use->isEnabled());
        use->click();
        QCOMPARE(panel->config()->budget, 256);
        QCOMPARE(panel->config()->blockSize, 256);
        QCOMPARE(panel->config()->maxNewTokens, 40);
        QCOMPARE(panel->settings().count("method"), std::size_t(1));
        QCOMPARE(panel->settings().count("backend"), std::size_t(0)); // the model's own choice
        QVERIFY(!use->isEnabled());
        panel->setSettings({{"budget", "256"}, {"block-size", "256"}, {"max-new-tokens", "50"}});
        QVERIFY(use->isEnabled());
        panel->setSettings({{"budget", "256"}, {"block-size", "auto"}, {"max-new-tokens", "40"}});
        QVERIFY(!use->isEnabled()); // what the model decides is 256 there
    }
    void isThereWhereTheCacheCannotBeWritten() {
        QTemporaryDir profile;
        QFile inTheWay(profile.filePath(QStringLiteral("cache")));
        QVERIFY(inTheWay.open(QIODevice::WriteOnly)); // a file where the folder should be
        qputenv("XDG_CACHE_HOME", inTheWay.fileName().toLocal8Bit());
        useBundledFiles();
        const QString recording = bundledRecording();
        QVERIFY(!recording.startsWith(profile.path()));
        QVERIFY(trace::checkRecording(recording.toStdString()).ok());
    }
};

QTEST_MAIN(TestFirstLook)
#include "test_first_look.moc"
