// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/step_ranking.h"
#include "tests/views/planned_model.h"
#include "tests/views/view_fixture.h"
#include "views/collision_histogram.h"
#include "views/lsh_bits.h"
#include "views/lsh_ranks.h"
#include "views/lsh_tables.h"
#include "views/lsh_view.h"

#include <QLabel>
#include <QToolButton>

#include <algorithm>
#include <numeric>
#include <set>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;

namespace {

using Settings = select::Settings;

const Settings lshRun{{"method", "lsh"}}, peakRun{{"method", "peak"}}, hybridRun{{"preset", "laser-kv"}};

struct Hashed : test::ViewFixture {
    explicit Hashed(Settings settings, std::uint64_t seed = 1, bool withoutText = false, int tokens = 1500) {
        settings.emplace("budget", "256");
        settings.emplace("block-size", "200");
        test::PlannedRunOptions options;
        options.settings = settings;
        options.streamTokens = tokens;
        options.seed = seed;
        options.withoutText = withoutText;
        whole = test::plannedBatch(options);
        model.append(whole);
    }

    const trace::CompressionStep& step() const {
        return *model.store().steps()[static_cast<std::size_t>(navigator.step())];
    }
};

std::vector<Settings> hashingRuns() {
    return {lshRun,
            {{"method", "lsh"}, {"num-bits", "4"}, {"tie-break", "none"}},
            {{"method", "lsh"}, {"lsh-mode", "magicpig_baseline"}, {"num-tables", "3"}, {"num-bits", "1"}},
            {{"method", "lsh"}, {"lsh-mode", "magicpig_sampling"}, {"num-bits", "16"}},
            hybridRun,
            {{"method", "peak"}, {"record-detail", "full"}, {"num-tables", "20"}, {"num-bits", "6"}}};
}

std::set<int> asSet(const std::vector<int>& tokens) {
    return {tokens.begin(), tokens.end()};
}

} // namespace

class TestLshView : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void bucketsHoldWhatTheSignaturesSay() {
        std::uint64_t seed = 0;
        for (const Settings& settings : hashingRuns()) {
            Hashed f(settings, ++seed);
            for (const auto& step : f.model.store().steps()) {
                const LshStep hashed(*f.model.run(), step);
                QCOMPARE(hashed.empty(), step->held.lsh.empty());
                if (hashed.empty())
                    continue;
                const auto tables = static_cast<std::size_t>(step->held.lsh.tables);
                for (const int columns : {1, 7, 300, 1 << 17}) {
                    const int table = static_cast<int>(seed) % hashed.tables();
                    int all = 0, kept = 0, queries = 0, last = 0;
                    for (const BucketUse& use : hashed.use(table, columns)) {
                        std::set<int> expected;
                        for (std::size_t row = 0; row < step->held.size(); ++row) {
                            const int bucket =
                                step->held.lsh.signatures[row * tables + static_cast<std::size_t>(table)];
                            if (step->held.candidates[row] && bucket >= use.first && bucket < use.end)
                                expected.insert(step->held.positions[row].value);
                        }
                        QCOMPARE(asSet(hashed.tokensIn(table, use)), expected);
                        QCOMPARE(use.candidates.all(), static_cast<int>(expected.size()));
                        QVERIFY(use.first >= last && use.end <= hashed.buckets());
                        last = use.end;
                        all += use.candidates.all();
                        kept += use.candidates.kept();
                        queries += use.queries;
                    }
                    QCOMPARE(all, step->counts.candidates);
                    QCOMPARE(queries, hashed.queries());
                    int direct = 0;
                    for (std::size_t row = 0; row < step->held.size(); ++row)
                        direct += step->held.candidates[row] && step->held.tiers[row] != Tier::dropped;
                    QCOMPARE(kept, direct);
                }
            }
        }
    }

    void histogramCountsTheRecordedCollisions() {
        for (const bool withoutText : {false, true})
            for (const Settings& settings : hashingRuns()) {
                Hashed f(settings, 31, withoutText);
                const LshStep hashed(*f.model.run(), f.model.store().steps().back());
                const trace::HeldTokens& held = f.step().held;
                QCOMPARE(static_cast<int>(hashed.histogram().size()), held.lsh.tables + 1);
                for (int collisions = 0; collisions <= held.lsh.tables; ++collisions) {
                    std::set<int> expected;
                    int dropped = 0;
                    for (std::size_t row = 0; row < held.size(); ++row)
                        if (held.candidates[row] && held.lsh.collisions[row] == collisions) {
                            expected.insert(held.positions[row].value);
                            dropped += held.tiers[row] == Tier::dropped;
                        }
                    const OutcomeCounts& counts = hashed.histogram()[static_cast<std::size_t>(collisions)];
                    QCOMPARE(counts.all(), static_cast<int>(expected.size()));
                    QCOMPARE(counts.dropped(), dropped);
                    QCOMPARE(asSet(hashed.tokensWith(collisions)), expected);
                }
            }
    }

    // Bit by bit, query token by query token.
    void comparesWithTheQueryTokenThatSharesMostBits() {
        for (const Settings& settings : hashingRuns()) {
            Hashed f(settings, 8);
            const LshStep hashed(*f.model.run(), f.model.store().steps().back());
            const trace::LshColumns& lsh = f.step().held.lsh;
            const auto tables = static_cast<std::size_t>(lsh.tables);
            for (std::size_t i = 0; i < hashed.candidates().size(); i += 5) {
                const HashedToken& token = hashed.candidates()[i];
                const auto comparison = hashed.compare(token.token);
                QVERIFY(comparison);
                int most = -1, first = 0;
                std::set<std::size_t> colliding;
                for (int query = 0; query < hashed.queries(); ++query) {
                    int equal = 0;
                    for (std::size_t table = 0; table < tables; ++table) {
                        const unsigned own = lsh.signatures[token.row * tables + table];
                        const unsigned other =
                            lsh.promptSignatures[static_cast<std::size_t>(query) * tables + table];
                        for (int bit = 0; bit < lsh.bits; ++bit)
                            equal += ((own >> bit) & 1U) == ((other >> bit) & 1U);
                        if (own == other)
                            colliding.insert(table);
                    }
                    if (equal > most) {
                        most = equal;
                        first = query;
                    }
                }
                QCOMPARE(comparison->equalBits, most);
                QCOMPARE(comparison->query, first);
                QCOMPARE(std::ranges::count(comparison->collides, true), std::ptrdiff_t(colliding.size()));
                QCOMPARE(static_cast<int>(colliding.size()), token.collisions);
                int sum = 0;
                for (std::size_t table = 0; table < tables; ++table)
                    sum += equalBitsIn(*comparison, table, lsh.bits);
                QCOMPARE(sum, most);
            }
            QVERIFY(!hashed.compare(0)); // an anchor
        }
    }

    void ranksByBothRulesAsRunsWithThemDo() {
        for (const char* mode : {"frequency_rank", "magicpig_baseline"}) {
            Hashed f({{"method", "lsh"}, {"lsh-mode", mode}, {"num-bits", "4"}}, 4);
            const LshStep hashed(*f.model.run(), f.model.store().steps().back());
            const auto ranks = select::candidateRanks(*f.model.run(), f.step());
            for (const HashedToken& token : hashed.candidates())
                QCOMPARE(std::string(mode) == "frequency_rank" ? token.frequencyRank : token.magicpigRank,
                         ranks[token.row]);
        }
        // Without signatures the two rules are still told, by collisions and u.
        Hashed bare({{"method", "lsh"}, {"num-bits", "4"}}, 4, true);
        Hashed whole({{"method", "lsh"}, {"num-bits", "4"}}, 4);
        const LshStep one(*bare.model.run(), bare.model.store().steps().back());
        const LshStep other(*whole.model.run(), whole.model.store().steps().back());
        for (std::size_t i = 0; i < one.candidates().size(); ++i) {
            QCOMPARE(one.candidates()[i].frequencyRank, other.candidates()[i].frequencyRank);
            QCOMPARE(one.candidates()[i].magicpigRank, other.candidates()[i].magicpigRank);
        }
    }

    void clicksLockTheTokensOfABucketAndOfABar() {
        Hashed f(lshRun);
        LshView view(&f.model, &f.navigator);
        f.show(view, {1200, 700});
        const LshStep& hashed = view.hashed();
        const std::vector<BucketUse> uses = hashed.use(2, view.tables()->columns());
        const auto fullest =
            std::ranges::max_element(uses, {}, [](const BucketUse& use) { return use.candidates.all(); });
        QTest::mouseClick(view.tables(), Qt::LeftButton, {},
                          view.tables()->centreOf(2, fullest->first).toPoint());
        std::set<int> locked = f.navigator.locked();
        QVERIFY(!locked.empty());
        QVERIFY(std::ranges::any_of(
            uses, [&](const BucketUse& use) { return asSet(hashed.tokensIn(2, use)) == locked; }));
        QVERIFY2(view.note().contains(QStringLiteral("Table 3")), qPrintable(view.note()));
        const QPoint bar = view.histogram()->centreOf(1).toPoint();
        QTest::mouseClick(view.histogram(), Qt::LeftButton, Qt::ShiftModifier, bar);
        locked.merge(asSet(hashed.tokensWith(1)));
        QCOMPARE(f.navigator.locked(), locked);
        QTest::mouseClick(view.histogram(), Qt::LeftButton, {}, bar);
        QCOMPARE(f.navigator.locked(), asSet(hashed.tokensWith(1)));
        QCOMPARE(f.navigator.effectiveToken(), std::optional(hashed.tokensWith(1).front()));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void keysDoWhatTheMouseDoes() {
        Hashed f(lshRun);
        LshView view(&f.model, &f.navigator);
        f.show(view, {1200, 700});
        const LshStep& hashed = view.hashed();
        view.tables()->setFocus();
        for (const Qt::Key key : {Qt::Key_Right, Qt::Key_Right, Qt::Key_Down, Qt::Key_Home})
            QTest::keyClick(view.tables(), key);
        QVERIFY(view.tables()->accessibleDescription().startsWith(QStringLiteral("Table 2")));
        const auto uses = hashed.use(1, view.tables()->columns());
        QTest::keyClick(view.tables(), Qt::Key_Return);
        QCOMPARE(f.navigator.locked(), asSet(hashed.tokensIn(1, uses.front())));
        view.histogram()->setFocus();
        QTest::keyClick(view.histogram(), Qt::Key_Right);
        QTest::keyClick(view.histogram(), Qt::Key_Right);
        QTest::keyClick(view.histogram(), Qt::Key_Return);
        QCOMPARE(f.navigator.locked(), asSet(hashed.tokensWith(1)));
        view.ranks()->setFocus();
        QTest::keyClick(view.ranks(), Qt::Key_Home);
        QTest::keyClick(view.ranks(), Qt::Key_Right);
        const HashedToken& second = hashed.candidates()[hashed.byFrequency()[1]];
        QCOMPARE(f.navigator.effectiveToken(), std::optional(second.token));
        QVERIFY(view.details().contains(
            QStringLiteral("frequency rank 2 of %1").arg(hashed.candidates().size())));
        QTest::keyClick(view.ranks(), Qt::Key_Escape);
        QVERIFY(f.navigator.locked().empty());
        QTest::mouseMove(view.ranks(), view.ranks()->markOf(second).toPoint());
        QVERIFY(f.navigator.hover());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void locksNoMoreThanCanBeLookedAt() {
        Hashed f({{"method", "lsh"}, {"budget", "2048"}, {"block-size", "2048"}, {"num-tables", "2"}}, 2,
                 false, 6000);
        LshView view(&f.model, &f.navigator);
        f.show(view, {1200, 700});
        const std::vector<int> none = view.hashed().tokensWith(0);
        QVERIFY(static_cast<int>(none.size()) > LshView::mostLocked);
        QTest::mouseClick(view.histogram(), Qt::LeftButton, {}, view.histogram()->centreOf(0).toPoint());
        QCOMPARE(f.navigator.locked(), asSet({none.begin(), none.begin() + LshView::mostLocked}));
        QVERIFY2(view.note().contains(QStringLiteral("first 1,000")), qPrintable(view.note()));
    }

    void pointingMovesNothing() {
        Hashed f(lshRun);
        LshView view(&f.model, &f.navigator);
        f.show(view, {360, 420});
        const QPoint before = view.ranks()->mapTo(&view, QPoint());
        QVERIFY(view.bits()->comparison()); // the best one's
        for (const int token : {0, view.hashed().candidates()[3].token, f.model.tokenCount() - 1}) {
            f.navigator.setHover(token);
            QCoreApplication::processEvents();
            QCOMPARE(view.ranks()->mapTo(&view, QPoint()), before);
        }
        QVERIFY(view.details().contains(QStringLiteral("no candidate at this step: Window")));
        QVERIFY(!view.bits()->comparison());
    }

    void saysWhatRecordingsWithoutTextLeaveOut() {
        Hashed f(lshRun, 3, true);
        LshView view(&f.model, &f.navigator);
        f.show(view, {360, 420});
        QVERIFY(!view.hashed().hasSignatures());
        QVERIFY(!view.tables()->isVisible());
        bool said = false;
        for (const QLabel* label : view.findChildren<QLabel*>())
            said = said ||
                   (label->isVisible() && label->text().contains(QStringLiteral("leaves signatures out")));
        QVERIFY(said);
        f.navigator.lock(view.hashed().candidates().front().token, false);
        QVERIFY(view.details().contains(QStringLiteral("MagicPIG rank")));
        QVERIFY(!view.bits()->comparison());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void saysWhatHashesWhereNothingDid() {
        Hashed f(peakRun);
        LshView view(&f.model, &f.navigator);
        f.show(view, {300, 300});
        QVERIFY(view.summary().contains(QStringLiteral("LSH")));
        QVERIFY(view.summary().contains(QStringLiteral("full detail")));
        QVERIFY(!view.findChild<QToolButton*>()->isVisible());
        Hashed hashing({{"method", "lsh"}, {"block-size", "100"}});
        LshView first(&hashing.model, &hashing.navigator);
        hashing.show(first, {300, 300});
        hashing.navigator.setStep(0);
        QVERIFY(first.summary().contains(QStringLiteral("nothing to choose from")));
        QTest::mouseClick(first.findChild<QToolButton*>(), Qt::LeftButton);
        QVERIFY(!first.hashed().empty());
        hashing.model.clear();
        QVERIFY(first.summary().contains(QStringLiteral("will stand here")));
        QVERIFY(first.hashed().empty());
        first.grab();
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void followsALiveRunInBothSchemes() {
        Hashed f(hybridRun);
        LshView view(&f.model, &f.navigator);
        f.show(view, {900, 600});
        applyStyle(*qApp, Scheme::dark);
        view.grab();
        TraceBatch start;
        start.run = f.whole.run;
        f.model.append(start);
        QVERIFY(view.hashed().empty());
        for (const auto& step : f.whole.steps) {
            TraceBatch batch;
            batch.steps = {step};
            f.model.append(batch);
            QCoreApplication::processEvents();
        }
        QCOMPARE(static_cast<int>(view.hashed().candidates().size()), f.step().counts.candidates);
        view.grab();
        QCOMPARE(f.warnings.seen(), QStringList());
    }
};

QTEST_MAIN(TestLshView)
#include "test_lsh_view.moc"
