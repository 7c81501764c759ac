// SPDX-License-Identifier: GPL-3.0-or-later
// What a desktop program owes its user: files by every way, settings, keys, names, sentences.
#include "app/window/run_text.h"
#include "app/window/settings.h"
#include "tests/app/window_fixture.h"
#include "tests/paths.h"
#include "tests/support/pdf_builder.h"

#include <QAccessible>
#include <QAction>
#include <QComboBox>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMenuBar>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QStandardItemModel>

#include <set>
#include <sys/stat.h>
#include <tuple>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

const QString llama = QStringLiteral(KVPRISM_TEST_DATA "/model/families/llama2"); // a tiny random one

QList<QAction*> actionsIn(const QMenu* menu) {
    QList<QAction*> all;
    for (QAction* action : menu->actions()) {
        if (action->menu())
            all += actionsIn(action->menu());
        else if (!action->isSeparator())
            all += action;
    }
    return all;
}

void drop(QWidget* target, const QString& path) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(target, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(target, &event);
}

void namelessIn(QAccessibleInterface* node, QStringList& nameless) {
    static const std::set<QAccessible::Role> named{
        QAccessible::PushButton, QAccessible::EditableText, QAccessible::ComboBox,
        QAccessible::CheckBox,   QAccessible::Slider,       QAccessible::List,
        QAccessible::ButtonMenu, QAccessible::Tree,         QAccessible::SpinBox};
    if (!node || node->state().invisible)
        return;
    const QObject* object = node->object();
    const bool ours = object && !object->objectName().startsWith(QStringLiteral("qt_"));
    if (ours && named.count(node->role()) > 0 && node->text(QAccessible::Name).isEmpty())
        nameless += QStringLiteral("%1 %2").arg(QLatin1String(object->metaObject()->className()),
                                                object->objectName());
    for (int child = 0; child < node->childCount(); ++child)
        namelessIn(node->child(child), nameless);
}

} // namespace

class TestWindowManners : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void startsEmptyHandedWithoutAWarning() {
        WindowFixture f;
        QTest::qWait(100);
        QVERIFY(f.window->isVisible());
        QCOMPARE(f.diary->entries().size(), std::size_t(0)); // no engine before the first run
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void opensTheBundledRunAtTheFirstStartAndSaysWhatItIs() {
        WindowFixture f;
        f.sample = f.record(QStringLiteral("A sample?"));
        QVERIFY(f.window->close());
        QFile::remove(f.profile.filePath(QStringLiteral("window.ini")));
        f.open();
        QVERIFY(QTest::qWaitFor([&] { return f.window->model().run() != nullptr; }));
        QCOMPARE(f.window->model().run()->question, std::string("A sample?"));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("recorded run")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void opensWhatTheCommandLineNames() {
        WindowFixture f;
        const QString recording = f.record(QStringLiteral("By name?"));
        f.open(recording);
        QVERIFY(QTest::qWaitFor([&] { return f.window->model().run() != nullptr; }));
        QCOMPARE(f.window->model().run()->question, std::string("By name?"));
        f.open(f.writeFile(QStringLiteral("notes.md"), "# Notes\n"));
        QVERIFY(QTest::qWaitFor(
            [&] { return f.window->parts().centre->currentWidget() == f.window->parts().document; }));
    }
    void takesDroppedDocumentsAndRecordings() {
        WindowFixture f;
        drop(f.window.get(), f.writeFile(QStringLiteral("dropped.txt"), "Some words.\n"));
        QVERIFY(QTest::qWaitFor(
            [&] { return f.window->parts().centre->currentWidget() == f.window->parts().document; }));
        const QString recording = f.record();
        f.open();
        drop(f.window.get(), recording);
        QVERIFY(QTest::qWaitFor([&] { return f.window->model().run() != nullptr; }));
    }
    void opensAPdf() {
        WindowFixture f;
        f.window->openPath(f.writeFile(QStringLiteral("log.pdf"),
                                       QByteArray::fromStdString(test::pdf({"The captain wrote 48213."}))));
        const auto* text = f.window->parts().document->findChild<QPlainTextEdit*>();
        QVERIFY(QTest::qWaitFor(
            [&] { return text->toPlainText() == QStringLiteral("The captain wrote 48213.\n"); }));
        QVERIFY(f.message()->sentence().contains(QStringLiteral("taken out of the PDF")));
    }
    void refusesBadFilesInOneSentence_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QStringLiteral("empty.txt") << QByteArray();
        QTest::newRow("binary") << QStringLiteral("binary.txt") << QByteArray("\0\1\2\3\0\0\0\0", 8);
        QTest::newRow("scanned PDF") << QStringLiteral("scan.pdf")
                                     << QByteArray::fromStdString(test::pdf({""}));
        QTest::newRow("recording") << QStringLiteral("bad.kvtrace") << QByteArray("nothing of the kind");
    }
    void refusesBadFilesInOneSentence() {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        WindowFixture f;
        f.window->openPath(f.writeFile(name, content));
        QVERIFY(QTest::qWaitFor([&] { return !f.message()->sentence().isEmpty(); }));
        QCOMPARE(f.message()->kind(), MessageBar::Kind::warning);
        QVERIFY(f.message()->sentence().contains(name));
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void saysWhenADocumentIsMissing() {
        WindowFixture f;
        f.window->openPath(f.profile.filePath(QStringLiteral("nowhere.txt")));
        QVERIFY(QTest::qWaitFor([&] { return !f.message()->sentence().isEmpty(); }));
    }
    // A model in safetensors is a folder; a file chosen in it stands for it, and its name may have dots.
    void opensAModelsFolder() {
        WindowFixture f;
        const QString folder = f.profile.filePath(QStringLiteral("Llama-3.2-1B"));
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(QFile::copy(llama + QStringLiteral("/config.json"), folder + QStringLiteral("/config.json")));
        const QString file = folder + QStringLiteral("/model.safetensors");
        QVERIFY(QFile::copy(llama + QStringLiteral("/model.safetensors"), file));
        for (const QString& path : {folder, file}) {
            f.window->openPath(path);
            QTRY_VERIFY(f.message()->sentence().contains(QStringLiteral("Weights ")));
            QVERIFY(f.message()->sentence().contains(QStringLiteral("feed-forward ")));
            f.open(); // which writes the settings
            QCOMPARE(app::Settings(f.profile.filePath(QStringLiteral("window.ini"))).modelPath(), folder);
            QCOMPARE(app::modelName(folder), QStringLiteral("Llama-3.2-1B"));
        }
    }
    void keepsTheModelWhereAnotherIsNone() {
        WindowFixture f;
        f.window->openPath(llama);
        QTRY_VERIFY(f.message()->sentence().contains(QStringLiteral("Weights ")));
        f.window->openPath(f.writeFile(QStringLiteral("other.gguf"), "x"));
        QTRY_VERIFY(f.message()->sentence().contains(QStringLiteral("other.gguf")));
        QCOMPARE(f.message()->kind(), MessageBar::Kind::warning);
        f.open();
        QCOMPARE(app::Settings(f.profile.filePath(QStringLiteral("window.ini"))).modelPath(), llama);
    }
    void givesEveryActionANameAndAKeyOfItsOwn() {
        WindowFixture f;
        std::set<QString> keys;
        for (const QAction* menu : f.window->menuBar()->actions()) {
            for (const QAction* action : actionsIn(menu->menu())) {
                QVERIFY(!action->text().isEmpty());
                QVERIFY2(!action->shortcut().isEmpty(), qPrintable(action->text()));
                QVERIFY2(!action->toolTip().isEmpty(), qPrintable(action->text()));
                QVERIFY2(keys.insert(action->shortcut().toString()).second, qPrintable(action->text()));
            }
        }
        QVERIFY(keys.size() > 20);
    }
    void namesEveryControlForAssistiveTools() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        QAccessible::setActive(true);
        QStringList nameless;
        namelessIn(QAccessible::queryAccessibleInterface(f.window.get()), nameless);
        QCOMPARE(nameless.join(QStringLiteral("; ")), QString());
    }
    void startsTheFocusAtTheQuestion() {
        WindowFixture f;
        QVERIFY(f.openText());
        QCOMPARE(f.window->focusWidget(), static_cast<QWidget*>(f.question()));
        f.question()->setText(QStringLiteral("?"));
        QTest::keyClick(f.question(), Qt::Key_Tab);
        QCOMPARE(f.window->focusWidget()->objectName(), QStringLiteral("readingWay"));
        QTest::keyClick(f.window->focusWidget(), Qt::Key_Tab);
        QCOMPARE(f.window->focusWidget(), static_cast<QWidget*>(f.run()));
    }
    void pressesAFocusedButtonWithSpace() {
        KeyGuard keys;
        qApp->installEventFilter(&keys);
        WindowFixture f(slowly(10));
        QVERIFY(f.openText());
        f.question()->setText(QStringLiteral("What number?"));
        f.run()->setFocus();
        QTest::keyClick(f.run(), Qt::Key_Space);
        QVERIFY(f.window->runs().isRunning());
        QVERIFY(!f.window->parts().replay->isPlaying());
    }
    void keepsTheWindowsKeysFromFieldsThatEditByThem() {
        // As a field does where Ctrl+E goes to the end of the line and Ctrl+K deletes up to there.
        class Field final : public QLineEdit {
            bool event(QEvent* event) override {
                if (event->type() == QEvent::ShortcutOverride)
                    event->accept();
                return QLineEdit::event(event);
            }
        };
        KeyGuard keys;
        qApp->installEventFilter(&keys);
        Field field;
        for (const auto& [key, modifiers, accepted] : {std::tuple(Qt::Key_E, Qt::ControlModifier, false),
                                                       {Qt::Key_K, Qt::ControlModifier, false},
                                                       {Qt::Key_A, Qt::ControlModifier, true},
                                                       {Qt::Key_E, Qt::NoModifier, true}}) {
            QKeyEvent wanted(QEvent::ShortcutOverride, key, modifiers);
            QCoreApplication::sendEvent(&field, &wanted);
            QCOMPARE(wanted.isAccepted(), accepted);
        }
    }
    void remembersPlaceThemeRecentFilesAndStrategy() {
        WindowFixture f;
        QVERIFY(f.openText());
        f.window->resize(1100, 700);
        f.window->parts().dock(QStringLiteral("strategy"))->close();
        f.window->actions().dark->trigger();
        f.window->parts().strategy->setSettings({{"method", "exact"}, {"budget", "300"}});
        QVERIFY(f.ask(QStringLiteral("?")));
        QVERIFY(f.waitUntilIdle());
        QVERIFY(f.window->close());
        f.open();
        QCOMPARE(f.window->size(), QSize(1100, 700));
        QVERIFY(!f.window->parts().dock(QStringLiteral("strategy"))->isVisible());
        QVERIFY(f.window->actions().dark->isChecked());
        QCOMPARE(f.window->actions().recent()->actions().size(), 1);
        QCOMPARE(f.window->parts().strategy->config()->method, std::string("exact"));
        QCOMPARE(f.window->parts().strategy->config()->budget, 300);
        f.window->actions().resetLayout->trigger();
        QVERIFY(f.window->parts().dock(QStringLiteral("strategy"))->isVisible());
        f.window->actions().system->trigger();
    }
    void keepsNothingInTheFolderWhereItIsStarted_data() {
        QTest::addColumn<QByteArray>("name");
        for (const char* name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
            QTest::newRow(name) << QByteArray(name);
    }
    void keepsNothingInTheFolderWhereItIsStarted() {
        QFETCH(QByteArray, name);
        const bool was = qEnvironmentVariableIsSet(name);
        const QByteArray before = qgetenv(name);
        const auto restore = qScopeGuard([&] { was ? qputenv(name, before) : qunsetenv(name); });
        for (const char* value : {"", "somewhere", "some/where"}) {
            qputenv(name, value);
            app::useAbsolutePlaces();
            QVERIFY(QDir::isAbsolutePath(app::settingsFile()));
            QVERIFY(!qEnvironmentVariableIsSet(name) || QDir::isAbsolutePath(qEnvironmentVariable(name)));
        }
        qputenv(name, "/an/absolute/place");
        app::useAbsolutePlaces();
        QCOMPARE(qgetenv(name), QByteArray("/an/absolute/place"));
    }
    void waitsForNoPipeInPlaceOfItsSettings() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("window.ini"));
        QCOMPARE(mkfifo(path.toUtf8().constData(), 0600), 0);
        QCOMPARE(app::Settings::schemeIn(path), views::Scheme::system);
        const app::Settings settings(path);
        QVERIFY(settings.wereCorrupt());
        QVERIFY(!QFileInfo::exists(path));
    }
    void previewsALetterAMillionTimesAtOnce() {
        WindowFixture f;
        const QString path = f.profile.filePath(QStringLiteral("long.txt"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(QByteArray(1000000, 'a')), 1000000);
        file.close();
        f.window->openPath(path);
        auto* preview = f.window->parts().document->findChild<QPlainTextEdit*>();
        QTRY_COMPARE(preview->document()->blockCount(), 1000); // laid out line by line
    }
    void startsFromDefaultsWhereSettingsAreCorrupt_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("noise") << QByteArray("\x00\xff\x13garbage\n[[[", 14);
        QTest::newRow("text") << QByteArray("not settings at all\n");
        QTest::newRow("other version") << QByteArray("[General]\nversion=999\n");
        QTest::newRow("layout") << QByteArray(
            "[General]\nversion=1\ngeometry=@ByteArray(x)\n[workspaces]\ninspect\\panels=@ByteArray(y)\n");
    }
    void startsFromDefaultsWhereSettingsAreCorrupt() {
        QFETCH(QByteArray, content);
        WindowFixture f;
        f.window.reset();
        f.writeFile(QStringLiteral("window.ini"), content);
        f.open();
        for (const char* panel : {"runs", "strategy", "conversation", "token"})
            QVERIFY2(f.window->parts().dock(QLatin1String(panel))->isVisible(), panel);
        QVERIFY(f.message()->sentence().contains(QStringLiteral("default")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void disablesImpossibleChoicesAndSaysWhy() {
        WindowFixture f;
        StrategyPanel* panel = f.window->parts().strategy;
        const auto item = [&](const char* option, const char* value) {
            auto* box = panel->findChild<QComboBox*>(QLatin1String(option));
            return qobject_cast<QStandardItemModel*>(box->model())->item(box->findData(QLatin1String(value)));
        };
        panel->setSettings({{"method", "recency"}});
        QVERIFY(!item("mode", "accumulate")->isEnabled());
        QVERIFY(item("mode", "accumulate")->toolTip().contains(QStringLiteral("recency")));
        QVERIFY(item("mode", "recursive")->isEnabled());
        panel->setSettings({{"mode", "accumulate"}});
        QVERIFY(!item("method", "recency")->isEnabled());
        QVERIFY(item("method", "exact")->isEnabled());
    }
    void saysWhichNumberCannotBe() {
        WindowFixture f;
        QVERIFY(f.openText());
        f.question()->setText(QStringLiteral("?"));
        QVERIFY(f.run()->isEnabled());
        auto* budget = f.window->parts().strategy->findChild<QLineEdit*>(QStringLiteral("budget"));
        QTest::keyClicks(budget, QStringLiteral("many"));
        QVERIFY(!f.window->parts().strategy->config());
        QVERIFY(!f.run()->isEnabled());
        QVERIFY(f.run()->toolTip().contains(QStringLiteral("budget")));
        budget->clear();
        QTest::keyClicks(budget, QStringLiteral("512"));
        QVERIFY(f.run()->isEnabled());
        QCOMPARE(f.window->parts().strategy->config()->budget, 512);
    }
};

QTEST_MAIN(TestWindowManners)
#include "test_window_manners.moc"
