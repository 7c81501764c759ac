// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fail_on_warning.h"
#include "tests/support/planned_run.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/style.h"
#include "views/token_list.h"
#include "views/what_if_controls.h"
#include "views/what_if_strip.h"
#include "views/what_if_view.h"

#include <QApplication>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include <random>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;

namespace {

const select::Settings hybrid{
    {"method", "hybrid"}, {"hybrid-primary", "peak"}, {"budget", "256"}, {"block-size", "200"}};

struct Shown {
    explicit Shown(const select::Settings& settings = hybrid, std::uint64_t seed = 1)
        : planned(test::plannedRun({.settings = settings, .streamTokens = 2000, .seed = seed})) {
        applyStyle(*qApp, Scheme::light);
        bindExtent(&model, &navigator);
        model.append({.run = planned.run, .steps = planned.steps, .applied = {}, .answers = {}, .end = {}});
        navigator.setStep(5);
        view.resize(400, 900);
        view.show();
        settle();
    }
    void settle() { // one frame later
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QTest::qWait(40);
        QTRY_VERIFY(!view.isPredicting());
    }
    const trace::CompressionStep& step() const {
        return *planned.steps[static_cast<std::size_t>(navigator.step())];
    }
    const trace::CompressionStep* before() const {
        return navigator.step() == 0 ? nullptr
                                     : planned.steps[static_cast<std::size_t>(navigator.step()) - 1].get();
    }

    test::WarningCatcher warnings;
    test::PlannedRun planned;
    TraceModel model;
    Navigator navigator;
    WhatIfView view{&model, &navigator};
    WhatIfControls* controls = view.controls();
};

bool isKept(const trace::CompressionStep& step, int position) {
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.positions[row].value == position)
            return step.held.tiers[row] != Tier::dropped;
    return false;
}

} // namespace

class TestWhatIfView : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void unchangedItIsWhatWasRecorded() {
        for (const char* method : {"peak", "hybrid", "lsh", "recency", "snapkv"}) {
            Shown f({{"method", method}, {"budget", "256"}, {"block-size", "200"}});
            for (int step = 0; step < f.model.stepCount(); ++step) {
                f.navigator.setStep(step);
                f.settle();
                QVERIFY2(f.view.prediction(), qPrintable(f.view.problem()));
                QVERIFY(*f.view.prediction() == f.step());
                QVERIFY(f.view.change().isEmpty());
            }
            QVERIFY(!f.view.runButton()->isEnabled() && !f.view.resetButton()->isEnabled());
        }
    }

    void whatChangesIsThatOfTheRules() {
        std::mt19937 random(2);
        for (int round = 0; round < 12; ++round) {
            Shown f(hybrid, random());
            f.navigator.setStep(static_cast<int>(random() % 9));
            f.controls->budgetField()->setValue(120 + static_cast<int>(random() % 400));
            f.controls->divisorField()->setValue(3 + static_cast<int>(random() % 8));
            f.controls->ratioField()->setValue(0.05 * static_cast<int>(random() % 21));
            f.settle();
            const auto expected =
                select::predictStep(*f.planned.run, f.before(), f.step(), f.controls->changed());
            QVERIFY(expected.ok());
            QVERIFY(f.view.prediction() && *f.view.prediction() == *expected);
            std::size_t gained = 0, lost = 0;
            for (std::size_t row = 0; row < f.step().held.size(); ++row) {
                const bool was = f.step().held.tiers[row] != Tier::dropped;
                const bool is = expected->held.tiers[row] != Tier::dropped;
                gained += !was && is;
                lost += was && !is;
            }
            QCOMPARE(f.view.change().alsoKept.size(), gained);
            QCOMPARE(f.view.change().notKept.size(), lost);
            for (const int token : f.view.change().alsoKept)
                QVERIFY(!isKept(f.step(), token) && isKept(*expected, token));
            for (const int token : f.view.change().notKept)
                QVERIFY(isKept(f.step(), token) && !isKept(*expected, token));
            QCOMPARE(f.view.strip()->changedTokens().size(), gained + lost);
            QCOMPARE(f.warnings.seen(), QStringList());
        }
    }

    void theBestOfThoseThatChangeComeFirst() {
        Shown f({{"method", "exact"}, {"budget", "256"}, {"block-size", "200"}});
        f.controls->budgetField()->setValue(330);
        f.settle();
        const auto& held = f.step().held;
        float last = std::numeric_limits<float>::infinity();
        int ranked = 0;
        for (const int token : f.view.change().alsoKept) {
            const auto row = *f.model.store().rowAt(5, StreamPos(token));
            if (!f.view.prediction()->held.candidates[row])
                break; // would be anchors or window
            QVERIFY(held.scores.front().values[row] <= last);
            last = held.scores.front().values[row];
            ++ranked;
        }
        QVERIFY(ranked > 5);
    }

    void aDraggedSliderAsksOnceAFrameAndTheNewestCounts() {
        Shown f;
        const int made = f.view.predictionsMade();
        for (int value = 300; value < 900; value += 10)
            f.controls->budgetSlider()->setValue(value);
        QCOMPARE(f.view.predictionsMade(), made);
        f.settle();
        QCOMPARE(f.view.predictionsMade(), made + 1);
        QCOMPARE(f.controls->changed().budget, std::optional(f.controls->budgetField()->value()));
        QVERIFY(*f.view.prediction() ==
                *select::predictStep(*f.planned.run, f.before(), f.step(), f.controls->changed()));
    }

    void keysMoveTheSliderFromEndToEnd() {
        Shown f;
        QSlider* slider = f.controls->budgetSlider();
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_Home);
        const int least = f.controls->budgetField()->value();
        for (int i = 0; i < 40; ++i) // several places mean the same small budget
            QTest::keyClick(slider, Qt::Key_Right);
        QCOMPARE(slider->value(), 40);
        QVERIFY(f.controls->budgetField()->value() > least);
        QTest::keyClick(slider, Qt::Key_End);
        QCOMPARE(f.controls->budgetField()->value(), f.planned.run->streamTokens());
    }

    void scrollingThePanelChangesNothing() {
        Shown f;
        f.view.strip()->setFocus();
        for (QWidget* widget : {static_cast<QWidget*>(f.controls->budgetSlider()),
                                static_cast<QWidget*>(f.controls->divisorField())}) {
            QWheelEvent turn(widget->rect().center(), widget->mapToGlobal(widget->rect().center()), {},
                             {0, 120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(widget, &turn);
        }
        QVERIFY(f.controls->changed().isEmpty());
    }

    void whatCannotBeIsExplainedInPlace() {
        Shown f;
        f.controls->budgetField()->setValue(8);
        f.settle();
        QVERIFY(!f.view.prediction());
        QVERIFY(f.view.problem().contains(QStringLiteral("too small")));
        QVERIFY(!f.view.problem().contains(QStringLiteral("--")));
        QVERIFY(!f.view.runButton()->isEnabled());
        f.controls->budgetField()->setValue(256);
        f.controls->divisorField()->setValue(2);
        f.settle();
        QVERIFY(f.view.problem().contains(QStringLiteral("3 or more")));
        f.view.resetButton()->click();
        f.settle();
        QVERIFY(f.view.problem().isEmpty() && f.view.prediction());
        QVERIFY(f.controls->changed().isEmpty());
    }

    void whatWasNotScoredCanOnlyBeRun() {
        Shown f({{"method", "peak"}, {"budget", "2500"}, {"block-size", "500"}});
        f.controls->budgetField()->setValue(400);
        f.settle();
        QVERIFY(f.view.problem().contains(QStringLiteral("nothing was scored")));
        QVERIFY(f.view.runButton()->isEnabled());
    }

    void asksToRunWithWhatIsChangedAlone() {
        Shown f;
        QSignalSpy spy(&f.view, &WhatIfView::runRequested);
        f.controls->ratioField()->setValue(0.25);
        f.settle();
        f.view.runButton()->setFocus();
        QTest::keyClick(f.view.runButton(), Qt::Key_Space);
        QCOMPARE(spy.count(), 1);
        QVERIFY(spy[0][0].value<select::WhatIf>() == select::WhatIf{.hybridRatio = 0.25});
    }

    void whatIsFixedSaysWhy() {
        Shown f({{"method", "peak"}, {"budget", "256"}, {"block-size", "200"}});
        QVERIFY(!f.controls->ratioField()->isEnabled() && f.controls->budgetField()->isEnabled());
        QVERIFY(f.controls->reasonWhyFixed().contains(QStringLiteral("One selector")));
        Shown dense({{"method", "none"}, {"budget", "256"}, {"block-size", "200"}});
        QVERIFY(!dense.controls->budgetField()->isEnabled());
        QVERIFY(!dense.controls->divisorField()->isEnabled());
    }

    void aClickOnAChangeLocksIt() {
        Shown f;
        f.controls->budgetField()->setValue(300);
        f.settle();
        WhatIfStrip* strip = f.view.strip();
        const int token = strip->changedTokens().front();
        QTest::mouseClick(strip, Qt::LeftButton, {}, strip->pointOf(token));
        QVERIFY(f.navigator.locked().contains(token));
        f.navigator.clearLock();
        strip->setFocus();
        QTest::keyClick(strip, Qt::Key_Right);
        QTest::keyClick(strip, Qt::Key_Right);
        QCOMPARE(f.navigator.hover(), std::optional(strip->changedTokens()[1]));
        QTest::keyClick(strip, Qt::Key_Return);
        QVERIFY(f.navigator.locked() == std::set<int>{strip->changedTokens()[1]});
        for (TokenList* list : f.view.findChildren<TokenList*>()) {
            if (!list->isVisible())
                continue;
            auto buttons = list->findChildren<QToolButton*>();
            buttons[1]->click(); // the first word
            QVERIFY(f.navigator.locked() == std::set<int>{list->tokens().front()});
            buttons[0]->click(); // all of them
            QCOMPARE(f.navigator.locked(), std::set<int>(list->tokens().begin(), list->tokens().end()));
        }
    }

    void aHiddenPanelPredictsNothing() {
        Shown f;
        f.view.hide();
        const int made = f.view.predictionsMade();
        f.navigator.setStep(3);
        QTest::qWait(40);
        QCOMPARE(f.view.predictionsMade(), made);
        f.view.show();
        f.settle();
        QVERIFY(*f.view.prediction() == f.step());
    }

    void followsRunsAndSchemes() {
        Shown f;
        f.controls->budgetField()->setValue(300);
        f.model.clear();
        f.settle();
        QVERIFY(!f.view.prediction() && !f.controls->budgetField()->isEnabled());
        QVERIFY(!f.view.runButton()->isEnabled());
        f.model.append(
            {.run = f.planned.run, .steps = f.planned.steps, .applied = {}, .answers = {}, .end = {}});
        f.settle();
        QVERIFY(f.view.prediction() && f.controls->changed().isEmpty());
        applyStyle(*qApp, Scheme::dark);
        f.view.resize(300, 300);
        f.view.grab();
        QCOMPARE(f.warnings.seen(), QStringList());
    }
};

QTEST_MAIN(TestWhatIfView)
#include "test_what_if_view.moc"
