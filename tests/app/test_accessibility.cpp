// SPDX-License-Identifier: GPL-3.0-or-later
// The window for people who do not see it, or use no mouse: names and roles, the order of the focus.
#include "tests/app/window_fixture.h"

#include <QAccessible>
#include <QDockWidget>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

bool takesFocusByTab(const QWidget* widget) {
    // What has a proxy (the line inside a spin box) hands the focus on.
    return widget->isVisible() && widget->isEnabled() && !widget->focusProxy() &&
           (widget->focusPolicy() & Qt::TabFocus) != 0;
}

// The panel, bar or part of the centre that a control stands in.
const QWidget* placeOf(const QWidget* widget, const MainWindow& window) {
    for (const QWidget* at = widget; at && at != &window; at = at->parentWidget())
        if (qobject_cast<const QDockWidget*>(at) || at->parentWidget() == window.parts().run ||
            at == window.parts().top || at == window.parts().replay)
            return at;
    return nullptr;
}

QString describe(const QWidget* widget) {
    return QStringLiteral("%1 '%2' (%3)")
        .arg(QString::fromLatin1(widget->metaObject()->className()), widget->accessibleName(),
             widget->objectName());
}

// Below, or in the same line further to the right.
bool followsInReading(const QWidget* a, const QWidget* b, const QWidget* place) {
    const QRect first(a->mapTo(place, QPoint()), a->size()), second(b->mapTo(place, QPoint()), b->size());
    const bool sameLine = second.top() < first.bottom() && first.top() < second.bottom();
    return sameLine ? second.left() >= first.left() : second.top() > first.top();
}

} // namespace

class TestAccessibility : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void givesEveryControlANameAndARole_data() { everyWorkspace(); }
    void givesEveryControlANameAndARole() {
        QFETCH(int, workspace);
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->arrangement().go(static_cast<Workspace>(workspace));
        QTest::qWait(20);
        QAccessible::setActive(true);
        QStringList wrong;
        for (QWidget* widget : f.window->findChildren<QWidget*>()) {
            if (!takesFocusByTab(widget))
                continue;
            const QAccessibleInterface* told = QAccessible::queryAccessibleInterface(widget);
            if (!told || told->text(QAccessible::Name).isEmpty() || told->role() == QAccessible::NoRole)
                wrong += describe(widget);
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QStringLiteral("; "))));
    }

    void movesTheFocusInReadingOrderWithinEveryPanel_data() { everyWorkspace(); }
    void movesTheFocusInReadingOrderWithinEveryPanel() {
        QFETCH(int, workspace);
        WindowFixture f;
        QVERIFY(!f.record().isEmpty());
        f.window->resize(1600, 1000);
        f.window->arrangement().go(static_cast<Workspace>(workspace));
        QTest::qWait(20);
        QStringList wrong;
        std::map<const QWidget*, const QWidget*> last; // by place
        int seen = 0;
        const QWidget* begin = f.window.get();
        for (const QWidget* at = begin->nextInFocusChain(); at != begin; at = at->nextInFocusChain()) {
            const QWidget* place = placeOf(at, *f.window);
            if (place && takesFocusByTab(at)) {
                ++seen;
                const QWidget*& before = last[place];
                if (before && !followsInReading(before, at, place))
                    wrong += describe(before) + QStringLiteral(" → ") + describe(at);
                before = at;
            }
        }
        QVERIFY(seen > 5);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QStringLiteral("; "))));
    }

  private:
    static void everyWorkspace() {
        QTest::addColumn<int>("workspace");
        for (const Workspace workspace : workspaces)
            QTest::newRow(recipeOf(workspace).key) << static_cast<int>(workspace);
    }
};

QTEST_MAIN(TestAccessibility)
#include "test_accessibility.moc"
