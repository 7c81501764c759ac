// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/counter_random.h"
#include "engine/select/plan.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <random>
#include <set>

using namespace kvprism;
using namespace kvprism::select;

namespace {

std::vector<StreamPos> positionsOf(std::initializer_list<std::int32_t> values) {
    std::vector<StreamPos> positions;
    for (const std::int32_t value : values)
        positions.emplace_back(value);
    return positions;
}

Choice choose(std::string_view method, const std::vector<StreamPos>& positions,
              const std::vector<float>& scores, std::int32_t quota, std::int32_t step = 0,
              std::uint64_t seed = 1) {
    const std::vector<std::uint8_t> collisions(positions.size(), 2);
    const std::vector<std::int32_t> matching(positions.size(), 10);
    const std::vector<float> half(positions.size(), 0.5f);
    return findMethod(method)->choose({.positions = positions,
                                       .scores = scores,
                                       .lsh = {LshMode::frequencyRank, collisions, matching, half, half},
                                       .order = {},
                                       .quota = quota,
                                       .step = step,
                                       .seed = seed});
}

using Rows = std::vector<std::int32_t>;

double naivePool(const std::vector<StreamPos>& positions, const std::vector<float>& raw, std::size_t row,
                 bool average, std::int32_t width) {
    double sum = 0, largest = -std::numeric_limits<double>::infinity();
    for (std::int32_t at = positions[row].value - width / 2; at <= positions[row].value + width / 2; ++at) {
        double value = 0;
        for (std::size_t other = 0; other < raw.size(); ++other)
            if (positions[other].value == at)
                value = static_cast<double>(raw[other]);
        sum += value;
        largest = std::max(largest, value);
    }
    return average ? sum / width : largest;
}

} // namespace

class TestMethods : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void everyMethodIsFoundByItsNameAndCanChoose() {
        std::set<std::string_view> names;
        for (const MethodSpec& method : methodTable()) {
            QVERIFY(names.insert(method.name).second);
            QVERIFY(findMethod(method.name) == &method);
            QVERIFY(method.choose);
            QVERIFY(!method.title.empty() && method.description.back() == '.');
            QVERIFY(method.poolWidth % 2 == 1);
            const bool scoresRows = method.scorer != ScorerKind::none && method.scorer != ScorerKind::keyNorm;
            QCOMPARE(scoresRows || method.isHybrid, method.scoring != Scoring::none);
        }
        QCOMPARE(names, (std::set<std::string_view>{"peak", "exact", "lsh", "hybrid", "snapkv", "h2o",
                                                    "knorm", "recency", "random", "none"}));
        QVERIFY(!findMethod("Peak"));
        QVERIFY(!findMethod(""));
    }
    void everyMethodStaysInItsQuota() {
        const auto positions = positionsOf({3, 4, 9, 12, 40});
        const std::vector<float> scores{0.5f, 0.25f, 0.75f, 0, 1};
        for (const MethodSpec& method : methodTable()) {
            for (const std::int32_t quota : {-1, 0, 1, 4, 5, 6, std::numeric_limits<std::int32_t>::max()}) {
                const Choice choice = choose(method.name, positions, scores, quota);
                QCOMPARE(choice.ranked.size(), static_cast<std::size_t>(std::clamp(quota, 0, 5)));
                QCOMPARE(choice.reasons.size(), choice.ranked.size());
                const std::set<std::int32_t> unique(choice.ranked.begin(), choice.ranked.end());
                QCOMPARE(unique.size(), choice.ranked.size());
                QVERIFY(unique.empty() || (*unique.begin() >= 0 && *unique.rbegin() < 5));
            }
            QVERIFY(choose(method.name, {}, {}, 3).ranked.empty());
        }
    }
    void scoresRankBestFirstAndTiesByLowerPosition_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addRow("peak") << QByteArray("peak");
        QTest::addRow("exact") << QByteArray("exact");
        QTest::addRow("snapkv") << QByteArray("snapkv");
        QTest::addRow("h2o") << QByteArray("h2o");
    }
    void scoresRankBestFirstAndTiesByLowerPosition() {
        QFETCH(QByteArray, method);
        const auto positions = positionsOf({1, 2, 5, 7, 8, 9});
        const Choice choice = choose(method.constData(), positions, {1, 3, 2, 3, 2, 2}, 4);
        QCOMPARE(choice.ranked, (Rows{1, 3, 2, 4}));
        QCOMPARE(*choice.cut, 2.0f);
        const Choice equal = choose(method.constData(), positions, std::vector<float>(6, 0.125f), 3);
        QCOMPARE(equal.ranked, (Rows{0, 1, 2}));
    }
    void whatIsNotANumberRanksLast() {
        const float nan = std::numeric_limits<float>::quiet_NaN(),
                    inf = std::numeric_limits<float>::infinity();
        const auto positions = positionsOf({0, 1, 2, 3, 4, 5});
        const std::vector<float> scores{nan, -inf, 0, nan, inf, -1};
        QCOMPARE(choose("exact", positions, scores, 6).ranked, (Rows{4, 2, 5, 1, 0, 3}));
        QCOMPARE(choose("exact", positions, scores, 2).ranked, (Rows{4, 2}));
        QCOMPARE(choose("exact", positions, std::vector<float>(6, nan), 2).ranked, (Rows{0, 1}));
    }
    void theSmallestKeyNormsStay() {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const Choice choice = choose("knorm", positionsOf({1, 2, 5, 7, 8}), {3, 1, 2, 1, nan}, 3);
        QCOMPARE(choice.ranked, (Rows{1, 3, 2}));
        QCOMPARE(*choice.cut, 2.0f);
    }
    void recencyTakesTheNewest() {
        const Choice choice = choose("recency", positionsOf({2, 3, 10, 11}), {}, 2);
        QCOMPARE(choice.ranked, (Rows{3, 2}));
        QCOMPARE(*choice.cut, 10.0f);
    }
    void randomIsAFunctionOfSeedStepAndPosition() {
        std::vector<StreamPos> positions;
        for (std::int32_t p = 100; p < 1100; ++p)
            positions.emplace_back(p);
        const Choice choice = choose("random", positions, {}, 100, 3, 7);
        QCOMPARE(choose("random", positions, {}, 100, 3, 7).ranked, choice.ranked);
        QVERIFY(choose("random", positions, {}, 100, 4, 7).ranked != choice.ranked);
        QVERIFY(choose("random", positions, {}, 100, 3, 8).ranked != choice.ranked);
        QVERIFY(*choice.cut >= 0 && *choice.cut < 1);
        // Fewer candidates: those that are left keep their order.
        std::set<std::int32_t> all;
        for (const std::int32_t row : choice.ranked)
            all.insert(positions[static_cast<std::size_t>(row)].value);
        const std::vector<StreamPos> half(positions.begin(), positions.begin() + 500);
        for (const std::int32_t row : choose("random", half, {}, 20, 3, 7).ranked)
            QVERIFY(all.count(half[static_cast<std::size_t>(row)].value));
    }
    void randomDrawsEveryTokenAboutEquallyOften() {
        std::vector<StreamPos> positions;
        for (std::int32_t p = 0; p < 100; ++p)
            positions.emplace_back(p);
        std::vector<int> drawn(100, 0);
        for (std::uint64_t seed = 0; seed < 2000; ++seed)
            for (const std::int32_t row : choose("random", positions, {}, 25, 0, seed).ranked)
                ++drawn[static_cast<std::size_t>(row)];
        // 500 expected, standard deviation 19.4: six of them.
        for (const int count : drawn)
            QVERIFY2(count > 383 && count < 617, std::to_string(count).c_str());
    }
    void mixesBitsAsSplitMix64Does() {
        // The first three numbers of SplitMix64 from seed 1234567: the generator's published test vector.
        constexpr std::uint64_t golden = 0x9e3779b97f4a7c15ULL;
        QCOMPARE(mixBits(1234567 + golden), 6457827717110365317ULL);
        QCOMPARE(mixBits(1234567 + 2 * golden), 3203168211198807973ULL);
        QCOMPARE(mixBits(1234567 + 3 * golden), 9817491932198370423ULL);
    }
    void poolsOverStreamNeighboursThatAreHeld() {
        std::mt19937_64 random(5);
        std::vector<StreamPos> positions;
        std::vector<float> raw;
        for (std::int32_t p = 0; p < 400; ++p) {
            if (random() % 3 == 0)
                continue;
            positions.emplace_back(p);
            raw.push_back(static_cast<float>(random() % 1000) / 1000.0f - (p > 300 ? 2.0f : 0.0f));
        }
        for (const std::int32_t width : {3, 5, 7, 15, 31, 255}) {
            const auto average = poolScores(positions, raw, Pool::avg, width);
            const auto largest = poolScores(positions, raw, Pool::max, width);
            QCOMPARE(average.size(), raw.size());
            for (std::size_t row = 0; row < raw.size(); ++row) {
                QVERIFY(std::abs(static_cast<double>(average[row]) -
                                 naivePool(positions, raw, row, true, width)) < 1e-6);
                QCOMPARE(static_cast<double>(largest[row]), naivePool(positions, raw, row, false, width));
            }
        }
    }
    void poolingWithWidthOneOrNoneChangesNothing() {
        const auto positions = positionsOf({1, 2, 3});
        const std::vector<float> raw{0.1f, 0.2f, 0.3f};
        QCOMPARE(poolScores(positions, raw, Pool::avg, 1), raw);
        QCOMPARE(poolScores(positions, raw, Pool::none, 15), raw);
        QVERIFY(poolScores({}, {}, Pool::avg, 15).empty());
    }
    void poolingAlwaysDividesByTheWidth() {
        QCOMPARE(poolScores(positionsOf({0}), std::vector<float>{1.0f}, Pool::avg, 5),
                 std::vector<float>{0.2f});
        QCOMPARE(poolScores(positionsOf({0}), std::vector<float>{-1.0f}, Pool::max, 5),
                 std::vector<float>{0.0f});
    }
    void aLargeScoreLeavesTheSmallOnesBehindItExact() {
        std::vector<StreamPos> positions;
        for (std::int32_t p = 0; p < 64; ++p)
            positions.emplace_back(p);
        std::vector<float> raw(64, 1e-6f);
        raw[0] = 3e37f;
        const auto pooled = poolScores(positions, raw, Pool::avg, 3);
        for (std::size_t row = 2; row < 63; ++row)
            QCOMPARE(pooled[row], 1e-6f);
    }
};

QTEST_GUILESS_MAIN(TestMethods)
#include "test_methods.moc"
