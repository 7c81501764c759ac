// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/geometry.h"

#include <QTest>

#include <limits>

using namespace kvprism;
using namespace kvprism::select;

namespace {

constexpr std::int32_t mostInt = std::numeric_limits<std::int32_t>::max();

Config configOf(std::int32_t budget, std::int32_t block, std::int32_t divisor = 4) {
    Config config;
    config.method = "exact";
    config.budget = budget;
    config.blockSize = block;
    config.protectionDivisor = divisor;
    return config;
}

Config accumulating(Config config, BudgetScope scope = BudgetScope::total) {
    config.mode = Mode::accumulate;
    config.budgetScope = scope;
    return config;
}

Geometry geometryOf(const Config& config, std::int32_t streamTokens, std::int32_t prefixTokens = 0) {
    const auto geometry = makeGeometry(config, streamTokens, prefixTokens);
    return geometry ? *geometry : Geometry{};
}

} // namespace

class TestGeometry : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void sharesTheBudgetOut() {
        const Geometry geometry = geometryOf(configOf(256, 512), 3000, 20);
        QCOMPARE(geometry.anchors, 64);
        QCOMPARE(geometry.window, 64);
        QCOMPARE(geometry.global, 128);
        QVERIFY(!geometry.keepsAll);
        QCOMPARE(geometry.blocks(), 6);
        QCOMPARE(geometry.blockBegin(5), StreamPos(2560));
        QCOMPARE(geometry.blockEnd(5), StreamPos(3000));
    }
    void keepsTheWholePrefixAsAnchors() {
        const Geometry geometry = geometryOf(configOf(256, 512), 3000, 100);
        QCOMPARE(geometry.anchors, 100);
        QCOMPARE(geometry.window, 64);
        QCOMPARE(geometry.global, 92);
    }
    void namesTheBudgetThatWouldDo() {
        // 100 + 25 + 1 ≤ B needs B = 134: ⌊134/4⌋ = 33, 134 − 100 − 33 = 1; with 133 nothing is left.
        const auto refused = makeGeometry(configOf(120, 512), 3000, 100);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::usage);
        QVERIFY2(refused.error().message.find("has to be 134 or more") != std::string::npos,
                 refused.error().message.c_str());
        QCOMPARE(refused.error().fittingBudget, std::int64_t(134));
        QVERIFY(makeGeometry(configOf(134, 512), 3000, 100).ok());
        QVERIFY(!makeGeometry(configOf(133, 512), 3000, 100).ok());
    }
    void asksForFourTimesTheDivisor() {
        QVERIFY(!makeGeometry(configOf(39, 8, 10), 100, 0).ok());
        QVERIFY(makeGeometry(configOf(40, 8, 10), 100, 0).ok());
        QVERIFY(!makeGeometry(configOf(100, 8, mostInt), 101, 0).ok());
    }
    void takesAnyBudgetWhereEverythingFits() {
        QVERIFY(makeGeometry(configOf(10, 8), 10, 9).ok());
        QVERIFY(geometryOf(configOf(10, 8), 10, 9).keepsAll);
        QVERIFY(geometryOf(configOf(mostInt, mostInt), 10).keepsAll);
        QCOMPARE(geometryOf(configOf(mostInt, mostInt), 10).blocks(), 1);
        Config dense = configOf(5, 8);
        dense.method = "none";
        QVERIFY(geometryOf(dense, 1000, 50).keepsAll);
        QCOMPARE(geometryOf(dense, 1000, 50).mostKept(), 1000);
    }
    void refusesToNoteNonsense() {
        QVERIFY(!makeGeometry(configOf(256, 512), -1, 0).ok());
        QVERIFY(!makeGeometry(configOf(256, 512), 10, 11).ok());
        QVERIFY(!makeGeometry(configOf(0, 512), 1000, 0).ok());
        QVERIFY(!makeGeometry(configOf(256, 0), 1000, 0).ok());
        QVERIFY(!makeGeometry(configOf(256, 512, 0), 1000, 0).ok());
        Config unknown = configOf(256, 512);
        unknown.method = "magic";
        QVERIFY(!makeGeometry(unknown, 1000, 0).ok());
    }
    void anEmptyStreamHasNoBlocks() {
        const Geometry geometry = geometryOf(configOf(256, 512), 0);
        QCOMPARE(geometry.blocks(), 0);
        QVERIFY(geometry.keepsAll);
        QCOMPARE(geometry.mostKept(), 0);
        QCOMPARE(geometry.mostSlots(7), 7);
    }
    void recursiveMayAlwaysChooseAllOfG() {
        const Geometry geometry = geometryOf(configOf(256, 512), 3000);
        for (std::int32_t step = 0; step < geometry.blocks(); ++step)
            QCOMPARE(geometry.quota(step, 99), 128);
    }
    void accumulateSharesGOverTheStreamFromTheFirstBlockOn() {
        const Geometry geometry = geometryOf(accumulating(configOf(4096, 4096)), 16384);
        QCOMPARE(geometry.global, 2048);
        // c(4096) = 2048 of C = 14336: ⌊2048·2048/14336⌋, though all 2048 would still fit.
        QCOMPARE(geometry.quota(0, 0), 292);
        std::int32_t held = 0;
        for (std::int32_t step = 0; step < geometry.blocks(); ++step)
            held += geometry.quota(step, held);
        QCOMPARE(held, 2048);
    }
    void accumulateEndsAtGWhateverTheLastBlock_data() {
        QTest::addColumn<int>("streamTokens");
        for (const int n : {4097, 8192, 16384, 17407, 17408, 17409, 20479, 20480, 20481})
            QTest::addRow("%d tokens", n) << n;
    }
    void accumulateEndsAtGWhateverTheLastBlock() {
        QFETCH(int, streamTokens);
        const Geometry geometry = geometryOf(accumulating(configOf(4096, 4096)), streamTokens);
        std::int32_t held = 0;
        for (std::int32_t step = 0; step < geometry.blocks(); ++step) {
            const std::int32_t quota = geometry.quota(step, held);
            QVERIFY(quota >= 0);
            QVERIFY(quota <= geometry.windowBegin(step) - geometry.candidatesBegin(step));
            held += quota;
        }
        QCOMPARE(held, geometry.global);
    }
    void aLastBlockNoLongerThanTheWindowStillHasCandidates() {
        // 17,408 = 4·4096 + 1024 = W; 17,409 is one more. Both look at what left the window.
        for (const std::int32_t n : {17408, 17409}) {
            const Geometry geometry = geometryOf(accumulating(configOf(4096, 4096)), n);
            QCOMPARE(geometry.blocks(), 5);
            QCOMPARE(geometry.candidatesBegin(4), StreamPos(16384 - 1024));
            QCOMPARE(geometry.windowBegin(4), StreamPos(n - 1024));
        }
    }
    void theWindowIsTheTailOfTheStreamNotOfTheBlock() {
        const Geometry geometry = geometryOf(configOf(64, 4), 100);
        QCOMPARE(geometry.window, 16);
        QCOMPARE(geometry.windowBegin(9), StreamPos(24)); // the block is [36, 40)
    }
    void countsWithoutOverflow() {
        const Geometry recursive = geometryOf(configOf(mostInt - 1, mostInt), mostInt);
        QCOMPARE(recursive.blocks(), 1);
        QCOMPARE(recursive.blockEnd(0).value, mostInt);
        QCOMPARE(recursive.mostKept(), mostInt - 1);
        QCOMPARE(recursive.mostSlots(mostInt), mostInt);
        const Geometry accumulate = geometryOf(accumulating(configOf(mostInt - 1, 1)), mostInt);
        QCOMPARE(accumulate.blocks(), mostInt);
        QCOMPARE(accumulate.quota(mostInt - 1, 0), accumulate.global);
        QCOMPARE(accumulate.blockEnd(mostInt - 1).value, mostInt);
        QVERIFY(accumulate.quota(mostInt / 2 + mostInt / 4, 0) > 0);
        const Geometry perBlock =
            geometryOf(accumulating(configOf(1 << 20, 1 << 12), BudgetScope::perBlock), mostInt);
        QCOMPARE(perBlock.mostKept(), mostInt);
    }
};

QTEST_GUILESS_MAIN(TestGeometry)
#include "test_geometry.moc"
