// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/view_fixture.h"
#include "views/budget_view.h"

#include <numeric>

using namespace kvprism;
using namespace kvprism::views;

class TestBudgetView : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void addsUpToTheTrace() {
        test::ViewFixture f;
        BudgetView view(&f.model, &f.navigator);
        QCOMPARE(static_cast<int>(view.rows().size()), f.model.stepCount());
        for (std::size_t i = 0; i < view.rows().size(); ++i) {
            const BudgetRow& row = view.rows()[i];
            const trace::CompressionStep& step = *f.model.store().steps()[i];
            QCOMPARE(row.anchors, step.counts.anchors);
            QCOMPARE(row.window, step.counts.window);
            QCOMPARE(std::accumulate(row.global.begin(), row.global.end(), 0), step.counts.global);
            QCOMPARE(row.dropped, step.counts.dropped);
            QCOMPARE(row.kept(), step.counts.kept);
            QCOMPARE(row.held(), static_cast<int>(step.held.size()));
        }
    }

    void tellsSelectorsApart() {
        trace::CompressionStep step;
        using trace::Tier;
        step.held.tiers = {Tier::global, Tier::global,  Tier::global,
                           Tier::global, Tier::dropped, Tier::compressed};
        step.held.selectors = {0, 1, 1, trace::noSelector, trace::noSelector, 0};
        const BudgetRow row = budgetRow(step, 2);
        QCOMPARE(row.global, (std::vector<int>{1, 2, 1}));
        QCOMPARE(row.compressed, 1);
        QCOMPARE(row.dropped, 1);
        QCOMPARE(row.held(), 6);
    }

    void goesToTheBarThatIsClicked() {
        test::ViewFixture f;
        BudgetView view(&f.model, &f.navigator);
        f.show(view, {600, 300});
        for (const int step : {2, 0, f.model.stepCount() - 1}) {
            const QPoint at = view.centreOf(step);
            QWidget* under = view.childAt(at);
            QVERIFY(under);
            QTest::mouseClick(under, Qt::LeftButton, {}, under->mapFrom(&view, at));
            QCOMPARE(f.navigator.step(), step);
        }
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(f.navigator.step(), f.model.stepCount() - 2);
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(f.navigator.step(), 0);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("Step 0")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void followsRunsAndSchemes() {
        test::ViewFixture f;
        BudgetView view(&f.model, &f.navigator);
        f.show(view, {600, 300});
        applyStyle(*qApp, Scheme::dark);
        view.grab();
        f.model.clear();
        QVERIFY(view.rows().empty());
        view.grab();
        TraceBatch start;
        start.run = f.whole.run;
        f.model.append(start);
        for (const auto& step : f.whole.steps) {
            TraceBatch batch;
            batch.steps = {step};
            f.model.append(batch);
        }
        QCOMPARE(static_cast<int>(view.rows().size()), f.model.stepCount());
        QCOMPARE(f.warnings.seen(), QStringList());
    }
};

QTEST_MAIN(TestBudgetView)
#include "test_budget_view.moc"
