// SPDX-License-Identifier: GPL-3.0-or-later
// Where the panels stand: on a small screen, with much to show, and from one choice to the next.
#include "tests/app/window_fixture.h"
#include "views/answer_view.h"
#include "views/elided_label.h"
#include "views/selection_chip.h"
#include "views/style.h"
#include "views/survival_map.h"
#include "views/text_view.h"

#include <QAction>
#include <QDockWidget>
#include <QLabel>
#include <QScreen>
#include <QScrollArea>
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

// The window at a small screen's size, when its bar has found out that one line is enough.
bool openOnSmallScreen(WindowFixture& f) {
    f.window->resize(smallScreen);
    const QWidget* question = f.question();
    const QWidget* top = f.window->parts().top;
    return QTest::qWaitFor([=] { return top->height() < 2 * question->height(); });
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
    void leavesTheQuestionRoomWhateverTheSizeOfTheText() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        for (const QSize size : {QSize(1024, 700), smallScreen, QSize(2560, 1440)}) {
            f.window->resize(size);
            for (int larger = 0; larger < 5; ++larger) {
                const auto letters = [&f] {
                    return f.question()->width() / f.question()->fontMetrics().averageCharWidth();
                };
                QTRY_VERIFY2(letters() >= 40, qPrintable(QString::number(letters())));
                for (const QWidget* each :
                     f.window->parts().top->findChildren<QWidget*>(Qt::FindDirectChildrenOnly)) {
                    QTRY_VERIFY2(!each->isVisible() ||
                                     (f.window->rect().contains(placeIn(f.window.get(), each)) &&
                                      each->height() >= each->minimumSizeHint().height()),
                                 qPrintable(QStringLiteral("%1 at %2: %3")
                                                .arg(QLatin1String(each->metaObject()->className()))
                                                .arg(views::textScale())
                                                .arg(each->height())));
                }
                f.window->actions().largerText->trigger();
                QTest::qWait(20);
            }
            f.window->actions().usualText->trigger();
            QTest::qWait(20);
        }
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void cutsOffNothingOfTheStrategyAndGivesItItsPlaceBack() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        QVERIFY(openOnSmallScreen(f));
        QTest::qWait(20);
        auto* strategy = f.window->parts().strategy;
        auto* scroll = strategy->findChild<QScrollArea*>();
        const QSize before = strategy->size();
        for (int i = 0; i < 4; ++i) {
            f.window->actions().largerText->trigger();
            QTest::qWait(20);
            QTRY_VERIFY2(scroll->widget()->width() <= scroll->viewport()->width(),
                         qPrintable(QStringLiteral("%1 > %2")
                                        .arg(scroll->widget()->width())
                                        .arg(scroll->viewport()->width())));
        }
        for (int i = 0; i < 4; ++i)
            f.window->actions().smallerText->trigger();
        QTRY_COMPARE(strategy->size(), before);
    }
    void fitsItselfSilentlyToAScreenOfAnotherSize() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->resize(2400, 1300);
        QTest::qWait(20);
        f.window->close();
        app::Settings settings(f.profile.filePath(QStringLiteral("window.ini")));
        QByteArray geometry = settings.geometry();
        QVERIFY(!geometry.isEmpty());
        // As from a screen that is three times as wide: the number stands behind three rectangles and the
        // state.
        const QByteArray wide("\0\0\x09\x60", 4);
        geometry.replace(geometry.size() - 20, 4, wide);
        settings.setGeometry(geometry);
        settings.save();
        f.open();
        QCOMPARE(f.message()->isVisible() ? f.message()->sentence() : QString(), QString());
        QVERIFY(f.window->width() <=
                std::max(f.window->screen()->availableSize().width(), f.window->minimumSizeHint().width()));
        QTest::qWait(20);
        // The panels share the height as they did.
        const auto height = [&f](const char* name) {
            return f.window->parts().dock(QLatin1String(name))->height();
        };
        QVERIFY2(height("strategy") > height("runs"),
                 qPrintable(QStringLiteral("%1 %2").arg(height("strategy")).arg(height("runs"))));
        QVERIFY(height("conversation") > height("token"));
        QCOMPARE(f.warnings.seen(), QStringList());
    }
    void isNeverSoSmallThatItsPartsOverlap() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        for (const Workspace workspace : workspaces) {
            f.window->arrangement().go(workspace);
            f.window->resize(400, 300);
            QTest::qWait(20);
            QVERIFY2(f.window->width() <= 1024 && f.window->height() <= 700,
                     qPrintable(QStringLiteral("%1: %2 x %3, centre %4")
                                    .arg(QLatin1String(recipeOf(workspace).key))
                                    .arg(f.window->width())
                                    .arg(f.window->height())
                                    .arg(f.window->centralWidget()->minimumSizeHint().width())));
            for (const QWidget* part : {static_cast<const QWidget*>(f.window->parts().top),
                                        static_cast<const QWidget*>(f.window->parts().replay)})
                QVERIFY(f.window->rect().contains(placeIn(f.window.get(), part)));
            QVERIFY(f.question()->width() >= 20 * f.question()->fontMetrics().averageCharWidth());
        }
    }
    void findsItsPanelsAsItLeftThemAfterLargerText() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->resize(1280, 800); // where no workspace needs more
        QTest::qWait(50);
        const auto widths = [&] {
            QHash<QString, int> byPanel;
            const PanelSizes sizes = f.window->parts().panelSizes();
            for (auto size = sizes.cbegin(); size != sizes.cend(); ++size)
                byPanel[size.key()] = size->width();
            return byPanel;
        };
        const auto before = widths();
        f.window->arrangement().go(Workspace::teach); // where letters are larger
        QTest::qWait(50);
        f.window->arrangement().go(Workspace::inspect);
        QTRY_COMPARE(widths(), before);
    }
    void tellsAllOfASelectionWhereThereIsRoom() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        auto* label = f.window->parts().selection->findChild<views::ElidedLabel*>();
        for (const int token : {1200, 1201, 1202, 1300, 2111}) { // their widths have other fractions
            f.window->navigator().lock(token, false);
            QTRY_COMPARE(label->fontMetrics().elidedText(label->fullText(), Qt::ElideRight, label->width()),
                         label->fullText());
        }
    }
    void movesNoPanelWhenTheSelectionChanges() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        QVERIFY(openOnSmallScreen(f));
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
        QVERIFY(openOnSmallScreen(f));
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
