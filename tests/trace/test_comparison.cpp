// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/comparison.h"

#include <QTest>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

// A step over positions 0 … 5 that keeps those of `kept`.
CompressionStep stepThatKeeps(const std::vector<std::int32_t>& kept) {
    CompressionStep step;
    step.end = StreamPos(6);
    for (std::int32_t position = 0; position < 6; ++position) {
        const bool stays = std::find(kept.begin(), kept.end(), position) != kept.end();
        step.held.positions.emplace_back(position);
        step.held.tiers.push_back(stays ? Tier::global : Tier::dropped);
    }
    return step;
}

std::vector<StreamPos> at(const std::vector<std::int32_t>& numbers) {
    std::vector<StreamPos> positions;
    for (const std::int32_t number : numbers)
        positions.emplace_back(number);
    return positions;
}

Run runOver(std::vector<std::int32_t> ids, std::int32_t block) {
    Run run;
    run.tokens.ids = std::move(ids);
    run.blockSize = block;
    return run;
}

} // namespace

class TestComparison : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void tellsWhoHoldsWhat() {
        const KeptComparison kept = compareKept(stepThatKeeps({0, 1, 2}), stepThatKeeps({1, 2, 5}));
        QCOMPARE(kept.both, at({1, 2}));
        QCOMPARE(kept.onlyA, at({0}));
        QCOMPARE(kept.onlyB, at({5}));
        QCOMPARE(kept.neither, 2);
        QCOMPARE(kept.jaccard(), 0.5);
        QCOMPARE(compareKept(stepThatKeeps({}), stepThatKeeps({})).jaccard(), 1.0);
    }

    void onlyTheSameTokensInTheSameBlocksStandSideBySide() {
        const Run run = runOver({1, 2, 3}, 2);
        QVERIFY(checkComparable(run, run).ok());
        for (const Run& other : {runOver({1, 2}, 2), runOver({1, 2, 4}, 2), runOver({1, 2, 3}, 3)}) {
            QVERIFY(!checkComparable(run, other));
            QCOMPARE(checkComparable(run, other).error().code, ErrorCode::malformed);
            QCOMPARE(checkSameTokens(run, other).ok(), other.tokens.ids == run.tokens.ids);
        }
        QVERIFY(checkComparable(run, runOver({1, 2, 4}, 2)).error().message.find("position 2") !=
                std::string::npos);
        Run bare = runOver({-1, -1, -1}, 2);
        bare.withoutText = true;
        QVERIFY(checkComparable(run, bare).ok());
    }

    void namesTheOptionsThatDiffer() {
        Run a, b;
        a.config = {{"method", "peak"}, {"seed", "1"}, {"old", "x"}};
        b.config = {{"seed", "1"}, {"method", "exact"}, {"new", "y"}};
        const auto differences = settingDifferences(a, b);
        QCOMPARE(differences.size(), std::size_t(3));
        QCOMPARE(differences[0].name + differences[0].a + differences[0].b, std::string("methodpeakexact"));
        QCOMPARE(differences[1].name + differences[1].a + differences[1].b, std::string("oldx"));
        QCOMPARE(differences[2].name + differences[2].a + differences[2].b, std::string("newy"));
    }
};

QTEST_GUILESS_MAIN(TestComparison)
#include "test_comparison.moc"
