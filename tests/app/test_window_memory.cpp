// SPDX-License-Identifier: GPL-3.0-or-later
// A memory that is kept beside its recording, marked in the runs list, and asked again without reading.
#include "app/window/runs_model.h"
#include "tests/app/window_fixture.h"
#include "views/answer_view.h"

#include <QComboBox>
#include <QFileDialog>
#include <QListView>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

FakeEngineOptions thatRemembers() {
    FakeEngineOptions options;
    options.remembers = true;
    return options;
}

// A window with a run that was read for any question.
class Keeping : public WindowFixture {
  public:
    explicit Keeping(const FakeEngineOptions& engine = thatRemembers()) : WindowFixture(engine) {
        window->parts().strategy->setSettings({{"scoring", "standing"}});
        recording = record();
        memory = memoryBeside(recording);
    }

    bool keep() {
        window->actions().keepMemory->trigger();
        return window->runs().isRunning() && waitUntilIdle() && QFileInfo(memory).isFile() &&
               QTest::qWaitFor([this] { return bytesInList() > 0; });
    }
    quint64 bytesInList() {
        const int row = runs()->rowOf(recording);
        return row < 0 ? 0 : runs()->index(row).data(RunsModel::MemoryRole).toULongLong();
    }
    // The recording after a new start of the program, with its memory, asked for in the runs list.
    bool takeUp() {
        open();
        if (!QTest::qWaitFor([this] { return bytesInList() > 0; }))
            return false;
        list()->setFocus();
        list()->setCurrentIndex(runs()->index(runs()->rowOf(recording)));
        QTest::keyClick(list(), Qt::Key_M);
        return QTest::qWaitFor([this] { return window->actions().askMemory->isChecked(); });
    }
    bool askAndWait(const QString& text) { return ask(text) && waitUntilIdle(); }

    RunsModel* runs() { return static_cast<RunsModel*>(list()->model()); }
    QListView* list() { return window->parts().runs->findChild<QListView*>(); }
    QPushButton* wayOn() { return message()->findChild<QPushButton*>(); }
    const views::AnswerView& answers() { return *window->parts().answers; }

    QString recording, memory;
};

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestWindowMemory : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void keepsTheMemoryBesideItsRecording() {
        Keeping f;
        QAction* keep = f.window->actions().keepMemory;
        QVERIFY2(keep->isEnabled(), qPrintable(keep->toolTip()));
        QVERIFY(f.keep());
        QVERIFY(f.memory.endsWith(QStringLiteral(".kvmemory")));
        QCOMPARE(QFileInfo(f.memory).completeBaseName(), QFileInfo(f.recording).completeBaseName());
        QVERIFY(f.message()->sentence().startsWith(QStringLiteral("The memory is kept (")));
        QCOMPARE(f.bytesInList(), quint64(QFileInfo(f.memory).size()));
        const QModelIndex row = f.runs()->index(f.runs()->rowOf(f.recording));
        QVERIFY(row.data(Qt::ToolTipRole).toString().contains(QStringLiteral("Its memory is kept (")));
        QVERIFY(row.data(Qt::AccessibleDescriptionRole).toString().contains(QStringLiteral("memory kept, ")));
        QVERIFY(!keep->isEnabled());
        QCOMPARE(keep->toolTip(), QStringLiteral("It is kept already, beside its recording."));
        QVERIFY(f.window->actions().askMemory->isEnabled());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void saysWhyThereIsNothingToKeep() {
        WindowFixture f; // reads for each question
        QAction* keep = f.window->actions().keepMemory;
        QVERIFY(!keep->isEnabled());
        QVERIFY(!f.record().isEmpty());
        QVERIFY(!keep->isEnabled());
        QVERIFY(keep->toolTip().contains(QStringLiteral("read for any question")));
        QVERIFY(!f.window->actions().askMemory->isEnabled());
        QVERIFY(f.window->actions().askMemory->toolTip().contains(QStringLiteral("No memory was kept")));
    }

    void saysWhyItCouldNotBeKept() {
        FakeEngineOptions options = thatRemembers();
        options.failSaving = "The memory was not saved: the disk is full.";
        Keeping f(options);
        f.window->actions().keepMemory->trigger();
        QVERIFY(f.waitUntilIdle());
        QTRY_COMPARE(f.message()->sentence(), QString::fromStdString(options.failSaving));
        QVERIFY(f.wayOn()->isVisible());
        QVERIFY(f.window->actions().keepMemory->isEnabled()); // to try again
    }

    void answersFromItWithoutReadingAfterANewStart() {
        Keeping f;
        QVERIFY(f.keep());
        const QByteArray before = contentOf(f.recording);
        QVERIFY(f.takeUp());
        QCOMPARE(f.window->model().run()->question, std::string("What was recorded?"));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("is not recorded")));
        auto* way = f.window->findChild<QComboBox*>(QStringLiteral("readingWay"));
        QVERIFY(!way->isEnabled() && way->currentIndex() < 0);
        QVERIFY(way->toolTip().contains(QStringLiteral("saved memory")));
        const int steps = f.window->model().stepCount();
        QSignalSpy another(&f.window->model(), &views::TraceModel::runChanged);
        QVERIFY(f.askAndWait(QStringLiteral("And from memory?")));
        QVERIFY(f.askAndWait(QStringLiteral("Once more?")));
        QVERIFY(another.isEmpty()); // the recorded run stays and goes on
        QCOMPARE(f.window->model().stepCount(), steps);
        QCOMPARE(f.diary->count("session opened"), 2); // to read it, and over the memory
        QCOMPARE(f.answers().count(), 3);
        QVERIFY(!f.answers().noteAt(0).contains(QStringLiteral("saved memory")));
        for (const int answer : {1, 2})
            QVERIFY2(f.answers().noteAt(answer).startsWith(
                         QStringLiteral("from the saved memory, not recorded · ")),
                     qPrintable(f.answers().noteAt(answer)));
        QCOMPARE(contentOf(f.recording), before);
        QCOMPARE(QDir(f.profile.filePath(QStringLiteral("runs"))).entryList(QDir::Files).size(), 2);
        QCOMPARE(f.window->actions().keepMemory->toolTip(),
                 QStringLiteral("This memory is kept already: it came from its file."));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void keepsTheConversationWhereItIsOpenedAgain() {
        Keeping f;
        QVERIFY(f.keep() && f.takeUp());
        QVERIFY(f.askAndWait(QStringLiteral("And from memory?")));
        f.window->openPath(f.recording);
        QTRY_COMPARE(f.answers().count(), 1); // as it is recorded
        QVERIFY(!f.window->actions().askMemory->isChecked());
        f.window->actions().askMemory->trigger();
        QVERIFY(f.askAndWait(QStringLiteral("Once more?")));
        QCOMPARE(f.answers().count(), 3);
        QVERIFY(f.answers().noteAt(1).contains(QStringLiteral("saved memory")));
    }

    void opensAMemoryByItsFile() {
        Keeping f;
        QVERIFY(f.keep());
        f.open(f.memory);
        QTRY_VERIFY(f.window->actions().askMemory->isChecked());
        QCOMPARE(f.window->model().run()->question, std::string("What was recorded?"));
        const QString alone = f.profile.filePath(QStringLiteral("alone.kvmemory"));
        QVERIFY(QFile::copy(f.memory, alone));
        f.window->openPath(alone);
        QTRY_VERIFY(f.message()->sentence().contains(QStringLiteral("alone.kvtrace")));
        QVERIFY(f.window->actions().askMemory->isChecked()); // what is shown stays
    }

    void needsNoDocument() {
        Keeping f;
        QVERIFY(f.keep());
        QVERIFY(QFile::remove(f.profile.filePath(QStringLiteral("letter.txt"))));
        QVERIFY(f.takeUp());
        QVERIFY(f.question()->isEnabled());
        QVERIFY(f.askAndWait(QStringLiteral("From memory alone?")));
        QCOMPARE(f.answers().count(), 2);
    }

    void readsAgainWhereOneGoesBackToReading() {
        Keeping f;
        QVERIFY(f.keep() && f.takeUp());
        QTest::mouseClick(f.wayOn(), Qt::LeftButton);
        QVERIFY(!f.window->actions().askMemory->isChecked());
        QVERIFY(f.askAndWait(QStringLiteral("Read again?")));
        QCOMPARE(f.window->model().run()->question, std::string("Read again?"));
        QVERIFY(!f.answers().noteAt(0).contains(QStringLiteral("saved memory")));
        QVERIFY(f.takeUp());
        QVERIFY(f.openText(QStringLiteral("other.txt"))); // another document is read, too
        QVERIFY(!f.window->actions().askMemory->isChecked());
        QVERIFY(f.askAndWait(QStringLiteral("And this?")));
        QCOMPARE(f.window->model().run()->question, std::string("And this?"));
    }

    void offersToReadWhereTheMemoryIsNoGood_data() {
        QTest::addColumn<bool>("vanished");
        QTest::newRow("damaged") << false;
        QTest::newRow("vanished") << true;
    }
    void offersToReadWhereTheMemoryIsNoGood() {
        QFETCH(bool, vanished);
        Keeping f;
        QVERIFY(f.keep() && f.takeUp());
        QFile file(f.memory);
        if (vanished)
            QVERIFY(file.remove());
        else
            QVERIFY(file.open(QIODevice::Append) && file.write("!") == 1);
        file.close();
        QVERIFY(f.askAndWait(QStringLiteral("From memory?")));
        QVERIFY2(f.message()->sentence().endsWith(QStringLiteral("read the document again.")),
                 qPrintable(f.message()->sentence()));
        QCOMPARE(f.message()->kind(), MessageBar::Kind::warning);
        QCOMPARE(f.wayOn()->text(), QStringLiteral("Read the document"));
        QTRY_VERIFY(f.question()->placeholderText().contains(QStringLiteral("letter.txt")));
        QTest::mouseClick(f.wayOn(), Qt::LeftButton);
        QVERIFY(f.window->runs().isRunning() && f.waitUntilIdle());
        QCOMPARE(f.window->model().run()->question, std::string("From memory?"));
    }

    void asksForTheModelWhereItIsAnother_data() {
        QTest::addColumn<bool>("fileOfAnother"); // else the recording's model is another than the one there
        QTest::newRow("model") << false;
        QTest::newRow("memory") << true;
    }
    void asksForTheModelWhereItIsAnother() {
        QFETCH(bool, fileOfAnother);
        Keeping f;
        QVERIFY(f.keep());
        if (!fileOfAnother)
            f.options.otherModel = "models/embedded.gguf";
        QVERIFY(f.takeUp());
        if (fileOfAnother) {
            QFile file(f.memory);
            QVERIFY(file.open(QIODevice::Append) && file.write("of another model") > 0);
        }
        QVERIFY(f.askAndWait(QStringLiteral("From memory?")));
        QVERIFY2(f.message()->sentence().contains(QStringLiteral("another model")),
                 qPrintable(f.message()->sentence()));
        QCOMPARE(f.wayOn()->text(), QStringLiteral("Choose a model"));
    }

    void stopsAnAnswerFromIt() {
        Keeping f;
        QVERIFY(f.keep());
        f.options.wordMs = 100;
        QVERIFY(f.takeUp());
        QVERIFY(f.ask(QStringLiteral("From memory?")));
        QTRY_VERIFY(!f.answers().answerAt(1).isEmpty());
        QTest::keyClick(f.window.get(), Qt::Key_Escape);
        QVERIFY(f.waitUntilIdle());
        QCOMPARE(f.window->model().store().answers().size(), std::size_t{2});
        QVERIFY(f.window->actions().askMemory->isChecked());
        QCOMPARE(f.warnings.seen(), QStringList());
    }
};

QTEST_MAIN(TestWindowMemory)
#include "test_window_memory.moc"
