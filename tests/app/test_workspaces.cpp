// SPDX-License-Identifier: GPL-3.0-or-later
// The four workspaces: what each one shows, how it was left, and how large its text is.
#include "tests/app/window_fixture.h"
#include "views/compare_view.h"
#include "views/style.h"
#include "views/survival_map.h"
#include "views/text_view.h"
#include "views/token_details.h"

#include <QAction>
#include <QDockWidget>
#include <QLabel>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

class TestWorkspaces : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void showsTheFourWorkspacesByTheirKeys() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        auto& shown = f.window->arrangement();
        QCOMPARE(shown.current(), Workspace::inspect);
        const auto isShown = [&](const char* panel) {
            return f.window->parts().dock(QLatin1String(panel))->isVisible();
        };
        const auto go = [&](Qt::Key key) { QTest::keyClick(f.window.get(), key, Qt::ControlModifier); };
        go(Qt::Key_1);
        QCOMPARE(shown.current(), Workspace::read);
        QVERIFY(f.window->parts().text->isVisible());
        QVERIFY(!f.window->findChild<views::SurvivalMap*>()->isVisible());
        QVERIFY(!isShown("strategy"));
        go(Qt::Key_3);
        QVERIFY(f.window->parts().comparison->isVisible());
        QVERIFY(isShown("needles"));
        go(Qt::Key_4);
        QVERIFY(f.window->findChild<views::SurvivalMap*>()->isVisible());
        QVERIFY(!f.window->parts().text->isVisible());
        go(Qt::Key_2);
        QVERIFY(isShown("strategy"));
        QVERIFY(f.window->findChild<views::SurvivalMap*>()->isVisible());
        QVERIFY(f.window->parts().text->isVisible());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void remembersHowEachWorkspaceWasLeft() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->parts().dock(QStringLiteral("runs"))->close();
        f.window->arrangement().go(Workspace::read);
        QVERIFY(f.window->parts().dock(QStringLiteral("runs"))->isVisible());
        f.window->arrangement().go(Workspace::inspect);
        QVERIFY(!f.window->parts().dock(QStringLiteral("runs"))->isVisible());
        f.window->arrangement().go(Workspace::read);
        f.window->close();
        f.open();
        QCOMPARE(f.window->arrangement().current(), Workspace::read);
        f.window->arrangement().go(Workspace::inspect);
        QVERIFY(!f.window->parts().dock(QStringLiteral("runs"))->isVisible());
        f.window->actions().resetLayout->trigger();
        QVERIFY(f.window->parts().dock(QStringLiteral("runs"))->isVisible());
    }

    void makesAllTextLargerAndSmaller() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        const auto height = [](const QWidget* widget) { return widget->fontInfo().pixelSize(); };
        const QWidget* const parts[] = {f.question(), f.window->parts().status, f.window->parts().text,
                                        f.window->findChild<views::SurvivalMap*>(),
                                        f.window->findChild<views::TokenDetails*>()->findChild<QLabel*>()};
        std::vector<int> before;
        for (const QWidget* part : parts)
            before.push_back(height(part));
        for (int i = 0; i < 3; ++i)
            f.window->actions().largerText->trigger();
        QTRY_VERIFY(height(f.window->parts().text) > before[2]); // Qt tells it by an event
        for (std::size_t i = 0; i < before.size(); ++i)
            QVERIFY2(height(parts[i]) > before[i], qPrintable(QString::number(i)));
        for (int i = 0; i < 20; ++i)
            f.window->actions().largerText->trigger();
        QVERIFY(!f.window->actions().largerText->isEnabled());
        QCOMPARE(views::textScale(), Settings::largestText);
        f.window->actions().usualText->trigger();
        for (std::size_t i = 0; i < before.size(); ++i)
            QTRY_COMPARE(height(parts[i]), before[i]);
        for (int i = 0; i < 20; ++i)
            f.window->actions().smallerText->trigger();
        QVERIFY(!f.window->actions().smallerText->isEnabled());
        f.window->actions().usualText->trigger();
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void remembersTheSizeOfTheTextForEachWorkspace() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        QCOMPARE(views::textScale(), 1.0);
        f.window->arrangement().go(Workspace::teach); // is read from the last row
        QCOMPARE(views::textScale(), recipeOf(Workspace::teach).textScale);
        f.window->actions().largerText->trigger();
        const double chosen = views::textScale();
        f.window->close();
        f.open();
        QCOMPARE(f.window->arrangement().current(), Workspace::teach);
        QCOMPARE(views::textScale(), chosen);
        f.window->arrangement().go(Workspace::inspect);
        QCOMPARE(views::textScale(), 1.0);
    }

    void fitsASmallScreenInEveryWorkspace() {
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        for (const Workspace workspace : workspaces) {
            f.window->resize(1280, 800);
            f.window->arrangement().go(workspace);
            QTest::qWait(20);
            const QSize least = f.window->minimumSizeHint();
            QVERIFY2(least.width() <= 1280 && least.height() <= 800,
                     qPrintable(QStringLiteral("%1: %2 x %3")
                                    .arg(QLatin1String(recipeOf(workspace).key))
                                    .arg(least.width())
                                    .arg(least.height())));
        }
    }
};

QTEST_MAIN(TestWorkspaces)
#include "test_workspaces.moc"
