// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens pinned and evicted by hand.
#include "engine/select/counter_random.h"
#include "engine/select/geometry.h"
#include "engine/select/options.h"
#include "engine/select/plan.h"
#include "engine/select/token_ranges.h"

#include <QTest>

#include <random>
#include <set>

using namespace kvprism;
using namespace kvprism::select;
using trace::CompressionStep;
using trace::Reason;
using trace::Tier;

namespace {

float scoreOf(std::int32_t step, std::int32_t position) {
    return static_cast<float>(
        randomBits(3, static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(position)) % 100);
}

std::vector<CompressionStep> runSteps(const Config& config, const Geometry& geometry) {
    std::vector<CompressionStep> steps;
    Memory memory;
    for (std::int32_t step = 0; step < geometry.blocks(); ++step) {
        StepScores scores;
        if (stepNeedsScores(memory, geometry, config, step)) {
            scores.columns.push_back({"exact", {}});
            for (const StreamPos position : heldPositions(memory, geometry, step))
                scores.columns.back().values.push_back(scoreOf(step, position.value));
        }
        steps.push_back(planStep(memory, geometry, config, step, std::move(scores)));
        memory = memoryAfter(steps.back());
    }
    return steps;
}

std::string refusal(const Settings& settings, std::int32_t tokens = 500) {
    const auto config = configFrom(settings);
    if (!config)
        return config.error().message;
    const auto resolved = resolve(*config, {8192}, tokens, 0, 10);
    return resolved ? "" : resolved.error().message;
}

TokenRanges rangesOf(std::string_view text) {
    TokenRanges ranges;
    if (!parseInto(ranges, "pin", text))
        qFatal("bad ranges");
    return ranges;
}

} // namespace

class TestMarks : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void rangesAreASetOfPositions() {
        std::mt19937 random(1);
        for (int round = 0; round < 300; ++round) {
            TokenRanges ranges;
            std::set<std::int32_t> expected;
            for (int i = 0; i < 12; ++i) {
                const auto first = static_cast<std::int32_t>(random() % 60);
                const auto last = first + static_cast<std::int32_t>(random() % 9);
                const bool adds = random() % 3 != 0;
                adds ? ranges.add({first, last}) : ranges.remove({first, last});
                for (std::int32_t at = first; at <= last; ++at)
                    if (adds)
                        expected.insert(at);
                    else
                        expected.erase(at);
            }
            for (std::int32_t at = -1; at < 72; ++at)
                QCOMPARE(ranges.contains(StreamPos(at)), expected.count(at) == 1);
            const auto begin = static_cast<std::int32_t>(random() % 70), end = begin + 15;
            QCOMPARE(ranges.countIn(StreamPos(begin), StreamPos(end)),
                     static_cast<std::int64_t>(
                         std::distance(expected.lower_bound(begin), expected.lower_bound(end))));
            for (std::size_t i = 1; i < ranges.ranges().size(); ++i) // apart, so that the text is short
                QVERIFY(ranges.ranges()[i].first > ranges.ranges()[i - 1].last + 1);
            QCOMPARE(rangesOf(textOf(ranges)), ranges);
        }
    }
    void textsAreReadOrRefused() {
        QCOMPARE(textOf(rangesOf("")), std::string());
        QCOMPARE(textOf(rangesOf("7")), std::string("7"));
        QCOMPARE(textOf(rangesOf("400,120-135,136,0")), std::string("0,120-136,400"));
        QCOMPARE(textOf(rangesOf("0-2147483646")), std::string("0-2147483646"));
        for (const char* text : {"-1", "a", "1-", "1,", ",1", "1,,2", "3-2", "1 -2", "0-2147483647", "1-2-3",
                                 "99999999999", "1.5", "1;2"}) {
            TokenRanges ranges;
            const Status read = parseInto(ranges, "pin", text);
            QVERIFY2(!read && read.error().code == ErrorCode::usage, text);
            QVERIFY(read.error().message.find("--pin takes positions of tokens such as") == 0);
        }
    }
    void pinnedTokensStayAndEvictedOnesGoWithinTheBudget() {
        std::mt19937 random(2);
        const auto below = [&](std::int32_t bound) {
            return static_cast<std::int32_t>(random() % static_cast<unsigned>(bound));
        };
        int marked = 0;
        for (int round = 0; round < 600; ++round) {
            const std::int32_t n = 60 + below(300), kind = below(3);
            Config config = *configFrom({{"method", "exact"},
                                         {"budget", std::to_string(24 + below(60))},
                                         {"block-size", std::to_string(1 + below(60))},
                                         {"mode", kind == 0 ? "recursive" : "accumulate"},
                                         {"budget-scope", kind == 2 ? "per_block" : "total"}});
            for (int i = below(4); i > 0; --i) {
                const std::int32_t at = below(n);
                config.pins.add({at, std::min(n - 1, at + below(4))});
            }
            for (int i = below(4); i > 0; --i) {
                const std::int32_t at = below(n);
                config.evictions.add({at, std::min(n - 1, at + below(6))});
            }
            const auto resolved = resolve(config, {8192}, n, 0, 5);
            if (!resolved)
                continue; // too many pins, or both at once
            const auto geometry = *makeGeometry(*resolved, n, 0);
            marked += !config.pins.empty() && !config.evictions.empty();
            for (const CompressionStep& step : runSteps(*resolved, geometry)) {
                for (std::size_t row = 0; row < step.held.size(); ++row) {
                    const StreamPos position = step.held.positions[row];
                    const bool kept = step.held.tiers[row] != Tier::dropped;
                    const bool pinned = config.pins.contains(position);
                    if (config.evictions.contains(position)) {
                        QVERIFY(!kept && step.held.reasons[row] == Reason::evicted);
                        QVERIFY(position >= step.begin); // at once: the block it came with
                    } else if (pinned) {
                        QVERIFY(kept);
                    }
                    QCOMPARE(step.held.reasons[row] == Reason::pinned,
                             pinned && step.held.tiers[row] == Tier::global && !geometry.keepsAll);
                    QVERIFY(!(step.held.candidates[row] && (pinned || config.evictions.contains(position))));
                }
                if (!geometry.keepsAll && kind != 2)
                    QVERIFY(step.counts.kept <= resolved->budget);
                QVERIFY(step.counts.kept <= geometry.mostKept());
                QVERIFY(step.quota >= 0);
            }
        }
        QVERIFY(marked > 50);
    }
    void whatIsMarkedIsNoCandidate() {
        const auto config = *resolve(*configFrom({{"method", "exact"},
                                                  {"budget", "40"},
                                                  {"block-size", "50"},
                                                  {"pin", "20-29"},
                                                  {"evict", "10-12,45"}}),
                                     {8192}, 200, 0, 5);
        const auto geometry = *makeGeometry(config, 200, 0);
        const auto steps = runSteps(config, geometry);
        QCOMPARE(steps[0].quota, geometry.global - 10);
        QCOMPARE(steps[0].counts.dropped, 11); // of the window one is evicted, and nothing takes its place
    }
    void refusesWhatCannotBe() {
        const Settings settings{{"method", "exact"}, {"budget", "40"}, {"block-size", "50"}};
        const auto with = [&](const char* option, const char* value) {
            Settings all = settings;
            all[option] = value;
            return all;
        };
        QCOMPARE(refusal(with("pin", "100-119")), std::string());
        QVERIFY(refusal(with("pin", "100-120"))
                    .find("--pin names 21 tokens behind the anchors, but the global "
                          "memory has 20 places") == 0);
        QCOMPARE(refusal(with("pin", "0-9")), std::string()); // anchors stay anyway
        QVERIFY(refusal(with("pin", "500")).find("--pin names token 500, but the stream has 500 tokens") ==
                0);
        QVERIFY(refusal(with("evict", "499-501")).find("--evict names token 501") == 0);
        Settings both = with("pin", "30-40");
        both["evict"] = "40-50";
        QCOMPARE(refusal(both), std::string("Token 40 is both pinned and evicted."));
    }
};

QTEST_GUILESS_MAIN(TestMarks)
#include "test_marks.moc"
