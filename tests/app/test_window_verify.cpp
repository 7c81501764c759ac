// SPDX-License-Identifier: GPL-3.0-or-later
// A shown recording run again in the window: the same, or the first step that differs.
#include "engine/trace/recording_writer.h"
#include "tests/app/window_fixture.h"

#include <QFileDialog>
#include <QLabel>
#include <QListView>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// A recording shown after a new start of the program, and what is done to it.
class Verifying : public WindowFixture {
  public:
    explicit Verifying(const FakeEngineOptions& engine = {}) : WindowFixture(engine) { recording = record(); }

    bool show(const QString& path) {
        open(path);
        return QTest::qWaitFor([this] { return action()->isEnabled(); });
    }
    bool verify() {
        QTest::keyClick(window.get(), Qt::Key_F5);
        return window->runs().isRunning();
    }
    bool verifyToItsEnd() {
        return verify() && waitUntilIdle() && QTest::qWaitFor([this] { return message()->isVisible(); });
    }
    QAction* action() { return window->actions().verify; }
    QPushButton* wayOn() { return message()->findChild<QPushButton*>(); }

    QString recording;
};

} // namespace

class TestWindowVerify : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void findsARunThatIsTheSame() {
        Verifying f;
        QVERIFY(f.show(f.recording));
        const QByteArray before = contentOf(f.recording);
        const views::TraceModel& model = f.window->model();
        QSignalSpy shown(&model, &views::TraceModel::runChanged);
        QSignalSpy steps(&model, &views::TraceModel::stepsAppended);
        QSignalSpy answers(&model, &views::TraceModel::answersChanged);
        QSignalSpy asked(&f.window->runs(), &RunController::started);
        QVERIFY(f.verifyToItsEnd());
        QCOMPARE(f.message()->sentence(),
                 QStringLiteral("The same choices in %1 steps and the same answer.").arg(model.stepCount()));
        QCOMPARE(f.message()->kind(), MessageBar::Kind::information);
        QVERIFY(!f.wayOn()->isVisible());
        QCOMPARE(f.diary->count("ask ends"), 2); // once to record it
        QVERIFY(shown.isEmpty() && steps.isEmpty() && answers.isEmpty() && asked.isEmpty());
        QCOMPARE(contentOf(f.recording), before); // and nothing else was recorded
        QCOMPARE(QDir(f.profile.filePath(QStringLiteral("runs"))).entryList(QDir::Files).size(), 1);
        QVERIFY(f.action()->isEnabled());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void saysThatTheRecordingIsGone() {
        Verifying f;
        QVERIFY(f.show(f.recording));
        QVERIFY(f.action()->isEnabled());
        QVERIFY(QFile::remove(f.recording)); // nobody tells the window
        f.action()->trigger();
        QVERIFY2(f.message()->sentence().contains(QFileInfo(f.recording).fileName()),
                 qPrintable(f.message()->sentence()));
        QVERIFY(!f.window->runs().isRunning());
        QVERIFY(!f.action()->isEnabled());
    }

    void verifiesTheRunThatWasAskedJustNow() {
        Verifying f;
        QVERIFY(f.verifyToItsEnd());
        QVERIFY(f.message()->sentence().startsWith(QStringLiteral("The same choices")));
        QCOMPARE(f.diary->count("model loaded"), 1); // it is the one that is held
        QVERIFY(f.ask(QStringLiteral("And now?")) && f.waitUntilIdle());
        QCOMPARE(f.window->model().run()->question, std::string("And now?"));
    }

    void goesToTheFirstStepThatDiffers() {
        Verifying f;
        f.options.otherChoiceAt = 3;
        QVERIFY(f.show(f.recording));
        QVERIFY(f.verifyToItsEnd());
        QVERIFY2(f.message()->sentence().startsWith(QStringLiteral("Step 3 differs: position ")),
                 qPrintable(f.message()->sentence()));
        QCOMPARE(f.message()->kind(), MessageBar::Kind::warning);
        QVERIFY(f.window->navigator().step() != 3);
        QCOMPARE(f.wayOn()->text(), QStringLiteral("Go to step 3"));
        QTest::mouseClick(f.wayOn(), Qt::LeftButton);
        QCOMPARE(f.window->navigator().step(), 3);
    }

    void goesBackToTheRecordingWhereAnotherIsShownByThen() {
        Verifying f;
        const QString other = f.record(QStringLiteral("Another?"));
        QVERIFY(other != f.recording);
        f.options.otherChoiceAt = 2;
        f.options.stepMs = 30;
        QVERIFY(f.show(f.recording));
        QVERIFY(f.verify());
        f.window->openPath(other);
        QTRY_COMPARE(f.window->model().run()->question, std::string("Another?"));
        QVERIFY(f.waitUntilIdle());
        QTRY_VERIFY(f.message()->sentence().startsWith(QFileInfo(f.recording).fileName() +
                                                       QStringLiteral(": Step 2 differs: ")));
        QTest::mouseClick(f.wayOn(), Qt::LeftButton);
        QTRY_COMPARE(f.window->model().run()->question, std::string("What was recorded?"));
        QTRY_COMPARE(f.window->navigator().step(), 2);
    }

    void showsHowFarItIsAndStopsWithEscape() {
        Verifying f(slowly(0));
        f.options.stepMs = 20;
        QVERIFY(f.show(f.recording));
        const int steps = f.window->model().stepCount();
        QVERIFY(f.verify());
        QCOMPARE(f.run()->text(), QStringLiteral("Stop"));
        QVERIFY(!f.action()->isEnabled());
        QVERIFY(f.action()->toolTip().contains(QStringLiteral("Esc")));
        QTRY_VERIFY(f.window->parts().status->text().startsWith(QStringLiteral("Verifying · Reading · ")));
        QTest::keyClick(f.window.get(), Qt::Key_Escape);
        QVERIFY(f.waitUntilIdle());
        QVERIFY(*f.window->runs().lastStopMs() < 250);
        QCOMPARE(f.window->parts().status->text(), QStringLiteral("Stopped before everything was compared."));
        QVERIFY(f.message()->sentence().isEmpty());
        QCOMPARE(f.window->model().stepCount(), steps);
        QVERIFY(f.action()->isEnabled());
    }

    void givesWayToAQuestion() {
        Verifying f(slowly(0));
        f.options.stepMs = 10;
        QVERIFY(f.show(f.recording));
        QTRY_VERIFY(f.question()->isEnabled());
        QVERIFY(f.verify());
        f.window->ask(QStringLiteral("Meanwhile?"));
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.window->model().run()->question, std::string("Meanwhile?"));
        QVERIFY(f.window->model().store().end());
    }

    void closesInTheMiddle() {
        Verifying f(slowly(0));
        f.options.stepMs = 20;
        QVERIFY(f.show(f.recording));
        QVERIFY(f.verify());
        QVERIFY(f.window->close());
        f.window.reset();
        QCOMPARE(f.diary->count("engine gone"), f.diary->count("engine made"));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void saysWhyThereIsNothingToVerify() {
        WindowFixture f;
        QAction* action = f.window->actions().verify;
        QVERIFY(!action->isEnabled());
        QCOMPARE(action->toolTip(), QStringLiteral("Show a recorded run first."));
        const QString bare = f.profile.filePath(QStringLiteral("bare.kvtrace"));
        {
            auto writer = trace::RecordingWriter::create(bare.toStdString(), {.withoutText = true});
            QVERIFY(writer.ok());
            produceSyntheticRun({}, **writer);
        }
        f.window->openPath(bare);
        QTRY_VERIFY(action->toolTip().contains(QStringLiteral("without its text")));
        QVERIFY(!action->isEnabled());
        QVERIFY(!f.record().isEmpty());
        QTRY_VERIFY(action->isEnabled());
        QVERIFY(action->toolTip().contains(QStringLiteral("first step that differs")));
    }

    void asksForTheModelWhereItIsAnother() {
        Verifying f;
        f.options.otherModel = "models/embedded.gguf";
        QVERIFY(f.show(f.recording));
        QVERIFY(f.verifyToItsEnd());
        QVERIFY2(f.message()->sentence().contains(QStringLiteral("is another model than the recorded one")),
                 qPrintable(f.message()->sentence()));
        QCOMPARE(f.wayOn()->text(), QStringLiteral("Choose a model"));
        QTest::mouseClick(f.wayOn(), Qt::LeftButton);
        auto* dialog = f.window->findChild<QFileDialog*>();
        QVERIFY(dialog && dialog->windowTitle().contains(QStringLiteral("model")));
        dialog->reject();
    }

    void asksForTheDocumentWhereItIsGone() {
        Verifying f;
        const QString moved = f.profile.filePath(QStringLiteral("moved.txt"));
        QVERIFY(QFile::rename(f.profile.filePath(QStringLiteral("letter.txt")), moved));
        QVERIFY(f.show(f.recording));
        QVERIFY(f.verifyToItsEnd());
        QVERIFY2(f.message()->sentence().contains(QStringLiteral("is not where it was")),
                 qPrintable(f.message()->sentence()));
        const auto choose = [&](const QString& path) {
            QTest::mouseClick(f.wayOn(), Qt::LeftButton);
            auto* dialog = f.window->findChild<QFileDialog*>();
            Q_EMIT dialog->fileSelected(path);
            dialog->reject();
            QCoreApplication::sendPostedEvents(dialog, QEvent::DeferredDelete);
            return f.waitUntilIdle() && QTest::qWaitFor([&] { return f.message()->isVisible(); });
        };
        QVERIFY(choose(f.writeFile(QStringLiteral("other.txt"), "Somebody else wrote this.\n")));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("is not the document that was read")));
        QVERIFY(choose(moved));
        QVERIFY2(f.message()->sentence().startsWith(QStringLiteral("The same choices")),
                 qPrintable(f.message()->sentence()));
    }

    void saysWhatWentWrongOnTheWay() {
        Verifying f;
        f.options.failAsking = "There was not enough memory for this budget.";
        QVERIFY(f.show(f.recording));
        QVERIFY(f.verifyToItsEnd());
        QCOMPARE(f.message()->sentence(), QString::fromStdString(f.options.failAsking));
        QCOMPARE(f.message()->kind(), MessageBar::Kind::warning);
    }
};

QTEST_MAIN(TestWindowVerify)
#include "test_window_verify.moc"
