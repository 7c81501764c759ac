// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/planned_model.h"
#include "tests/views/view_fixture.h"
#include "views/models/score_scale.h"
#include "views/models/step_ranks.h"
#include "views/score_plot.h"
#include "views/score_view.h"
#include "views/score_words.h"

#include <QComboBox>
#include <QShortcut>
#include <QTabWidget>
#include <QToolButton>

#include <algorithm>
#include <map>
#include <random>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;

namespace {

using Settings = select::Settings;

// Every way in which a run may choose, with full detail and without.
std::vector<Settings> strategies() {
    std::vector<Settings> all;
    const auto add = [&](Settings settings) {
        settings.emplace("budget", "256");
        settings.emplace("block-size", "200");
        all.push_back(settings);
        settings["record-detail"] = "full";
        all.push_back(settings);
    };
    for (const char* method : {"peak", "exact", "snapkv", "h2o", "knorm", "random"})
        add({{"method", method}});
    for (const char* mode : {"frequency_rank", "magicpig_baseline", "magicpig_sampling"})
        add({{"method", "lsh"}, {"lsh-mode", mode}, {"num-bits", "4"}});
    add({{"preset", "laser-kv"}});
    add({{"method", "hybrid"}, {"hybrid-primary", "lsh"}, {"hybrid-secondary", "peak"}, {"num-bits", "4"}});
    add({{"method", "hybrid"}, {"hybrid-primary", "knorm"}, {"hybrid-secondary", "snapkv"}});
    return all;
}

struct Planned : test::ViewFixture {
    explicit Planned(const Settings& settings, std::uint64_t seed = 1, bool withoutText = false) {
        test::PlannedRunOptions options;
        options.settings = settings;
        options.streamTokens = 1500;
        options.seed = seed;
        options.withoutText = withoutText;
        whole = test::plannedBatch(options);
        model.append(whole);
    }

    const trace::CompressionStep& step() const {
        return *model.store().steps()[static_cast<std::size_t>(navigator.step())];
    }
};

const Settings peakRun{{"budget", "256"}, {"block-size", "200"}};

} // namespace

class TestScoreView : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void showsEveryCandidateWithTheRecordedNumbers() {
        std::uint64_t seed = 0;
        for (const Settings& settings : strategies()) {
            Planned f(settings, ++seed);
            for (const auto& step : f.model.store().steps()) {
                for (const ScoreKind& kind : scoreKinds(*f.model.run(), *step)) {
                    const ScorePoints points(*f.model.run(), *step, kind);
                    QCOMPARE(static_cast<int>(points.points().size()), step->counts.candidates);
                    int kept = 0;
                    for (const ScorePoints::Point& point : points.points()) {
                        const std::size_t row = *f.model.store().rowAt(step->index, StreamPos(point.token));
                        QVERIFY(step->held.candidates[row]);
                        QCOMPARE(point.tier, step->held.tiers[row]);
                        kept += step->held.tiers[row] != Tier::dropped;
                        for (const auto& column : step->held.scores)
                            if (kind.source == ScoreKind::Source::column && column.name == kind.name)
                                QCOMPARE(point.value, column.values[row]);
                        if (kind.source == ScoreKind::Source::collisions)
                            QCOMPARE(point.value, static_cast<float>(step->held.lsh.collisions[row]));
                    }
                    QCOMPARE(points.kept(), kept);
                }
            }
        }
    }

    // What a part chose are the first of its ranks, exactly as many as the record says, down to its cut-off.
    void drawsTheLineWhereTheStepDrewIt() {
        int lines = 0;
        for (const Settings& settings : strategies()) {
            Planned f(settings, 77);
            for (const auto& step : f.model.store().steps()) {
                for (const ScoreKind& kind : scoreKinds(*f.model.run(), *step)) {
                    if (!kind.selector)
                        continue;
                    const ScorePoints points(*f.model.run(), *step, kind);
                    const auto own = std::ranges::count(step->held.selectors, *kind.selector);
                    int bySelector = 0;
                    for (int rank = 1; rank <= points.ranked(); ++rank) {
                        const ScorePoints::Point& point = points.ranking(rank);
                        QCOMPARE(point.rank, rank);
                        const bool taken = point.kept() && point.selector == *kind.selector;
                        QCOMPARE(taken, rank <= points.chosen());
                        bySelector += taken;
                    }
                    QVERIFY(bySelector <= own); // older choices are no candidates in accumulate
                    if (!points.cut())
                        continue;
                    ++lines;
                    float last = 0;
                    for (int rank = 1; rank <= points.chosen(); ++rank)
                        if (points.ranking(rank).reason != trace::Reason::filled)
                            last = points.ranking(rank).value;
                    QCOMPARE(last, *points.cut());
                    QCOMPARE(*points.margin(points.ranking(1)) >= 0, true);
                }
            }
        }
        QVERIFY(lines > 40);
    }

    void ranksAsEveryOtherViewDoes() {
        for (const Settings& settings : strategies()) {
            Planned f(settings, 5);
            const trace::CompressionStep& step = f.step();
            const auto kinds = scoreKinds(*f.model.run(), step);
            if (kinds.empty() || kinds.front().selector != 0)
                continue;
            const ScorePoints points(*f.model.run(), step, kinds.front());
            const StepRanks ranks(*f.model.run(), step);
            QCOMPARE(points.ranked(), ranks.candidates());
            for (const ScorePoints::Point& point : points.points())
                QCOMPARE(std::optional(point.rank),
                         ranks.rankOf(*f.model.store().rowAt(step.index, StreamPos(point.token))));
        }
    }

    void keepsApartWhatDecidedAndWhatStandsBeside() {
        Planned pooled({{"budget", "256"}, {"block-size", "200"}, {"record-detail", "full"}});
        const auto kinds = scoreKinds(*pooled.model.run(), pooled.step());
        std::vector<std::string> names;
        for (const ScoreKind& kind : kinds)
            names.push_back(kind.name);
        QCOMPARE(names, (std::vector<std::string>{"pooled", "peak", "other:exact", "other:knorm",
                                                  "collisions", "distance", "u"}));
        for (const ScoreKind& kind : kinds) {
            QCOMPARE(kind.selector.has_value(), kind.name == "pooled");
            QCOMPARE(kind.smallestFirst, kind.name == "other:knorm" || kind.name == "distance");
        }
        const ScorePoints norms(*pooled.model.run(), pooled.step(), kinds[3]);
        for (int rank = 2; rank <= norms.ranked(); ++rank)
            QVERIFY(norms.ranking(rank - 1).value <= norms.ranking(rank).value);
        Planned hybrid({{"preset", "laser-kv"}, {"budget", "256"}, {"block-size", "200"}});
        const auto both = scoreKinds(*hybrid.model.run(), hybrid.step());
        QCOMPARE(both[0].name, std::string("exact"));
        QCOMPARE(both[0].selector, std::optional(0));
        QCOMPARE(both[1].selector, std::optional(1));
    }

    void pointingFindsTheNearestCandidate() {
        Planned f(peakRun);
        ScoreView view(&f.model, &f.navigator);
        f.show(view, {700, 420});
        ScorePlot* plot = view.plot();
        std::mt19937 random(3);
        int found = 0;
        for (int i = 0; i < 300; ++i) {
            const QPoint at(static_cast<int>(random() % 420), static_cast<int>(random() % 330));
            const auto token = plot->tokenAt(at);
            if (!token)
                continue;
            ++found;
            const auto away = [&](const ScorePoints::Point& point) {
                const QPointF distance = plot->markOf(point) - at;
                return QPointF::dotProduct(distance, distance);
            };
            const double best = away(*std::ranges::min_element(plot->points().points(), {}, away));
            QCOMPARE(away(plot->points().points()[*plot->points().find(*token)]), best);
        }
        QVERIFY(found > 30);
    }

    void hoverClickAndKeysMoveTheSharedSelection() {
        Planned f(peakRun);
        ScoreView view(&f.model, &f.navigator);
        f.show(view, {360, 420});
        ScorePlot* plot = view.plot();
        const auto& points = plot->points();
        const auto rankPoint = [&](int rank) { return plot->rankMarkOf(rank).toPoint() + QPoint(0, 2); };
        const auto nearRank = [&](const QPoint& at) {
            return points.points()[*points.find(*plot->tokenAt(at))].rank;
        };
        QTest::mouseMove(plot, rankPoint(40));
        QVERIFY(f.navigator.hover());
        QVERIFY(std::abs(nearRank(rankPoint(40)) - 40) <= 2);
        QVERIFY(view.details().contains(QStringLiteral("of %1").arg(points.ranked())));
        QTest::mouseClick(plot, Qt::LeftButton, {}, plot->markOf(points.ranking(1)).toPoint());
        QCOMPARE(f.navigator.locked().size(), 1U);
        QTest::mouseClick(plot, Qt::LeftButton, Qt::ShiftModifier, rankPoint(100));
        QCOMPARE(f.navigator.locked().size(), 2U);
        plot->setFocus();
        QTest::keyClick(plot, Qt::Key_Home);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(points.ranking(1).token));
        QTest::keyClick(plot, Qt::Key_Up);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(points.ranking(1).token));
        QTest::keyClick(plot, Qt::Key_Down);
        QTest::keyClick(plot, Qt::Key_Right);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(points.ranking(3).token));
        QTest::keyClick(plot, Qt::Key_PageDown);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(points.ranking(28).token));
        QTest::keyClick(plot, Qt::Key_End);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(points.ranking(points.ranked()).token));
        QVERIFY(plot->accessibleDescription().contains(QStringLiteral("missed the cut-off")));
        QTest::keyClick(plot, Qt::Key_Escape);
        QVERIFY(f.navigator.locked().empty());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void tellsWhatIsKnownOfTheTokenThatIsLookedAt() {
        Planned f(peakRun);
        ScoreView view(&f.model, &f.navigator);
        f.show(view, {360, 420});
        const ScorePoints::Point last = view.plot()->points().ranking(view.plot()->points().ranked());
        f.navigator.lock(last.token, false);
        QVERIFY(view.details().contains(QStringLiteral("dropped")));
        QVERIFY(view.details().contains(scoreText(static_cast<double>(last.value))));
        const double margin = *view.plot()->points().margin(last);
        QVERIFY(margin < 0);
        QVERIFY(view.details().contains(scoreText(-margin)));
        f.navigator.lock(0, false);
        QVERIFY(view.details().contains(QStringLiteral("no candidate at this step: Anchor")));
        f.navigator.setStep(2);
        f.navigator.lock(f.model.tokenCount() - 1, false);
        QVERIFY(view.details().contains(QStringLiteral("not read yet")));
    }

    // As published, u decides only among tokens that collide twice: the others lie on both sides of the line.
    void saysWhyATokenAboveMagicPigsLineWasDropped() {
        Planned f(
            {{"method", "lsh"}, {"lsh-mode", "magicpig_baseline"}, {"budget", "256"}, {"block-size", "200"}});
        ScoreView view(&f.model, &f.navigator);
        f.show(view, {360, 420});
        int told = 0;
        for (const ScorePoints::Point& point : view.plot()->points().points()) {
            const auto margin = view.plot()->points().margin(point);
            const std::size_t row = *f.model.store().rowAt(f.step().index, StreamPos(point.token));
            if (point.kept() || !margin || *margin <= 0)
                continue;
            QVERIFY(f.step().held.lsh.collisions[row] < 2);
            f.navigator.lock(point.token, false);
            QVERIFY(view.details().contains(QStringLiteral("fewer than two tables collide")));
            ++told;
        }
        QVERIFY(told > 0);
    }

    void remembersScoreAndScaleFromStepToStep() {
        Planned f({{"preset", "laser-kv"}, {"budget", "256"}, {"block-size", "200"}});
        ScoreView view(&f.model, &f.navigator);
        f.show(view, {360, 420});
        auto* choice = view.findChild<QComboBox*>();
        QVERIFY(choice->currentText().contains(QStringLiteral("decides first")));
        QVERIFY(view.plot()->scale().logarithmic());
        choice->setCurrentIndex(1);
        Q_EMIT choice->activated(1);
        auto* logarithmic = view.findChildren<QToolButton*>().front();
        if (logarithmic->isEnabled())
            QTest::mouseClick(logarithmic, Qt::LeftButton);
        const int first = *firstScoredStep(f.model.store().steps());
        for (const int step : {first, f.model.stepCount() - 1}) {
            f.navigator.setStep(step);
            QVERIFY(choice->currentText().contains(QStringLiteral("decides second")));
            QCOMPARE(view.plot()->points().kind().selector, std::optional(1));
            QVERIFY(!view.plot()->scale().logarithmic());
        }
    }

    void saysWhyNothingWasScoredAndLeadsToTheFirstStepThatWas() {
        Planned f({{"budget", "256"}, {"block-size", "100"}}); // the first block is all anchors and window
        ScoreView view(&f.model, &f.navigator);
        f.show(view, {360, 420});
        f.navigator.setStep(0);
        const int first = *firstScoredStep(f.model.store().steps());
        QVERIFY(first > 0);
        QVERIFY(view.summary().contains(QStringLiteral("nothing to choose from")));
        for (QToolButton* button : view.findChildren<QToolButton*>())
            if (button->isVisible())
                QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(f.navigator.step(), first);
        QVERIFY(view.summary().startsWith(QStringLiteral("Step %1").arg(first)));

        const std::map<std::string, QString> whys{{"recency", QStringLiteral("Record with full detail")},
                                                  {"none", QStringLiteral("keeps everything")}};
        for (const auto& [method, why] : whys) {
            Planned other({{"method", method}, {"budget", "256"}, {"block-size", "200"}});
            ScoreView empty(&other.model, &other.navigator);
            f.show(empty, {300, 300});
            QVERIFY2(empty.summary().contains(why), qPrintable(empty.summary()));
            for (QToolButton* button : empty.findChildren<QToolButton*>())
                QVERIFY(!button->isVisible());
        }
        Planned fits({{"budget", "4096"}, {"block-size", "200"}});
        ScoreView all(&fits.model, &fits.navigator);
        QVERIFY(all.summary().contains(QStringLiteral("fits")));
        fits.model.clear();
        QVERIFY(all.summary().contains(QStringLiteral("will stand here")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void looksAtOtherScoresWhereTheMethodHadNone() {
        Planned f(
            {{"method", "recency"}, {"budget", "256"}, {"block-size", "200"}, {"record-detail", "full"}});
        ScoreView view(&f.model, &f.navigator);
        f.show(view, {360, 420});
        QVERIFY(!view.kinds().empty());
        QVERIFY(!view.plot()->points().cut());
        QVERIFY(view.summary().contains(QStringLiteral("decided nothing")));
    }

    // Behind another tab it computes nothing, and is right as soon as it is seen.
    void waitsWhileItIsOutOfSight() {
        Planned f(peakRun);
        QTabWidget tabs;
        auto* view = new ScoreView(&f.model, &f.navigator);
        tabs.addTab(new QWidget, QStringLiteral("front"));
        tabs.addTab(view, QStringLiteral("scores"));
        f.show(tabs, {400, 460});
        const QString before = view->summary();
        f.navigator.setStep(4);
        QCOMPARE(view->summary(), before);
        tabs.setCurrentIndex(1);
        QVERIFY(view->summary().startsWith(QStringLiteral("Step 4")));
        QCOMPARE(static_cast<int>(view->plot()->points().points().size()), f.step().counts.candidates);
    }

    void keepsItsKeysFromTheWindowsShortcuts() {
        Planned f(peakRun);
        QWidget window;
        ScoreView view(&f.model, &f.navigator, &window);
        QShortcut replay(QKeySequence(Qt::Key_Right), &window);
        int replayed = 0;
        connect(&replay, &QShortcut::activated, this, [&] { ++replayed; });
        view.resize(360, 420);
        f.show(window, {360, 420});
        view.plot()->setFocus();
        QTest::keyClick(view.plot(), Qt::Key_Right);
        QTest::keyClick(view.plot(), Qt::Key_Right);
        QCOMPARE(replayed, 0);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(view.plot()->points().ranking(2).token));
    }

    void followsALiveRunAndShowsRecordingsWithoutText() {
        Planned f(peakRun, 9, true);
        ScoreView view(&f.model, &f.navigator);
        f.show(view, {360, 420});
        applyStyle(*qApp, Scheme::dark);
        view.grab();
        TraceBatch start;
        start.run = f.whole.run;
        f.model.append(start);
        QVERIFY(view.kinds().empty());
        for (const auto& step : f.whole.steps) {
            TraceBatch batch;
            batch.steps = {step};
            f.model.append(batch);
            QCoreApplication::processEvents();
        }
        QCOMPARE(static_cast<int>(view.plot()->points().points().size()), f.step().counts.candidates);
        f.navigator.lock(view.plot()->points().ranking(1).token, false);
        QVERIFY(view.details().startsWith(QStringLiteral("token ")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void scaleCoversItsNumbers() {
        const float nothing = std::numeric_limits<float>::quiet_NaN();
        for (const bool logarithmic : {false, true}) {
            const ScoreScale scale({0, 1e-9F, 0.002F, 0.5F, nothing}, logarithmic);
            QCOMPARE(scale.logarithmic(), logarithmic);
            QVERIFY(scale.at(0.5) > scale.at(0.002));
            QVERIFY(scale.at(0.002) > scale.at(0));
            QVERIFY(scale.at(0) >= 0 && scale.at(0.5) <= 1);
            QCOMPARE(scale.hasFloor(), logarithmic);
            for (const ScoreScale::Tick& tick : scale.ticks(5))
                QVERIFY(tick.value >= 0 && tick.value <= 0.55);
            QVERIFY(scale.ticks(5).size() >= 2);
        }
        QCOMPARE(ScoreScale({0, 0}, true).logarithmic(), false);
        QCOMPARE(ScoreScale({}, true).at(3), 1.0);
        QVERIFY(ScoreScale({2, 2}, true).at(2) > 0.5);
        QCOMPARE(roundStep(0.03), 0.05);
        QCOMPARE(roundStep(100), 100.0);
    }
};

QTEST_MAIN(TestScoreView)
#include "test_score_view.moc"
