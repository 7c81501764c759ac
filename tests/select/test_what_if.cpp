// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/counter_random.h"
#include "engine/select/geometry.h"
#include "engine/select/options.h"
#include "engine/select/plan.h"
#include "engine/select/what_if.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace kvprism;
using namespace kvprism::select;
using trace::CompressionStep;
using trace::Tier;

namespace {

constexpr std::int32_t n = 300, prefix = 3;

struct Recorded {
    trace::Run run;
    std::vector<CompressionStep> steps;
};

float scoreOf(std::size_t part, std::int32_t step, std::int32_t position) {
    return static_cast<float>(
               randomBits(7 + part, static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(position)) %
               1000) /
           999.0F;
}

// A run as the engine records it, with scores drawn for each part.
Recorded record(const Settings& settings) {
    Recorded recorded;
    const auto asked = configFrom(settings);
    if (!asked)
        qFatal("%s", asked.error().message.c_str());
    const auto config = resolve(*asked, {8192}, n, prefix, 10);
    const auto geometry = makeGeometry(*config, n, prefix);
    recorded.run.config = settingsOf(*config);
    recorded.run.budget = config->budget;
    recorded.run.blockSize = config->blockSize;
    recorded.run.prefixTokens = prefix;
    recorded.run.tokens.ids.resize(n);
    Memory memory;
    for (std::int32_t step = 0; step < geometry->blocks(); ++step) {
        StepScores scores;
        const auto positions = heldPositions(memory, *geometry, step);
        const auto parts = partsOf(*config);
        for (std::size_t part = 0; part < parts.size(); ++part) {
            if (!stepNeedsScores(memory, *geometry, *config, step) ||
                !givesScores(parts[part].method->scorer))
                continue;
            scores.columns.push_back({std::string(parts[part].method->name), {}});
            for (const StreamPos position : positions)
                scores.columns.back().values.push_back(scoreOf(part, step, position.value));
        }
        recorded.steps.push_back(planStep(memory, *geometry, *config, step, std::move(scores)));
        memory = memoryAfter(recorded.steps.back());
    }
    return recorded;
}

const CompressionStep* before(const Recorded& recorded, std::size_t step) {
    return step == 0 ? nullptr : &recorded.steps[step - 1];
}

} // namespace

class TestWhatIf : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void predictsWhatHappenedWhereNothingIsChanged_data() {
        QTest::addColumn<Settings>("settings");
        const auto add = [](const char* name, Settings settings) {
            settings.emplace("budget", "64");
            settings.emplace("block-size", "50");
            QTest::newRow(name) << settings;
        };
        for (const char* method : {"peak", "exact", "snapkv", "h2o", "knorm", "recency", "random", "none"})
            add(method, {{"method", method}});
        add("accumulate", {{"method", "exact"}, {"mode", "accumulate"}});
        add("per block", {{"method", "peak"}, {"mode", "accumulate"}, {"budget-scope", "per_block"}});
        add("hybrid", {{"method", "hybrid"}, {"hybrid-primary", "peak"}, {"hybrid-secondary", "exact"}});
        add("small blocks", {{"method", "exact"}, {"block-size", "7"}});
    }
    void predictsWhatHappenedWhereNothingIsChanged() {
        QFETCH(Settings, settings);
        const Recorded recorded = record(settings);
        for (std::size_t i = 0; i < recorded.steps.size(); ++i) {
            const auto predicted = predictStep(recorded.run, before(recorded, i), recorded.steps[i], {});
            QVERIFY2(predicted.ok(), predicted.ok() ? "" : predicted.error().message.c_str());
            QVERIFY(*predicted == recorded.steps[i]);
        }
    }
    void aBudgetTakesTheBestOfWhatWasHeld() {
        const Recorded recorded = record({{"method", "exact"}, {"budget", "64"}, {"block-size", "50"}});
        const CompressionStep& step = recorded.steps[3];
        for (const std::int32_t budget : {24, 40, 64, 90, 110}) {
            const auto predicted = predictStep(recorded.run, &recorded.steps[2], step, {.budget = budget});
            QVERIFY(predicted.ok());
            const CompressionStep& other = *predicted;
            QCOMPARE(other.held.positions, step.held.positions); // the memory as it was
            QVERIFY(other.counts.kept <= budget);                // less where what would be an anchor is gone
            QCOMPARE(other.counts.global, std::min(other.quota, other.counts.candidates));
            const std::int32_t anchors = std::max(budget / 4, prefix);
            float lowestKept = 2, highestDropped = -1;
            for (std::size_t row = 0; row < other.held.size(); ++row) {
                const auto position = other.held.positions[row].value;
                QCOMPARE(other.held.tiers[row] == Tier::anchor, position < anchors);
                const float score = scoreOf(0, 3, position);
                if (other.held.tiers[row] == Tier::global)
                    lowestKept = std::min(lowestKept, score);
                if (other.held.tiers[row] == Tier::dropped)
                    highestDropped = std::max(highestDropped, score);
            }
            QVERIFY(lowestKept >= highestDropped);
        }
    }
    void aRatioSharesTheQuota() {
        const Recorded recorded = record({{"method", "hybrid"},
                                          {"hybrid-primary", "peak"},
                                          {"hybrid-secondary", "exact"},
                                          {"budget", "64"},
                                          {"block-size", "50"}});
        for (const double ratio : {0.0, 0.25, 0.5, 1.0}) {
            const auto predicted =
                predictStep(recorded.run, &recorded.steps[1], recorded.steps[2], {.hybridRatio = ratio});
            QVERIFY(predicted.ok());
            const auto& reasons = predicted->held.reasons;
            const auto primary = std::count(reasons.begin(), reasons.end(), trace::Reason::primary);
            QCOMPARE(primary, static_cast<std::ptrdiff_t>(std::floor(ratio * predicted->quota)));
        }
    }
    void aDivisorMovesAnchorsAndWindow() {
        const Recorded recorded = record({{"method", "exact"}, {"budget", "64"}, {"block-size", "50"}});
        const auto predicted =
            predictStep(recorded.run, &recorded.steps[3], recorded.steps[4], {.protectionDivisor = 8});
        QVERIFY(predicted.ok());
        QCOMPARE(predicted->counts.anchors, 8);
        QCOMPARE(predicted->counts.window, 8);
        QCOMPARE(predicted->counts.kept, 64);
    }
    void saysWhyItCannotPredict() {
        const Recorded recorded = record({{"method", "exact"}, {"budget", "64"}, {"block-size", "50"}});
        const auto sentence = [&](std::size_t step, const WhatIf& changed) {
            const auto predicted =
                predictStep(recorded.run, before(recorded, step), recorded.steps[step], changed);
            return predicted ? std::string() : predicted.error().message;
        };
        QVERIFY(sentence(3, {.budget = 0}).find("keeps nothing") != std::string::npos);
        QVERIFY(sentence(3, {.budget = 5}).find("too small") != std::string::npos);
        QVERIFY(sentence(3, {.protectionDivisor = 2}).find("3 or more") != std::string::npos);
        QVERIFY(sentence(3, {.hybridRatio = std::nan("")}).find("between 0 and 1") != std::string::npos);
        const Recorded whole = record({{"method", "exact"}, {"budget", "300"}, {"block-size", "50"}});
        QVERIFY(!checkWhatIf(recorded.run, {.budget = 5}));
        QVERIFY(checkWhatIf(whole.run, {.budget = 64}).ok()); // it could have run, only was not recorded
        QVERIFY(predictStep(whole.run, nullptr, whole.steps[0], {}).ok());
        const auto less = predictStep(whole.run, &whole.steps[0], whole.steps[1], {.budget = 64});
        QVERIFY(!less && less.error().message.find("nothing was scored") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestWhatIf)
#include "test_what_if.moc"
