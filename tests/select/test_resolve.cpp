// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/geometry.h"
#include "engine/select/options.h"

#include <QTest>

#include <limits>
#include <random>

using namespace kvprism;
using namespace kvprism::select;

namespace {

constexpr std::int32_t mostInt = std::numeric_limits<std::int32_t>::max();

Config configOf(const Settings& settings) {
    const auto config = configFrom(settings);
    return config ? *config : Config{};
}

Config resolved(const Settings& settings, std::int32_t context, std::int32_t streamTokens,
                std::int32_t prefix = 10) {
    const auto config = resolve(configOf(settings), {context}, streamTokens, prefix, 20);
    if (!config)
        qWarning("%s", config.error().message.c_str());
    return config ? *config : Config{};
}

std::int32_t keptInTheEnd(const Config& config, std::int32_t streamTokens, std::int32_t prefix) {
    const auto geometry = makeGeometry(config, streamTokens, prefix);
    return geometry ? geometry->mostKept() : mostInt;
}

} // namespace

class TestResolve : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theBudgetIsAnEighthOfTheContext() {
        QCOMPARE(resolved({}, 8192, 5000).budget, 1024);
        QCOMPARE(resolved({}, 512, 5000).budget, 256);
        QCOMPARE(resolved({}, 0, 5000).budget, 256);
        QCOMPARE(resolved({}, 131072, 50000).budget, 4096);
    }
    void theBlockFollowsContextAndBudget() {
        QCOMPARE(resolved({}, 8192, 5000).blockSize, 512);
        QCOMPARE(resolved({{"budget", "300"}}, 8192, 5000).blockSize, 300);
        QCOMPARE(resolved({}, 131072, 50000).blockSize, 4096);
        QCOMPARE(resolved({{"budget", "1000"}}, 131072, 50000).blockSize, 1000);
        QCOMPARE(resolved({{"block-size", "7"}}, 8192, 5000).blockSize, 7);
    }
    void nothingStaysAutomatic() {
        const Config config = resolved({}, 8192, 5000);
        QCOMPARE(config.positions, Positions::absolute);
        QCOMPARE(config.backend, Backend::flash);
        QVERIFY(*resolve(config, {8192}, 5000, 10, 20) == config);
    }
    void aBudgetLargerThanTheStreamIsFine() {
        QCOMPARE(resolved({{"budget", "2147483647"}}, 8192, 3, 0).budget, mostInt);
    }
    void anEmptyStreamIsFine() {
        QVERIFY(resolve(configOf({}), {8192}, 0, 0, 20).ok());
        QVERIFY(resolve(configOf({{"compression-ratio", "0.5"}}), {8192}, 0, 0, 20).ok());
    }
    void aSmallBudgetIsToldWhichWouldDo() {
        const auto refused = resolve(configOf({{"budget", "40"}}), {8192}, 5000, 60, 20);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::usage);
        QVERIFY(refused.error().message.find("has to be 81 or more") != std::string::npos);
        QVERIFY(resolve(configOf({{"budget", "81"}}), {8192}, 5000, 60, 20).ok());
        QVERIFY(!resolve(configOf({{"budget", "80"}}), {8192}, 5000, 60, 20).ok());
    }
    void aSmallBudgetForAShortStreamIsToldToKeepIt() {
        const auto refused = resolve(configOf({{"budget", "40"}}), {8192}, 70, 60, 20);
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("has to be 70, which keeps the whole stream") !=
                std::string::npos);
    }
    void refusesMorePositionsThanCanBeCounted() {
        QVERIFY(!resolve(configOf({}), {8192}, mostInt - 100, 10, 20).ok());
        QVERIFY(resolve(configOf({{"max-new-tokens", "80"}}), {8192}, mostInt - 100, 10, 20).ok());
    }
    void refusesAConfigurationThatNoTableMade() {
        Config config = configOf({});
        config.protectionDivisor = 0;
        QVERIFY(!resolve(config, {8192}, 5000, 10, 20).ok());
        config = configOf({});
        config.method = "";
        QVERIFY(!resolve(config, {8192}, 5000, 10, 20).ok());
        config = configOf({});
        config.scorePoolWidth = 4;
        QVERIFY(!resolve(config, {8192}, 5000, 10, 20).ok());
        config = configOf({});
        config.mode = static_cast<Mode>(9);
        QVERIFY(!resolve(config, {8192}, 5000, 10, 20).ok());
        config = configOf({{"method", "recency"}});
        config.mode = Mode::accumulate;
        QVERIFY(!resolve(config, {8192}, 5000, 10, 20).ok());
    }
    void aRatioIsTheShareThatIsKept() {
        QCOMPARE(resolved({{"compression-ratio", "0.25"}}, 8192, 5000).budget, 1250);
        QCOMPARE(resolved({{"compression-ratio", "0.29"}}, 8192, 1000).budget,
                 290); // 0.29 · 1000 < 290 as doubles
        QCOMPARE(resolved({{"compression-ratio", "1"}}, 8192, 5000).budget, 5000);
        QCOMPARE(resolved({{"compression-ratio", "0.25"}, {"mode", "accumulate"}}, 8192, 5000).budget, 1250);
        QCOMPARE(resolved({{"compression-ratio", "0.001"}, {"method", "none"}}, 8192, 5000).budget, 5);
        const auto refused = resolve(configOf({{"compression-ratio", "0.001"}}), {8192}, 5000, 10, 20);
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("share that is kept") != std::string::npos);
    }
    void perBlockFindsTheLargestBudgetThatKeepsNoMore() {
        // Against a search through every budget.
        std::mt19937_64 random(11);
        const auto below = [&](std::uint64_t bound) { return static_cast<std::int32_t>(random() % bound); };
        int found = 0, refused = 0;
        for (int i = 0; i < 1500; ++i) {
            const std::int32_t n = 1 + below(6000), prefix = std::min(n, below(40));
            Settings settings{{"mode", "accumulate"}, {"budget-scope", "per_block"}};
            settings["compression-ratio"] = std::to_string(1 + below(1000)) + "e-3";
            settings["protection-divisor"] = std::to_string(3 + below(8));
            if (below(3) != 0)
                settings["block-size"] = std::to_string(1 + below(700));
            const Config config = configOf(settings);
            const auto wanted = static_cast<std::int32_t>(config.compressionRatio * n + 1e-6);
            std::int32_t expected = 0;
            for (std::int32_t budget = 1; budget <= n; ++budget) {
                Config tried = config;
                tried.budget = budget;
                if (tried.blockSize == 0)
                    tried.blockSize = std::min(512, budget);
                if (keptInTheEnd(tried, n, prefix) <= wanted)
                    expected = budget;
            }
            const auto actual = resolve(config, {8192}, n, prefix, 20);
            QCOMPARE(actual.ok(), expected != 0);
            if (actual)
                QCOMPARE(actual->budget, expected);
            ++(actual ? found : refused);
        }
        QVERIFY(found > 300 && refused > 30);
    }
    void perBlockOfAVeryLongStreamIsFoundAtOnce() {
        const Config config = resolved({{"mode", "accumulate"},
                                        {"budget-scope", "per_block"},
                                        {"compression-ratio", "0.5"},
                                        {"max-new-tokens", "1"}},
                                       131072, mostInt - 100);
        QVERIFY(config.budget > 0);
        const std::int32_t wanted = (mostInt - 100) / 2;
        QVERIFY(keptInTheEnd(config, mostInt - 100, 10) <= wanted);
        Config more = config;
        ++more.budget;
        QVERIFY(keptInTheEnd(more, mostInt - 100, 10) > wanted);
    }
};

QTEST_GUILESS_MAIN(TestResolve)
#include "test_resolve.moc"
