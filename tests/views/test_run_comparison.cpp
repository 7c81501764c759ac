// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/comparison_fixture.h"
#include "views/comparison_palette.h"
#include "views/models/difference_cells.h"

#include <memory>
#include <random>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;

namespace {

// As the rule says, from the two stores alone.
KeptCounts countDirectly(const trace::TraceStore& a, const trace::TraceStore& b, int step, int first,
                         int end) {
    KeptCounts counts;
    const StreamPos read = a.steps()[static_cast<std::size_t>(step)]->end;
    int partner = -1;
    for (const auto& other : b.steps())
        if (other->end == read)
            partner = other->index;
    for (int token = first; token < end; ++token) {
        const auto inA = a.tierAt(step, StreamPos(token));
        const auto inB = partner < 0 ? std::nullopt : b.tierAt(partner, StreamPos(token));
        if (!inA || !inB)
            ++counts.unread;
        else if (*inA != Tier::dropped)
            ++(*inB != Tier::dropped ? counts.both : counts.onlyA);
        else
            ++(*inB != Tier::dropped ? counts.onlyB : counts.neither);
    }
    return counts;
}

} // namespace

class TestRunComparison : public QObject {
    Q_OBJECT

    static test::SyntheticOptions invented(std::mt19937& random, int tokens) {
        test::SyntheticOptions options;
        options.streamTokens = tokens;
        options.blockSize = 64 << (random() % 3);
        options.budget = 64 + static_cast<int>(random() % 1500);
        options.divisor = 3 + static_cast<int>(random() % 6);
        options.seed = random();
        return options;
    }

  private Q_SLOTS:
    void countsAsADirectQueryOfBothRecordingsDoes() {
        std::mt19937 random(13);
        for (int pair = 0; pair < 25; ++pair) {
            const int tokens = 1 + static_cast<int>(random() % 2500);
            const test::ComparisonFixture f(invented(random, tokens), invented(random, tokens));
            QVERIFY(f.comparison.ready());
            int compared = 0;
            for (int step = 0; step < f.model.stepCount(); ++step) {
                const KeptCounts whole = countDirectly(f.model.store(), f.other.store(), step, 0, tokens);
                QCOMPARE(f.comparison.count(step), whole);
                QCOMPARE(whole.read() + whole.unread, tokens);
                compared += whole.read() > 0;
                const auto at = static_cast<std::size_t>(step);
                if (const auto partner = f.comparison.partnerOf(step)) {
                    const auto kept =
                        trace::compareKept(*f.model.store().steps()[at],
                                           *f.other.store().steps()[static_cast<std::size_t>(*partner)]);
                    QCOMPARE(whole.jaccard(), kept.jaccard());
                    QCOMPARE(whole.neither, kept.neither);
                }
                for (int i = 0; i < 12; ++i) {
                    const int a = static_cast<int>(random() % static_cast<unsigned>(tokens + 1));
                    const int b = static_cast<int>(random() % static_cast<unsigned>(tokens + 1));
                    QCOMPARE(f.comparison.count(step, std::min(a, b), std::max(a, b)),
                             countDirectly(f.model.store(), f.other.store(), step, std::min(a, b),
                                           std::max(a, b)));
                    if (a < tokens)
                        QCOMPARE(countDirectly(f.model.store(), f.other.store(), step, a, a + 1)
                                     .of(f.comparison.at(step, a)),
                                 1);
                }
            }
            QCOMPARE(f.comparison.comparedSteps(), compared);
            QVERIFY(f.comparison.partnerOf(f.model.stepCount() - 1)); // both have read everything
        }
    }

    void comparesOnlyStepsThatEndTogether() {
        test::SyntheticOptions a;
        a.streamTokens = 3000;
        a.blockSize = 256;
        test::SyntheticOptions b = a;
        b.blockSize = 512;
        const test::ComparisonFixture f(a, b);
        QCOMPARE(f.comparison.partnerOf(0), std::nullopt);
        QCOMPARE(f.comparison.partnerOf(1), std::optional(0));
        QCOMPARE(f.comparison.at(0, 5), KeptBy::unread);
        QCOMPARE(f.comparison.lastComparedStep(4), std::optional(3));
        QCOMPARE(f.comparison.lastComparedStep(0), std::nullopt);
        QVERIFY(f.comparison.notices().join(QString()).contains(QStringLiteral("blocks of 256")));
    }

    void saysWhyOtherTokensCannotBeCompared() {
        test::ComparisonFixture f;
        QVERIFY(f.comparison.obstacle().isEmpty());
        test::SyntheticOptions options;
        options.streamTokens = 2000;
        f.other.append(test::syntheticBatch(options));
        QVERIFY(!f.comparison.ready());
        QVERIFY(f.comparison.obstacle().contains(QStringLiteral("2000 tokens")));
        QCOMPARE(f.comparison.count(0).unread, f.model.tokenCount());
        QCOMPARE(f.comparison.at(0, 0), KeptBy::unread);
    }

    void followsBothRunsAndLetsGoOfOneThatIsGone() {
        test::ViewFixture f;
        RunComparison comparison(&f.model);
        int changes = 0;
        connect(&comparison, &RunComparison::runsChanged, this, [&] { ++changes; });
        auto other = std::make_unique<TraceModel>();
        comparison.setOther(other.get());
        QVERIFY(!comparison.ready());
        const TraceBatch whole = test::otherRunOver(f.whole, test::ComparisonFixture::otherOptions());
        TraceBatch start;
        start.run = whole.run;
        other->append(start);
        QVERIFY(comparison.ready());
        QVERIFY(!comparison.partnerOf(0));
        TraceBatch step;
        step.steps = {whole.steps[0]};
        other->append(step);
        QCOMPARE(comparison.partnerOf(0), std::optional(0));
        QCOMPARE(comparison.count(0), countDirectly(f.model.store(), other->store(), 0, 0, 3000));
        other.reset();
        QVERIFY(!comparison.ready());
        QCOMPARE(comparison.b(), nullptr);
        QCOMPARE(changes, 3);
    }

    void drawsEachCellAsItsTokensSay() {
        test::ComparisonFixture f;
        DifferenceCells cells;
        TokenAxis axis;
        axis.setPixels(200);
        axis.setTokens(f.model.tokenCount());
        cells.setAxis(axis);
        int differing = 0;
        for (int step = 0; step < f.model.stepCount(); ++step) {
            const auto& row = cells.row(f.comparison, step);
            for (int pixel = 0; pixel < axis.pixels(); ++pixel) {
                const auto [first, end] = axis.tokensOf(pixel);
                const KeptCounts counts = countDirectly(f.model.store(), f.other.store(), step, first, end);
                const DifferenceCell cell = row[static_cast<std::size_t>(pixel)];
                QCOMPARE(cell, differenceCellOf(counts));
                QCOMPARE(cell.kind == KeptBy::unread, counts.read() == 0);
                QCOMPARE(cell.share > 0, counts.held() > 0);
                differing += cell.kind == KeptBy::onlyA || cell.kind == KeptBy::onlyB;
            }
        }
        QVERIFY(differing > 20);
        QCOMPARE(differenceCellOf({3, 3, 2, 0, 0}).kind, KeptBy::onlyA);
        QCOMPARE(differenceCellOf({4, 3, 3, 90, 0}).kind, KeptBy::both);
        QCOMPARE(differenceCellOf({0, 0, 0, 5, 1}).kind, KeptBy::neither);
        QCOMPARE(differenceCellOf({0, 0, 0, 0, 9}).kind, KeptBy::unread);
    }

    void classesStayApartFromOneAnotherAndFromTheTiers() {
        const KeptBy all[] = {KeptBy::both, KeptBy::onlyA, KeptBy::onlyB, KeptBy::neither};
        const auto apart = [](const QColor& x, const QColor& y) {
            return std::abs(x.red() - y.red()) + std::abs(x.green() - y.green()) +
                   std::abs(x.blue() - y.blue());
        };
        for (const Scheme scheme : {Scheme::light, Scheme::dark}) {
            applyStyle(*qApp, scheme);
            const ComparisonPalette& colours = ComparisonPalette::of(qApp->palette());
            const TierPalette& tiers = TierPalette::of(qApp->palette());
            for (const KeptBy a : all) {
                QVERIFY(contrast(shadesOf(qApp->palette()).text, colours.tint(a)) >= 4.5);
                QVERIFY(contrast(colours.ink(a), colours.colour(a)) >= 4.5);
                for (const KeptBy b : all)
                    QVERIFY(a == b || (apart(colours.colour(a), colours.colour(b)) > 90 &&
                                       ComparisonPalette::pattern(a) != ComparisonPalette::pattern(b)));
                for (const Tier tier : {Tier::anchor, Tier::window, Tier::global})
                    QVERIFY2(apart(colours.colour(a), tiers.colour(tier)) > 60,
                             qPrintable(keptByTitle(a) + tierTitle(tier)));
            }
        }
    }
};

QTEST_MAIN(TestRunComparison)
#include "test_run_comparison.moc"
