// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/counter_random.h"
#include "engine/select/options.h"
#include "engine/select/plan.h"
#include "tests/select/naive_run.h"

#include <QTest>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>

using namespace kvprism;
using namespace kvprism::select;
using kvprism::trace::CompressionStep;
using kvprism::trace::Reason;
using kvprism::trace::Tier;

namespace {

struct Case {
    std::int32_t n = 0, prefix = 0;
    Config config;
};

std::string describe(const Case& c) {
    std::ostringstream text;
    text << "N " << c.n << ", P " << c.prefix << ", B " << c.config.budget << ", S " << c.config.blockSize
         << ", n " << c.config.protectionDivisor
         << (c.config.mode == Mode::recursive ? ", recursive" : ", accumulate")
         << (c.config.budgetScope == BudgetScope::total ? ", total, " : ", per_block, ") << c.config.method;
    if (c.config.method == "hybrid")
        text << " " << c.config.hybridPrimary << " + " << c.config.hybridSecondary << " "
             << c.config.hybridRatio;
    return text.str();
}

// Coarse, so that ties are common; a function of step and position alone.
float scoreOf(std::int64_t step, std::int64_t position) {
    return static_cast<float>(
               randomBits(99, static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(position)) % 17) /
           16.0f;
}

constexpr std::int64_t secondPart = 1 << 20; // what its scores are drawn from

using ScoreFunction = float (*)(std::int64_t, std::int64_t);

std::vector<CompressionStep> runSteps(const Case& c, ScoreFunction score = scoreOf,
                                      std::int32_t most = 1 << 30) {
    const auto geometry = makeGeometry(c.config, c.n, c.prefix);
    std::vector<CompressionStep> steps;
    if (!geometry)
        return steps;
    Memory memory;
    for (std::int32_t step = 0; step < std::min(geometry->blocks(), most); ++step) {
        StepScores scores;
        const auto parts = partsOf(c.config);
        for (std::size_t part = 0; part < parts.size(); ++part) {
            if (!stepNeedsScores(memory, *geometry, c.config, step) ||
                !givesScores(parts[part].method->scorer))
                continue;
            scores.columns.push_back({std::string(parts[part].method->name), {}});
            for (const StreamPos position : heldPositions(memory, *geometry, step))
                scores.columns.back().values.push_back(
                    score(step, position.value + secondPart * static_cast<std::int64_t>(part)));
        }
        steps.push_back(planStep(memory, *geometry, c.config, step, std::move(scores)));
        memory = memoryAfter(steps.back());
    }
    return steps;
}

std::set<std::int64_t> withTier(const CompressionStep& step, Tier tier) {
    std::set<std::int64_t> positions;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.tiers[row] == tier)
            positions.insert(step.held.positions[row].value);
    return positions;
}

std::set<std::int64_t> candidatesOf(const CompressionStep& step) {
    std::set<std::int64_t> positions;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.candidates[row])
            positions.insert(step.held.positions[row].value);
    return positions;
}

// In this step: older choices of accumulate keep their selector.
std::set<std::int64_t> chosenBySecond(const CompressionStep& step) {
    std::set<std::int64_t> positions;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.candidates[row] && step.held.reasons[row] == Reason::secondary)
            positions.insert(step.held.positions[row].value);
    return positions;
}

test::NaiveSettings naive(const Case& c) {
    const auto parts = partsOf(c.config);
    const auto naivePart = [](const Part& part) {
        return test::NaivePart{std::string(part.method->name), part.poolWidth};
    };
    return {.n = c.n,
            .prefix = c.prefix,
            .budget = c.config.budget,
            .block = c.config.blockSize,
            .divisor = c.config.protectionDivisor,
            .accumulate = c.config.mode == Mode::accumulate,
            .perBlock = c.config.budgetScope == BudgetScope::perBlock,
            .primary = naivePart(parts.front()),
            .secondary = parts.size() > 1 ? std::optional(naivePart(parts[1])) : std::nullopt,
            .ratio = parts.size() > 1 ? c.config.hybridRatio : 1};
}

struct Hybrid {
    const char* primary;
    const char* secondary;
    double ratio;
};

// `kind`: recursive, accumulate total, accumulate per_block.
Config configOf(const char* method, std::int32_t budget, std::int32_t block, std::int32_t divisor, int kind,
                const Hybrid& hybrid = {"exact", "peak", 0.75}) {
    Settings settings{{"method", method},
                      {"budget", std::to_string(budget)},
                      {"block-size", std::to_string(block)},
                      {"protection-divisor", std::to_string(divisor)},
                      {"mode", kind == 0 ? "recursive" : "accumulate"}};
    if (kind == 2)
        settings["budget-scope"] = "per_block";
    if (std::string_view(method) == "hybrid") {
        settings["hybrid-primary"] = hybrid.primary;
        settings["hybrid-secondary"] = hybrid.secondary;
        settings["hybrid-ratio"] = std::to_string(hybrid.ratio);
    }
    const auto config = configFrom(settings);
    return config ? *config : Config{};
}

// Every edge that the LASER-KV page names, and 6,000 seeded draws.
std::vector<Case> sweep() {
    std::vector<Case> cases;
    const auto add = [&](std::int32_t n, std::int32_t prefix, std::int32_t budget, std::int32_t block,
                         std::int32_t divisor, const char* method, int kind) {
        if (std::string_view(method) == "recency" && kind != 0)
            return;
        Case c{n, std::min(prefix, n), configOf(method, budget, block, divisor, kind)};
        if (c.config.budget == budget && makeGeometry(c.config, c.n, c.prefix))
            cases.push_back(std::move(c));
    };
    for (const int kind : {0, 1, 2}) {
        for (const char* method : {"exact", "peak", "recency", "none"}) {
            for (const std::int32_t n : {0, 1, 2, 5, 11, 12, 13, 16, 17, 18, 24, 25, 33, 48, 49})
                for (const std::int32_t block : {1, 2, 4, 5, 12, 16, 64})
                    add(n, 3, 16, block, 4, method, kind);
            for (const std::int32_t n : {64, 67, 68, 69, 70})
                add(n, 0, 16, 16, 4, method, kind);
            add(40, 11, 16, 4, 4, method, kind); // the prefix leaves one global token
            add(200, 0, 40, 7, 3, method, kind);
            add(200, 0, 160, 7, 40, method, kind);
        }
    }
    std::mt19937_64 random(20260202);
    const auto below = [&](std::uint64_t bound) { return static_cast<std::int32_t>(random() % bound); };
    const char* const methods[] = {"exact", "peak", "recency", "none", "knorm"};
    while (cases.size() < 4600)
        add(below(260), below(20), 12 + below(120), 1 + below(90), 3 + below(9), methods[below(5)], below(3));
    const char* const partMethods[] = {"exact", "peak", "knorm", "recency"};
    while (cases.size() < 6600) {
        const std::int32_t kind = below(3), n = below(260), block = 1 + below(90), divisor = 3 + below(9);
        const std::int32_t budget = 12 + below(120);
        const std::int32_t first = below(kind == 0 ? 4 : 3), second = below(kind == 0 ? 4 : 3);
        const double ratio = static_cast<double>(below(21)) / 20;
        if (first == second)
            continue;
        Case c{n, std::min(below(20), n),
               configOf("hybrid", budget, block, divisor, kind,
                        {partMethods[first], partMethods[second], ratio})};
        if (c.config.method == "hybrid" && makeGeometry(c.config, c.n, c.prefix))
            cases.push_back(std::move(c));
    }
    return cases;
}

void checkColumns(const CompressionStep& step) {
    const auto& held = step.held;
    QVERIFY(std::is_sorted(held.positions.begin(), held.positions.end()));
    QVERIFY(std::adjacent_find(held.positions.begin(), held.positions.end()) == held.positions.end());
    QCOMPARE(held.tiers.size(), held.size());
    QCOMPARE(held.reasons.size(), held.size());
    QCOMPARE(held.candidates.size(), held.size());
    QCOMPARE(held.selectors.size(), held.size());
    for (const auto& column : held.scores)
        QCOMPARE(column.values.size(), held.size());
    const auto counted = [&](Tier tier) { return static_cast<std::int32_t>(withTier(step, tier).size()); };
    QCOMPARE(step.counts.anchors, counted(Tier::anchor));
    QCOMPARE(step.counts.window, counted(Tier::window));
    QCOMPARE(step.counts.global, counted(Tier::global));
    QCOMPARE(step.counts.dropped, counted(Tier::dropped));
    QCOMPARE(step.counts.candidates, static_cast<std::int32_t>(candidatesOf(step).size()));
    QCOMPARE(step.counts.kept, step.counts.anchors + step.counts.window + step.counts.global);
    QCOMPARE(static_cast<std::size_t>(step.counts.kept + step.counts.dropped), held.size());
    for (std::size_t row = 0; row < held.size(); ++row) {
        const bool first = held.reasons[row] == Reason::primary,
                   second = held.reasons[row] == Reason::secondary;
        const bool chosen = first || second;
        QCOMPARE(held.selectors[row], first ? std::uint8_t{0} : second ? std::uint8_t{1} : trace::noSelector);
        QVERIFY(!chosen || held.tiers[row] == Tier::global);
        QCOMPARE(held.tiers[row] == Tier::dropped, held.reasons[row] == Reason::belowCut);
        QVERIFY(held.tiers[row] != Tier::dropped || held.candidates[row]);
    }
}

} // namespace

class TestPlan : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() {
        m_cases = sweep();
        QVERIFY(m_cases.size() >= 6600);
    }
    void agreesWithARunByTheWordsOfThePage() {
        for (const Case& c : m_cases) {
            const auto steps = runSteps(c);
            const auto expected =
                test::naiveRun(naive(c), [](int part, std::int64_t step, std::int64_t position) {
                    return scoreOf(step, position + part * secondPart);
                });
            QVERIFY2(steps.size() == expected.size(), describe(c).c_str());
            for (std::size_t i = 0; i < steps.size(); ++i) {
                const CompressionStep& step = steps[i];
                const bool same = step.begin.value == expected[i].begin &&
                                  step.end.value == expected[i].end && step.quota == expected[i].quota &&
                                  withTier(step, Tier::anchor) == expected[i].anchors &&
                                  withTier(step, Tier::window) == expected[i].window &&
                                  withTier(step, Tier::global) == expected[i].global &&
                                  withTier(step, Tier::dropped) == expected[i].dropped &&
                                  candidatesOf(step) == expected[i].candidates &&
                                  chosenBySecond(step) == expected[i].bySecondary;
                QVERIFY2(same, (describe(c) + ", step " + std::to_string(i)).c_str());
            }
        }
    }
    void everyStepAddsUp() {
        for (const Case& c : m_cases) {
            for (const CompressionStep& step : runSteps(c)) {
                checkColumns(step);
                if (QTest::currentTestFailed())
                    QFAIL(describe(c).c_str());
            }
        }
    }
    void neverHoldsMoreThanItMay() {
        for (const Case& c : m_cases) {
            const auto geometry = *makeGeometry(c.config, c.n, c.prefix);
            std::int32_t most = 0, before = 0;
            for (const CompressionStep& step : runSteps(c)) {
                const std::int32_t read = step.end.value;
                const bool bounded =
                    c.config.mode == Mode::recursive || c.config.budgetScope == BudgetScope::total;
                if (!geometry.keepsAll && bounded)
                    QVERIFY2(step.counts.kept <= c.config.budget, describe(c).c_str());
                if (!geometry.keepsAll && c.config.mode == Mode::recursive)
                    QVERIFY2(step.counts.kept == std::min(read, c.config.budget), describe(c).c_str());
                QVERIFY2(step.counts.kept <=
                                 geometry.anchors + geometry.window + (step.index + 1) * geometry.global ||
                             geometry.keepsAll,
                         describe(c).c_str());
                QVERIFY(before + (step.end - step.begin) + 5 <= geometry.mostSlots(5));
                before = step.counts.kept;
                most = std::max(most, step.counts.kept);
            }
            QVERIFY2(most == geometry.mostKept(), describe(c).c_str());
        }
    }
    void accumulateTotalEndsAtExactlyG() {
        int looked = 0;
        for (const Case& c : m_cases) {
            const auto geometry = *makeGeometry(c.config, c.n, c.prefix);
            if (geometry.keepsAll || c.config.mode != Mode::accumulate ||
                c.config.budgetScope != BudgetScope::total)
                continue;
            const auto steps = runSteps(c);
            QVERIFY2(steps.back().counts.global == geometry.global, describe(c).c_str());
            QVERIFY2(steps.back().counts.kept == c.config.budget, describe(c).c_str());
            ++looked;
        }
        QVERIFY(looked > 300);
    }
    void protectsAnchorsAndTheTailOfTheStream() {
        for (const Case& c : m_cases) {
            const std::int32_t window = c.config.budget / c.config.protectionDivisor;
            const std::int32_t anchors = std::max(window, c.prefix);
            for (const CompressionStep& step : runSteps(c)) {
                const auto kept = memoryAfter(step).positions;
                const std::set<StreamPos> held(kept.begin(), kept.end());
                for (std::int32_t p = 0; p < step.end.value; ++p)
                    if (p < anchors || p >= step.end.value - window)
                        QVERIFY2(held.count(StreamPos(p)), describe(c).c_str());
            }
        }
    }
    void aStepDoesNotDependOnWhatComesLater() {
        static std::int64_t changedFrom = 0;
        const ScoreFunction changed = [](std::int64_t step, std::int64_t position) {
            return step >= changedFrom ? 1.0f - scoreOf(step, position + 1000) : scoreOf(step, position);
        };
        for (std::size_t i = 0; i < m_cases.size(); i += 7) {
            const Case& c = m_cases[i];
            const auto steps = runSteps(c);
            if (steps.size() < 2)
                continue;
            changedFrom = static_cast<std::int64_t>(steps.size()) / 2;
            const auto other = runSteps(c, changed);
            for (std::size_t step = 0; step < static_cast<std::size_t>(changedFrom); ++step)
                QVERIFY2(steps[step] == other[step], describe(c).c_str());
        }
    }
    void theMemoryAfterAStepIsWhatItsKeptRowsSay() {
        for (std::size_t i = 0; i < m_cases.size(); i += 5) {
            for (const CompressionStep& step : runSteps(m_cases[i])) {
                const auto rows = keptRows(step);
                const Memory memory = memoryAfter(step);
                QVERIFY(std::is_sorted(rows.begin(), rows.end()));
                QCOMPARE(rows.size(), memory.size());
                QCOMPARE(rows.size(), static_cast<std::size_t>(step.counts.kept));
                for (std::size_t at = 0; at < rows.size(); ++at) {
                    const auto row = static_cast<std::size_t>(rows[at]);
                    QCOMPARE(memory.positions[at], step.held.positions[row]);
                    QCOMPARE(memory.tiers[at], step.held.tiers[row]);
                    QVERIFY(memory.tiers[at] != Tier::dropped);
                }
            }
        }
    }
    void choosesTheSameWayTwice() {
        const Case c{500, 5, configOf("random", 64, 50, 4, 1)};
        QVERIFY(!runSteps(c).empty());
        QVERIFY(runSteps(c) == runSteps(c));
    }
    void choosesTheSameFromWhatIsPooledAndRankedAlready() {
        for (const Case& c : m_cases) {
            const auto geometry = makeGeometry(c.config, c.n, c.prefix);
            const auto parts = partsOf(c.config);
            Memory memory;
            for (const CompressionStep& step : runSteps(c)) {
                StepScores scores;
                for (std::size_t part = 0; part < parts.size(); ++part) {
                    scores.rankedOf(part).order.clear();
                    for (const std::size_t row : rankCandidates(step, c.config, parts[part]))
                        scores.ranked[part].order.push_back(static_cast<std::int32_t>(row));
                    const std::string pooled =
                        part == 0 ? "pooled" : "pooled:" + std::string(parts[part].method->name);
                    for (const auto& column : step.held.scores)
                        if (column.name == pooled)
                            scores.ranked[part].pooled = column.values;
                        else if (column.name == parts[part].method->name)
                            scores.columns.push_back(column);
                }
                const CompressionStep again =
                    planStep(memory, *geometry, c.config, step.index, std::move(scores));
                QVERIFY2(again == step, (describe(c) + ", step " + std::to_string(step.index)).c_str());
                memory = memoryAfter(step);
            }
        }
    }
    void whereEverythingFitsNothingIsScoredOrDropped() {
        for (const char* method : {"peak", "exact", "random", "none"}) {
            for (const int kind : {0, 1, 2}) {
                const Case c{40, 4, configOf(method, 40, 16, 4, kind)};
                for (const CompressionStep& step : runSteps(c)) {
                    QVERIFY(step.held.scores.empty());
                    QVERIFY(step.cuts.empty());
                    QCOMPARE(step.counts.candidates, 0);
                    QCOMPARE(step.counts.kept, step.end.value);
                    for (const Reason reason : step.held.reasons)
                        QCOMPARE(reason, Reason::fits);
                }
            }
        }
        const auto last = runSteps({40, 4, configOf("peak", 40, 16, 4, 0)}).back();
        QCOMPARE(last.counts.anchors, 10);
        QCOMPARE(last.counts.window, 10);
        QCOMPARE(last.counts.global, 20);
    }
    void theDenseMethodKeepsAnyStreamWhatever() {
        const auto steps = runSteps({300, 10, configOf("none", 5, 64, 4, 0)});
        QCOMPARE(steps.size(), std::size_t{5});
        QCOMPARE(steps.back().counts.kept, 300);
    }
    void stepsWhoseCandidatesAllFitAreScoredAllTheSame() {
        const Case c{100, 0, configOf("exact", 64, 40, 4, 0)};
        const auto steps = runSteps(c);
        QCOMPARE(steps[0].counts.dropped, 0);
        QCOMPARE(steps[0].counts.candidates, 8); // 40 − 16 anchors − 16 window
        QCOMPARE(steps[0].held.scores.size(), std::size_t{1});
        QCOMPARE(steps[0].held.reasons[16], Reason::primary);
        QCOMPARE(steps[0].cuts.size(), std::size_t{1});
    }
    void stepsWithoutCandidatesNeedNoScores() {
        const Case c{100, 0, configOf("exact", 64, 16, 4, 0)};
        const auto geometry = *makeGeometry(c.config, c.n, c.prefix);
        QVERIFY(!stepNeedsScores({}, geometry, c.config, 0));                          // anchors
        QVERIFY(!stepNeedsScores(memoryAfter(runSteps(c)[0]), geometry, c.config, 1)); // anchors and window
        QVERIFY(stepNeedsScores(memoryAfter(runSteps(c)[1]), geometry, c.config, 2));
        QVERIFY(!stepNeedsScores(memoryAfter(runSteps(c)[1]), geometry, configOf("random", 64, 16, 4, 0), 2));
    }
    void accumulateLeavesOlderMemoryAsItWas() {
        const auto steps = runSteps({200, 0, configOf("exact", 40, 20, 4, 1)});
        for (std::size_t i = 1; i < steps.size(); ++i) {
            const Memory before = memoryAfter(steps[i - 1]), after = memoryAfter(steps[i]);
            for (std::size_t row = 0; row < before.size(); ++row) {
                if (before.tiers[row] != Tier::global)
                    continue;
                const auto place =
                    std::lower_bound(after.positions.begin(), after.positions.end(), before.positions[row]);
                QVERIFY(place != after.positions.end() && *place == before.positions[row]);
                const auto at = static_cast<std::size_t>(place - after.positions.begin());
                QCOMPARE(after.reasons[at], Reason::primary);
                QCOMPARE(after.selectors[at], std::uint8_t{0});
                QVERIFY(!candidatesOf(steps[i]).count(before.positions[row].value));
            }
        }
    }
    void theCutIsTheValueOfTheLastChosen() {
        for (const Case& c : m_cases) {
            if (c.config.method != "exact")
                continue;
            for (const CompressionStep& step : runSteps(c)) {
                if (step.cuts.empty())
                    continue;
                const auto& scores = step.held.scores.back().values;
                for (std::size_t row = 0; row < step.held.size(); ++row) {
                    if (!step.held.candidates[row])
                        continue;
                    const bool kept = step.held.tiers[row] == Tier::global;
                    QVERIFY(kept ? scores[row] >= step.cuts[0].value : scores[row] <= step.cuts[0].value);
                }
            }
        }
    }
    void recordsRawAndPooledScores() {
        const auto steps = runSteps({200, 0, configOf("peak", 40, 20, 4, 0)});
        const auto& held = steps.back().held;
        QCOMPARE(held.scores.size(), std::size_t{2});
        QCOMPARE(held.scores[0].name, std::string("peak"));
        QCOMPARE(held.scores[1].name, std::string("pooled"));
        QCOMPARE(held.scores[1].values, poolScores(held.positions, held.scores[0].values, Pool::avg, 15));
    }

  private:
    std::vector<Case> m_cases;
};

QTEST_GUILESS_MAIN(TestPlan)
#include "test_plan.moc"
