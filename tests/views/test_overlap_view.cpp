// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/options.h"
#include "tests/support/fail_on_warning.h"
#include "tests/support/planned_run.h"
#include "views/jaccard_plot.h"
#include "views/models/navigator.h"
#include "views/models/overlap_model.h"
#include "views/models/trace_model.h"
#include "views/overlap_view.h"
#include "views/style.h"
#include "views/upset_plot.h"

#include <QApplication>
#include <QComboBox>
#include <QTest>
#include <QToolButton>

#include <random>

using namespace kvprism;
using namespace kvprism::views;

namespace {

const select::Settings hybrid{{"method", "hybrid"},
                              {"hybrid-primary", "peak"},
                              {"budget", "256"},
                              {"block-size", "200"},
                              {"record-detail", "full"}};

// A view of a planned run on the screen, with every step compared.
struct Shown {
    explicit Shown(const select::Settings& settings = hybrid, int tokens = 2000, std::uint64_t seed = 1)
        : planned(test::plannedRun({.settings = settings, .streamTokens = tokens, .seed = seed})) {
        applyStyle(*qApp, Scheme::light);
        bindExtent(&model, &navigator);
        model.append(batch());
        view.resize(800, 600);
        view.show();
        settle();
    }
    TraceBatch batch() const {
        return {.run = planned.run, .steps = planned.steps, .applied = {}, .answers = {}, .end = {}};
    }
    void settle() {
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QVERIFY(QTest::qWaitFor([&] {
            return overlap.comparedSteps() == overlap.stepsToCompare() && overlap.step() == navigator.step();
        }));
        QCoreApplication::processEvents(); // layouts
    }
    void goTo(int step) {
        navigator.setStep(step);
        settle();
    }
    const trace::CompressionStep& step(int index) const {
        return *planned.steps[static_cast<std::size_t>(index)];
    }
    int methodNamed(std::string_view name) const {
        for (std::size_t i = 0; i < overlap.methods().size(); ++i)
            if (overlap.methods()[i].spec->name == name)
                return static_cast<int>(i);
        return -1;
    }

    test::WarningCatcher warnings;
    test::PlannedRun planned;
    TraceModel model;
    Navigator navigator;
    OverlapView view{&model, &navigator};
    const OverlapModel& overlap = view.overlap();
    UpsetPlot* upset = view.combinations();
    JaccardPlot* jaccard = view.likeness();
};

std::set<int> asSet(const std::vector<int>& tokens) {
    return {tokens.begin(), tokens.end()};
}

} // namespace

class TestOverlapView : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void itsNumbersAreThoseOfTheRules() {
        std::mt19937 random(3);
        for (int round = 0; round < 6; ++round) {
            select::Settings settings = hybrid;
            settings["budget"] = std::to_string(100 + random() % 300);
            settings["method"] = round % 2 == 0 ? "hybrid" : "exact";
            if (round % 2 != 0)
                settings.erase("hybrid-primary");
            Shown f(settings, 1500, random());
            const select::Config config = *select::configOfRun(*f.planned.run);
            for (int step = 0; step < f.model.stepCount(); ++step) {
                f.goTo(step);
                const select::KeptSets sets = select::keptSets(f.step(step), config);
                const select::SharedTokens shared = select::sharedTokens(sets);
                QVERIFY(f.overlap.combinations() == (select::hadToChoose(f.step(step))
                                                         ? select::combinations(sets, ~0U)
                                                         : std::vector<select::Combination>()));
                int tokens = f.overlap.tokensNobodyKeeps();
                for (int column = 0; column < f.upset->columns(); ++column)
                    tokens += f.upset->combinationAt(column).tokens;
                QCOMPARE(tokens, select::hadToChoose(f.step(step)) ? f.step(step).counts.candidates : 0);
                for (std::size_t i = 0; i < sets.methods.size(); ++i) {
                    const int method = f.methodNamed(sets.methods[i]->name);
                    QCOMPARE(f.overlap.sizeOf(method).tokens, shared.sizeOf(i));
                    QCOMPARE(f.overlap.sizeOf(method).kept, shared.both(i, shared.run()));
                    QCOMPARE(f.overlap.likeness(step, method)->jaccard, shared.jaccard(i, shared.run()));
                }
            }
            QCOMPARE(f.warnings.seen(), QStringList());
        }
    }

    void aColumnLocksItsTokens() {
        Shown f;
        f.goTo(5);
        QVERIFY(f.upset->columns() > 2);
        for (const int column : {0, 2}) {
            QTest::mouseClick(f.upset, Qt::LeftButton, {}, f.upset->columnRect(column).center());
            const auto tokens = f.overlap.tokensOf(f.upset->combinationAt(column));
            QCOMPARE(static_cast<int>(tokens.size()), f.upset->combinationAt(column).tokens);
            QVERIFY(f.navigator.locked() == asSet(tokens));
            QCOMPARE(f.navigator.effectiveToken(), std::optional(tokens.front()));
            QVERIFY(f.view.note().contains(QString::number(tokens.size())));
        }
        const auto before = f.navigator.locked();
        QTest::mouseClick(f.upset, Qt::LeftButton, Qt::ShiftModifier, f.upset->columnRect(1).center());
        QCOMPARE(f.navigator.locked().size(),
                 before.size() + static_cast<std::size_t>(f.upset->combinationAt(1).tokens));
        f.navigator.clearLock();
        QVERIFY(f.view.note().isEmpty());
    }

    void aSelectorsBarLocksAllThatItKeeps() {
        Shown f;
        f.goTo(5);
        const int recency = f.methodNamed("recency");
        QTest::mouseClick(f.upset, Qt::LeftButton, {}, f.upset->setRect(recency).center());
        QCOMPARE(static_cast<int>(f.navigator.locked().size()), f.step(5).quota);
        const int newest = f.step(5).held.positions[f.overlap.sets().rows.back()].value;
        QCOMPARE(*f.navigator.locked().rbegin(), newest);
    }

    void aSelectorCanBeLeftOut() {
        Shown f;
        f.goTo(5);
        const int random = f.methodNamed("random");
        const int columns = f.upset->columns();
        QTest::mouseClick(f.upset, Qt::LeftButton, {}, f.upset->nameRect(random).center());
        QVERIFY(!f.overlap.methods()[static_cast<std::size_t>(random)].included);
        QVERIFY(f.upset->columns() < columns);
        int tokens = f.overlap.tokensNobodyKeeps();
        for (int column = 0; column < f.upset->columns(); ++column)
            tokens += f.upset->combinationAt(column).tokens;
        QCOMPARE(tokens, f.step(5).counts.candidates);
        const auto chosen = f.overlap.tokensOf(f.upset->combinationAt(0));
        QCOMPARE(static_cast<int>(chosen.size()), f.upset->combinationAt(0).tokens);
    }

    void largeSetsAreLockedInPartAndItSaysSo() {
        select::Settings settings{{"method", "recency"}, {"budget", "6000"}, {"block-size", "3000"}};
        Shown f(settings, 20000);
        f.goTo(4);
        QVERIFY(f.step(4).quota > OverlapView::mostLocked);
        QTest::mouseClick(f.upset, Qt::LeftButton, {}, f.upset->setRect(f.methodNamed("recency")).center());
        QCOMPARE(static_cast<int>(f.navigator.locked().size()), OverlapView::mostLocked);
        QVERIFY(f.view.note().contains(QLocale().toString(f.step(4).quota)));
    }

    void everythingGoesByKeys() {
        Shown f;
        f.goTo(5);
        f.upset->setFocus();
        QTest::keyClick(f.upset, Qt::Key_Home);
        QTest::keyClick(f.upset, Qt::Key_Right);
        QVERIFY(f.upset->accessibleDescription().contains(QString::number(f.upset->combinationAt(1).tokens)));
        QTest::keyClick(f.upset, Qt::Key_Return);
        QVERIFY(f.navigator.locked() == asSet(f.overlap.tokensOf(f.upset->combinationAt(1))));
        QTest::keyClick(f.upset, Qt::Key_End); // what was out of sight comes into it
        QVERIFY(!f.upset->columnRect(f.upset->columns() - 1).isEmpty());
        QTest::keyClick(f.upset, Qt::Key_Down);
        QTest::keyClick(f.upset, Qt::Key_Return);
        QVERIFY(f.navigator.locked() == asSet(f.overlap.tokensOf(1)));
        QTest::keyClick(f.upset, Qt::Key_Space);
        QVERIFY(!f.overlap.methods()[1].included);
        f.jaccard->setFocus();
        QTest::keyClick(f.jaccard, Qt::Key_Left);
        QCOMPARE(f.navigator.step(), 4);
        QTest::keyClick(f.jaccard, Qt::Key_End);
        QCOMPARE(f.navigator.step(), f.model.stepCount() - 1);
        QVERIFY(f.jaccard->accessibleDescription().contains(QStringLiteral("Jaccard")));
    }

    void aClickOnALineGoesToItsStep() {
        Shown f;
        for (const int step : {3, 8, 5}) {
            QTest::mouseClick(f.jaccard, Qt::LeftButton, {}, f.jaccard->pointOf(1, step));
            QCOMPARE(f.navigator.step(), step);
        }
    }

    void anotherReferenceCanBeChosen() {
        Shown f;
        f.goTo(5);
        auto* box = f.view.findChild<QComboBox*>();
        const int recency = f.methodNamed("recency");
        box->setCurrentIndex(box->findData(recency));
        QCOMPARE(f.overlap.likeness(5, recency)->jaccard, 1.0);
        const int peak = f.methodNamed("peak");
        const auto one = asSet(f.overlap.tokensOf(peak)), other = asSet(f.overlap.tokensOf(recency));
        int both = 0;
        for (const int token : one)
            both += other.contains(token) ? 1 : 0;
        QCOMPARE(f.overlap.likeness(5, peak)->both, both);
        QCOMPARE(f.overlap.likeness(5, peak)->either, static_cast<int>(one.size() + other.size()) - both);
    }

    void aStepThatDroppedNothingSaysSoAndLeadsOn() {
        Shown f;
        f.goTo(0);
        QVERIFY(f.view.message().contains(QStringLiteral("drop nothing")));
        QVERIFY(!f.upset->isVisible());
        for (QToolButton* button : f.view.findChildren<QToolButton*>())
            if (button->isVisible())
                button->click();
        f.settle();
        QCOMPARE(f.navigator.step(), *f.overlap.firstChoice());
        QVERIFY(f.view.message().isEmpty() && f.upset->isVisible());
    }

    void saysWhatTheRecordingLacks() {
        select::Settings plain = hybrid;
        plain.erase("record-detail");
        Shown f(plain);
        const int exact = f.methodNamed("exact"), snapkv = f.methodNamed("snapkv");
        QVERIFY(!f.overlap.methods()[static_cast<std::size_t>(exact)].recorded);
        QVERIFY(remedyWords(f.overlap, exact).contains(QStringLiteral("full detail")));
        QVERIFY(!remedyWords(f.overlap, snapkv).contains(QStringLiteral("full detail")));
        QTest::mouseClick(f.upset, Qt::LeftButton, {}, f.upset->setRect(exact).center());
        QVERIFY(f.navigator.locked().empty());
    }

    void nothingIsComputedForNobody() {
        Shown f;
        f.view.hide();
        f.model.clear();
        f.model.append(f.batch());
        for (int i = 0; i < 50; ++i)
            QCoreApplication::processEvents();
        QCOMPARE(f.overlap.comparedSteps(), 0);
        f.view.show();
        f.settle();
        QVERIFY(f.overlap.comparedSteps() > 0);
    }

    void followsLiveRunsAndEmptiness() {
        Shown f;
        f.model.clear();
        QTest::qWait(1);
        QVERIFY(!f.view.message().isEmpty());
        TraceBatch start;
        start.run = f.planned.run;
        f.model.append(start);
        for (const auto& step : f.planned.steps) {
            TraceBatch batch;
            batch.steps = {step};
            f.model.append(batch);
            QCoreApplication::processEvents();
        }
        f.settle();
        QVERIFY(f.upset->columns() > 0);
        QCOMPARE(f.overlap.stepsToCompare(),
                 static_cast<int>(std::ranges::count_if(
                     f.planned.steps, [](const auto& step) { return select::hadToChoose(*step); })));
        applyStyle(*qApp, Scheme::dark);
        f.view.resize(300, 300);
        f.view.grab();
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void aRunOfUnknownSettingsIsNotGuessedAt() {
        Shown f;
        auto run = std::make_shared<trace::Run>(*f.planned.run);
        run->config = {{"mode", "sideways"}};
        f.model.append({.run = run, .steps = f.planned.steps, .applied = {}, .answers = {}, .end = {}});
        QTest::qWait(1);
        QVERIFY(f.view.message().contains(QStringLiteral("cannot be read")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void theWholeRunThatFitsHasNothingToOverlap() {
        Shown f({{"method", "peak"}, {"budget", "2500"}, {"block-size", "500"}});
        QVERIFY(f.view.message().contains(QStringLiteral("Nothing was dropped")));
    }
};

QTEST_MAIN(TestOverlapView)
#include "test_overlap_view.moc"
