// SPDX-License-Identifier: GPL-3.0-or-later
// What comes back: at a start what was shown last, after a kill what was asked, with a document its marks.
#include "app/window/settings.h"
#include "engine/select/token_ranges.h"
#include "tests/app/window_fixture.h"
#include "views/models/answer_links.h"
#include "views/models/token_story.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLockFile>

#include <sys/stat.h>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

QByteArray noteOf(const QString& recording, const QString& document = {},
                  const QString& question = QStringLiteral("?")) {
    return QJsonDocument(QJsonObject{{QStringLiteral("recording"), recording},
                                     {QStringLiteral("document"), document},
                                     {QStringLiteral("question"), question}})
        .toJson();
}

bool showsRun(WindowFixture& f, const char* question) {
    return QTest::qWaitFor(
        [&] { return f.window->model().run() && f.window->model().run()->question == question; });
}
bool showsDocument(WindowFixture& f, const QString& name) {
    return QTest::qWaitFor([&] {
        return f.window->parts().centre->currentWidget() == f.window->parts().document &&
               f.window->windowTitle().contains(name);
    });
}
void corrupt(const QString& path) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("nothing of the kind");
}

} // namespace

class TestWindowRestore : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void showsTheLastRunAgainWithTheQuestion() {
        WindowFixture f;
        const QString first = f.record(QStringLiteral("First?"));
        QVERIFY(f.ask(QStringLiteral("Second?")) && f.waitUntilIdle());
        f.window->openPath(first);
        QVERIFY(showsRun(f, "First?"));
        QTRY_COMPARE(f.window->model().stepCount(), 6);
        f.question()->setText(QStringLiteral("not asked yet"));
        QVERIFY(f.window->close());
        f.open();
        QVERIFY(showsRun(f, "First?"));
        QTRY_COMPARE(f.question()->text(), QStringLiteral("not asked yet"));
        QVERIFY(f.message()->sentence().isEmpty());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void showsTheDocumentWhereItsRunIsGone() {
        WindowFixture f;
        const QString recording = f.record();
        f.sample = f.profile.filePath(QStringLiteral("sample.kvtrace"));
        QVERIFY(QFile::copy(recording, f.sample));
        QVERIFY(f.window->close());
        QVERIFY(QFile::remove(recording));
        f.open();
        QVERIFY(showsDocument(f, QStringLiteral("letter.txt")));
        // With neither, there is the sample with its sentence.
        QVERIFY(f.window->close());
        QVERIFY(QFile::remove(f.profile.filePath(QStringLiteral("letter.txt"))));
        f.open();
        QVERIFY(showsRun(f, "What was recorded?"));
        QVERIFY(f.message()->sentence().startsWith(QStringLiteral("This is a recorded run")));
    }

    void saysThatTheLastRunIsDamagedAndShowsItsDocument() {
        WindowFixture f;
        const QString recording = f.record();
        QVERIFY(f.window->close());
        corrupt(recording);
        f.open();
        QVERIFY(showsDocument(f, QStringLiteral("letter.txt")));
        QVERIFY(f.message()->sentence().contains(QFileInfo(recording).fileName()));
    }

    void keepsTheQuestionWhereTheProgramEndsWhileTheModelLoads() {
        FakeEngineOptions options;
        options.loadMs = 60000;
        WindowFixture f(options);
        QVERIFY(f.openText() && f.ask(QStringLiteral("What was asked?")));
        QCOMPARE(f.notes().size(), 1);
        QFile file(f.notes().front());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray left = file.readAll(); // as a kill leaves it
        f.window->actions().escape->trigger();
        QVERIFY(f.waitUntilIdle());
        QVERIFY(f.window->close());
        QVERIFY(QFile::remove(f.profile.filePath(QStringLiteral("window.ini"))));
        f.writeFile(QStringLiteral("runs/unfinished"), left);
        f.open();
        QVERIFY(showsDocument(f, QStringLiteral("letter.txt")));
        QTRY_COMPARE(f.question()->text(), QStringLiteral("What was asked?"));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("“What was asked?”")));
        QCOMPARE(f.notes(), QStringList());
    }
    void keepsTheQuestionWhereItsDocumentIsGoneToo() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.sample = unpackedResource(QStringLiteral(":/recordings/first_look.kvtrace"));
        f.window->close();
        f.writeFile(QStringLiteral("runs/unfinished-1"),
                    noteOf({}, QStringLiteral("/no/such.txt"), QStringLiteral("What was asked?")));
        f.open();
        QTRY_VERIFY(f.window->model().run());
        QTRY_COMPARE(f.question()->text(), QStringLiteral("What was asked?"));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("/no/such.txt")));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("“What was asked?”")));
    }
    void offersWhatEachWindowLeft() {
        WindowFixture f;
        const QString first = f.record(QStringLiteral("First?"));
        QVERIFY(f.ask(QStringLiteral("Second?")) && f.waitUntilIdle());
        const QString second = f.window->runs().request().recordingPath;
        f.window->close();
        const auto leave = [&](const QString& name, const QString& recording) {
            f.writeFile(QStringLiteral("runs/") + name, noteOf(recording));
            QTest::qWait(20); // the newest comes first
        };
        leave(QStringLiteral("unfinished-a"), first);
        leave(QStringLiteral("unfinished-b"), second);
        QCOMPARE(mkfifo(f.profile.filePath(QStringLiteral("runs/unfinished-c")).toUtf8().constData(), 0600),
                 0);
        QLockFile alive(f.profile.filePath(QStringLiteral("runs/unfinished-d.lock")));
        QVERIFY(alive.tryLock(0)); // of a window that lives
        leave(QStringLiteral("unfinished-d"), first);
        for (const QString& recording : {second, first}) {
            QVERIFY(
                QFile::remove(f.profile.filePath(QStringLiteral("window.ini")))); // else it is shown anyway
            f.open();
            QVERIFY2(f.message()->sentence().contains(QFileInfo(recording).fileName()),
                     qPrintable(f.message()->sentence()));
            f.window->close();
        }
        QVERIFY(QFile::remove(f.profile.filePath(QStringLiteral("window.ini"))));
        f.open();
        QVERIFY(!f.message()->sentence().contains(QStringLiteral("cut off")));
        QCOMPARE(f.notes(), QStringList{f.profile.filePath(QStringLiteral("runs/unfinished-d"))});
    }
    void saysOnceThatTheShownRunWasCutOff() {
        WindowFixture f;
        const QString recording = f.record();
        f.window->close();
        f.writeFile(QStringLiteral("runs/unfinished-1"), noteOf(recording));
        f.open();
        QTRY_VERIFY(f.window->model().run());
        QVERIFY(f.message()->sentence().contains(QStringLiteral("This run was cut off")));
        QVERIFY(!f.message()->findChild<QPushButton*>()->isVisible());
    }

    void bringsTheMarksOfADocumentBackWithIt() {
        WindowFixture f;
        const QString first = f.record(QStringLiteral("First?"));
        f.window->marking().needles()->add({{100, 104}});
        f.window->marking().marks()->pin({200, 203});
        f.writeFile(QStringLiteral("other.txt"), "Something else altogether.\n");
        f.window->openPath(f.profile.filePath(QStringLiteral("other.txt")));
        QVERIFY(showsDocument(f, QStringLiteral("other.txt")));
        QSignalSpy started(&f.window->runs(), &RunController::started);
        QVERIFY(f.ask(QStringLiteral("Other?")) && f.waitUntilIdle());
        QVERIFY(started.first().first().value<RunRequest>().config.pins.empty()); // they are another text's
        QVERIFY(f.window->marking().needles()->ranges().empty());
        f.window->openPath(first);
        QVERIFY(showsRun(f, "First?"));
        QCOMPARE(f.window->marking().needles()->ranges().size(), std::size_t(1));
        QCOMPARE(select::textOf(f.window->marking().marks()->state().pins), std::string("200-203"));
        QVERIFY(!f.window->actions().undo->isEnabled());
    }

    void standsWhereTheAnswerCameFromAfterARun() {
        WindowFixture f;
        QVERIFY(f.openText());
        QSignalSpy revealed(&f.window->navigator(), &views::Navigator::revealRequested);
        QVERIFY(f.ask(QStringLiteral("Where?")) && f.waitUntilIdle());
        const auto& store = f.window->model().store();
        const views::AnswerLinks links(*store.answers().back());
        const auto from = links.passages(store.run()->prefixTokens, store.run()->streamTokens() - 1, 1);
        const int expected =
            from.empty() ? *views::mostWantedToken(f.window->model()) : from.front().firstToken;
        QCOMPARE(revealed.last().first().toInt(), expected);
        // Whoever looks at something stays there.
        f.window->navigator().lock(50, false);
        revealed.clear();
        QVERIFY(f.ask(QStringLiteral("And now?")) && f.waitUntilIdle());
        QVERIFY(revealed.isEmpty());
    }

    // The colours are read before the window is there, which must not take the sentence away.
    void saysWhatOfTheSettingsCouldNotBeRead_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("part");
        QTest::newRow("all of it") << QByteArray("nothing") << QStringLiteral("window.ini.unreadable");
        QTest::newRow("theme") << QByteArray("[General]\nversion=1\ntheme=pink\n")
                               << QStringLiteral("light or dark");
        QTest::newRow("workspace") << QByteArray("[General]\nversion=1\nworkspace=kitchen\n")
                                   << QStringLiteral("the workspace");
        QTest::newRow("strategy") << QByteArray("[General]\nversion=1\n[strategy]\nbudget=many\n")
                                  << QStringLiteral("the options of the next question");
        QTest::newRow("text") << QByteArray("[General]\nversion=1\n[workspaces]\nread\\text=900\n")
                              << QStringLiteral("the size of the text");
    }
    void saysWhatOfTheSettingsCouldNotBeRead() {
        QFETCH(QByteArray, content);
        QFETCH(QString, part);
        WindowFixture f;
        f.window.reset();
        const QString file = f.writeFile(QStringLiteral("window.ini"), content);
        QCOMPARE(Settings::schemeIn(file), views::Scheme::system);
        f.open();
        QVERIFY2(f.message()->sentence().contains(part), qPrintable(f.message()->sentence()));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("default")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void saysThatAFolderStandsInPlaceOfTheSettings() {
        WindowFixture f;
        f.window.reset();
        QFile::remove(f.profile.filePath(QStringLiteral("window.ini")));
        QVERIFY(QDir(f.profile.path()).mkpath(QStringLiteral("window.ini/inside")));
        f.open();
        QVERIFY(f.message()->sentence().contains(QStringLiteral("window.ini.unreadable")));
        QVERIFY(f.window->close());
        f.open();
        QVERIFY(f.message()->sentence().isEmpty()); // and the new file serves
        QVERIFY(QFileInfo(f.profile.filePath(QStringLiteral("window.ini"))).isFile());
    }
    void saysThatSettingsCannotBeKept() {
        QTemporaryDir profile;
        QFile inTheWay(profile.filePath(QStringLiteral("config")));
        QVERIFY(inTheWay.open(QIODevice::WriteOnly)); // a file where the folder should be
        const Settings settings(profile.filePath(QStringLiteral("config/window.ini")));
        QVERIFY(!settings.wereCorrupt());
        QVERIFY(!settings.canBeKept());
    }
};

QTEST_MAIN(TestWindowRestore)
#include "test_window_restore.moc"
