// SPDX-License-Identifier: GPL-3.0-or-later
// Where the panels stand: on a small screen, with much to show, and from one choice to the next.
#include "tests/app/window_fixture.h"
#include "views/answer_view.h"
#include "views/style.h"
#include "views/survival_map.h"
#include "views/text_view.h"

#include <QAction>
#include <QDockWidget>
#include <QLabel>
#include <QTabBar>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

constexpr QSize smallScreen{1280, 800};

// Everything that can grow has grown: a long answer, a long question and name, a long message.
void fill(WindowFixture& f) {
    const QString words = QStringLiteral("many words of no particular length ").repeated(60);
    f.window->parts().answers->beginAnswer(words);
    f.window->parts().answers->appendLiveText(words.repeated(5));
    f.question()->setText(words);
    f.window->parts().top->setDocument(words.simplified().replace(QLatin1Char(' '), QLatin1Char('_')),
                                       QStringLiteral("1.0 KiB"), words);
    f.message()->say(MessageBar::Kind::warning, words.left(400), {QStringLiteral("Open another"), [] {}});
}

int droppedToken(const WindowFixture& f) {
    const auto& store = f.window->model().store();
    for (int token = 0; token < f.window->model().tokenCount(); ++token)
        if (store.droppedAt(StreamPos(token)).value_or(0) > 1)
            return token;
    return -1;
}

QRect placeIn(const QWidget* window, const QWidget* part) {
    return {part->mapTo(window, QPoint()), part->size()};
}

} // namespace

class TestWindowLayout : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { views::applyStyle(*qApp, views::Scheme::light); }
    void fitsASmallScreenWhateverItShows() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->resize(smallScreen);
        fill(f);
        for (const int token : {0, droppedToken(f), f.window->model().tokenCount() - 1}) {
            f.window->navigator().lock(token, false);
            f.window->navigator().setStep(f.window->model().stepCount() / 2);
            QTest::qWait(20);
            const QSize least = f.window->minimumSizeHint();
            QVERIFY2(least.width() <= 1280 && least.height() <= 760,
                     qPrintable(QStringLiteral("%1 x %2").arg(least.width()).arg(least.height())));
            QCOMPARE(f.window->size(), smallScreen);
            for (const QWidget* part : {static_cast<const QWidget*>(f.window->parts().replay),
                                        static_cast<const QWidget*>(f.window->parts().status)}) {
                QVERIFY(part->isVisible());
                const QRect place = placeIn(f.window.get(), part);
                QVERIFY2(f.window->rect().contains(place), qPrintable(QStringLiteral("%1, %2, %3 x %4")
                                                                          .arg(place.x())
                                                                          .arg(place.y())
                                                                          .arg(place.width())
                                                                          .arg(place.height())));
            }
        }
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void fitsASmallScreenWhateverAFileIsCalled() {
        WindowFixture f;
        f.window->resize(smallScreen);
        QVERIFY(f.openText(QStringLiteral("a_long_name_without_any_place_to_break_it_").repeated(5) +
                           QStringLiteral(".txt")));
        QTest::qWait(20);
        QVERIFY(f.window->minimumSizeHint().width() <= 1280);
        QCOMPARE(f.window->size(), smallScreen);
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void movesNoPanelWhenTheSelectionChanges() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->resize(smallScreen);
        QTest::qWait(20);
        QList<QRect> before;
        for (const QDockWidget* dock : f.window->parts().docks)
            before += dock->geometry();
        const QRect map = placeIn(f.window.get(), f.window->findChild<views::SurvivalMap*>());
        for (const int token : {droppedToken(f), 0}) {
            f.window->navigator().lock(token, false);
            QTest::qWait(20);
            for (qsizetype i = 0; i < before.size(); ++i)
                QCOMPARE(f.window->parts().docks[i]->geometry(), before[i]);
            QCOMPARE(placeIn(f.window.get(), f.window->findChild<views::SurvivalMap*>()), map);
        }
    }
    void givesTheMapAndTheConversationTheMostRoom() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->resize(smallScreen);
        QTest::qWait(20);
        const int map = f.window->findChild<views::SurvivalMap*>()->height();
        QVERIFY2(map >= 340, qPrintable(QString::number(map)));
        QVERIFY(map > f.window->parts().text->height());
        const QList<QDockWidget*>& docks = f.window->parts().docks;
        const int conversation = docks[2]->height();
        QVERIFY2(conversation >= 300, qPrintable(QString::number(conversation)));
        QVERIFY2(conversation > docks[3]->height(), qPrintable(QString::number(docks[3]->height())));
    }
    void bringsTheTokenForwardWhenOneIsClicked() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        const QList<QDockWidget*>& docks = f.window->parts().docks;
        const auto front = [&f, &docks] {
            for (const QTabBar* bar : f.window->findChildren<QTabBar*>())
                for (int tab = 0; tab < bar->count(); ++tab)
                    if (bar->tabText(tab) == docks[3]->windowTitle())
                        return bar->tabText(bar->currentIndex());
            return QString();
        };
        docks[4]->raise();
        QTRY_COMPARE(front(), docks[4]->windowTitle());
        f.window->navigator().lock(5, false);
        QTRY_COMPARE(front(), docks[3]->windowTitle());
        docks[3]->close();
        f.window->navigator().lock(6, false);
        QVERIFY(docks[3]->isHidden()); // who closed it does not want it back
    }
    void bringsAPanelForwardByItsKeyBeforeItHidesIt() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        QDockWidget* budget = f.window->parts().dock(QStringLiteral("budget"));
        const qsizetype index = f.window->parts().docks.indexOf(budget);
        QAction* action = f.window->parts().panelActions()[index];
        QVERIFY(!budget->widget()->isVisible()); // behind another tab
        QVERIFY(action->isChecked());
        action->trigger();
        QTRY_VERIFY(budget->widget()->isVisible());
        QVERIFY(action->isChecked());
        action->trigger();
        QTRY_VERIFY(budget->isHidden());
        QVERIFY(!action->isChecked());
        action->trigger();
        QTRY_VERIFY(budget->widget()->isVisible());
    }
    void showsWhatIsLookedAtAmongTabs() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        const QList<QDockWidget*>& docks = f.window->parts().docks;
        QVERIFY(f.window->tabifiedDockWidgets(docks[3]).contains(docks[4]));
        for (QDockWidget* other : f.window->tabifiedDockWidgets(docks[3]))
            if (other != docks[4])
                other->close();
        // The tab has the name, so there is no title; out of the tabs it comes back.
        QTRY_COMPARE(docks[3]->titleBarWidget()->sizeHint().height(), 0);
        docks[3]->close();
        QTRY_VERIFY(docks[4]->titleBarWidget()->sizeHint().height() > 0);
        docks[3]->show();
        QTRY_COMPARE(docks[4]->titleBarWidget()->sizeHint().height(), 0);
        docks[3]->setFloating(true);
        QTRY_VERIFY(docks[3]->titleBarWidget()->sizeHint().height() > 0);
        QTRY_VERIFY(docks[4]->titleBarWidget()->sizeHint().height() > 0);
        f.window->actions().resetLayout->trigger();
        QTRY_COMPARE(docks[4]->titleBarWidget()->sizeHint().height(), 0);
    }
};

QTEST_MAIN(TestWindowLayout)
#include "test_window_layout.moc"
