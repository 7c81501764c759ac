// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/overlap.h"
#include "tests/support/planned_run.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace kvprism;
using namespace kvprism::select;
using trace::CompressionStep;

namespace {

using PositionSet = std::set<std::int32_t>;

Config configOf(const test::PlannedRun& planned) {
    return *configOfRun(*planned.run);
}

Settings settingsOf(const char* method) {
    return {{"method", method}, {"budget", "96"}, {"block-size", "80"}};
}

test::PlannedRun planned(Settings settings, std::uint64_t seed = 1) {
    return test::plannedRun(
        {.settings = std::move(settings), .streamTokens = 500, .prefixTokens = 5, .seed = seed});
}

PositionSet candidatesOf(const CompressionStep& step) {
    PositionSet positions;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.candidates[row])
            positions.insert(step.held.positions[row].value);
    return positions;
}

// The best `quota` candidates by a plain value: what one method keeps, counted without the rules' own code.
template <class Value> PositionSet best(const CompressionStep& step, Value value) {
    std::vector<std::pair<double, std::int32_t>> order;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.candidates[row])
            order.emplace_back(-value(row), step.held.positions[row].value);
    std::sort(order.begin(), order.end());
    PositionSet kept;
    for (std::size_t i = 0; i < order.size() && i < static_cast<std::size_t>(step.quota); ++i)
        kept.insert(order[i].second);
    return kept;
}

PositionSet membersOf(const CompressionStep& step, const KeptSets& sets, std::string_view method) {
    PositionSet members;
    for (std::size_t i = 0; i < sets.methods.size(); ++i)
        for (std::size_t entry = 0; entry < sets.rows.size() && sets.methods[i]->name == method; ++entry)
            if (sets.keepers[entry] >> i & 1)
                members.insert(step.held.positions[sets.rows[entry]].value);
    return members;
}

const trace::ScoreColumn& column(const CompressionStep& step, std::string_view name) {
    return *std::ranges::find(step.held.scores, name, &trace::ScoreColumn::name);
}

} // namespace

class TestOverlap : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aMethodKeepsTheBestOfTheWholeQuota() {
        Settings settings = settingsOf("exact");
        settings["record-detail"] = "full";
        const test::PlannedRun run = planned(settings);
        const Config config = configOf(run);
        int chose = 0;
        for (const auto& step : run.steps) {
            const KeptSets sets = keptSets(*step, config);
            if (!hadToChoose(*step)) {
                QVERIFY(sets.methods.empty());
                continue;
            }
            ++chose;
            const auto positionOf = [&](std::size_t row) { return double(step->held.positions[row].value); };
            const auto& exact = column(*step, "exact").values;
            const auto& knorm = column(*step, "other:knorm").values;
            QVERIFY(membersOf(*step, sets, "recency") == best(*step, positionOf));
            QVERIFY(membersOf(*step, sets, "exact") ==
                    best(*step, [&](std::size_t row) { return double(exact[row]); }));
            QVERIFY(membersOf(*step, sets, "knorm") ==
                    best(*step, [&](std::size_t row) { return -double(knorm[row]); }));
            QCOMPARE(static_cast<int>(membersOf(*step, sets, "lsh").size()), step->quota);
            QCOMPARE(static_cast<int>(membersOf(*step, sets, "peak").size()), step->quota);
            QVERIFY(membersOf(*step, sets, "h2o").empty()); // its rows were not scored
        }
        QVERIFY(chose > 3);
    }

    void theMethodThatRanKeepsWhatTheRunKept_data() {
        QTest::addColumn<Settings>("settings");
        for (const char* method : {"peak", "exact", "lsh", "snapkv", "h2o", "knorm", "recency", "random"})
            QTest::newRow(method) << settingsOf(method);
        for (const char* mode : {"magicpig_baseline", "magicpig_sampling"}) {
            Settings settings = settingsOf("lsh");
            settings["lsh-mode"] = mode;
            QTest::newRow(mode) << settings;
        }
        Settings pooled = settingsOf("exact");
        pooled.insert({{"score-pool", "max"}, {"score-pool-width", "5"}, {"mode", "accumulate"}});
        QTest::newRow("exact, pooled, accumulating") << pooled;
    }
    void theMethodThatRanKeepsWhatTheRunKept() {
        QFETCH(Settings, settings);
        const test::PlannedRun run = planned(settings);
        const Config config = configOf(run);
        for (const auto& step : run.steps) {
            const KeptSets sets = keptSets(*step, config);
            if (!hadToChoose(*step))
                continue;
            const SharedTokens shared = sharedTokens(sets);
            const auto own = std::ranges::find(sets.methods, findMethod(config.method));
            QVERIFY(own != sets.methods.end());
            QCOMPARE(shared.jaccard(static_cast<std::size_t>(own - sets.methods.begin()), shared.run()), 1.0);
        }
    }

    // Against sets and loops, over runs of every kind.
    void sumsEqualAPlainCount() {
        std::mt19937_64 random(5);
        int steps = 0;
        for (int round = 0; round < 40; ++round) {
            const char* methods[] = {"peak",  "exact",   "lsh",    "hybrid",
                                     "knorm", "recency", "random", "snapkv"};
            Settings settings = settingsOf(methods[random() % 8]);
            settings["budget"] = std::to_string(40 + random() % 200);
            settings["block-size"] = std::to_string(16 + random() % 150);
            if (random() % 3 != 0)
                settings["record-detail"] = "full";
            const test::PlannedRun run = planned(settings, random());
            const Config config = configOf(run);
            for (const auto& step : run.steps) {
                const KeptSets sets = keptSets(*step, config);
                std::map<std::string_view, PositionSet> members;
                for (const MethodSpec* method : sets.methods)
                    members[method->name] = membersOf(*step, sets, method->name);
                compareWithPlainCount(*step, sets, members, static_cast<std::uint32_t>(random()));
                steps += hadToChoose(*step);
            }
        }
        QVERIFY(steps > 100);
    }

    void saysWhatWouldBringTheInputs() {
        const auto remedies = [&](const char* method) {
            std::map<std::string_view, Remedy> found;
            const test::PlannedRun run = planned(settingsOf(method));
            for (const Part& part : loneParts(configOf(run)))
                if (!inputsRecorded(*run.steps.back(), part))
                    found[part.method->name] = remedyFor(part, configOf(run));
            return found;
        };
        using Remedies = std::map<std::string_view, Remedy>;
        QVERIFY(remedies("peak") == (Remedies{{"exact", Remedy::fullDetail},
                                              {"lsh", Remedy::fullDetail},
                                              {"knorm", Remedy::fullDetail},
                                              {"snapkv", Remedy::ownRun},
                                              {"h2o", Remedy::ownRun}}));
        QCOMPARE(remedies("snapkv")["exact"], Remedy::ownRun); // the same kind, by other rows
        QCOMPARE(remedies("random")["peak"], Remedy::prompt);
        QCOMPARE(remedies("random")["knorm"], Remedy::fullDetail);
        QVERIFY(!remedies("peak").contains("recency"));
    }

    void aRemedyHelps() {
        for (const char* method : {"peak", "exact", "lsh", "hybrid", "snapkv", "h2o", "knorm", "recency"}) {
            Settings settings = settingsOf(method);
            const test::PlannedRun plain = planned(settings);
            settings["record-detail"] = "full";
            const test::PlannedRun full = planned(settings);
            for (const Part& part : loneParts(configOf(plain))) {
                if (inputsRecorded(*plain.steps.back(), part))
                    continue;
                QCOMPARE(remedyFor(part, configOf(plain)) == Remedy::fullDetail,
                         inputsRecorded(*full.steps.back(), part));
            }
        }
    }

    void emptySetsAreAlike() {
        const SharedTokens none = sharedTokens({});
        QCOMPARE(none.sets, std::size_t{1});
        QCOMPARE(none.jaccard(0, 0), 1.0);
        QVERIFY(combinations({}, ~0U).empty());
    }

  private:
    static void compareWithPlainCount(const CompressionStep& step, const KeptSets& sets,
                                      const std::map<std::string_view, PositionSet>& members,
                                      std::uint32_t among) {
        PositionSet kept;
        for (std::size_t row = 0; row < step.held.size(); ++row)
            if (step.held.candidates[row] && step.held.tiers[row] != trace::Tier::dropped)
                kept.insert(step.held.positions[row].value);
        std::map<std::set<std::string_view>, std::pair<int, int>> plain; // who keeps → tokens, really kept
        for (const std::int32_t position : candidatesOf(step)) {
            std::set<std::string_view> who;
            for (std::size_t i = 0; i < sets.methods.size(); ++i)
                if ((among >> i & 1) && members.at(sets.methods[i]->name).contains(position))
                    who.insert(sets.methods[i]->name);
            ++plain[who].first;
            plain[who].second += kept.contains(position) ? 1 : 0;
        }
        const std::vector<Combination> found = combinations(sets, among);
        QCOMPARE(found.size(), plain.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            QVERIFY(i == 0 || found[i].tokens <= found[i - 1].tokens);
            std::set<std::string_view> who;
            for (std::size_t m = 0; m < sets.methods.size(); ++m)
                if (found[i].keepers >> m & 1)
                    who.insert(sets.methods[m]->name);
            QCOMPARE(std::pair(found[i].tokens, found[i].kept), plain.at(who));
        }
        const SharedTokens shared = sharedTokens(sets);
        const auto setOf = [&](std::size_t i) {
            return i == shared.run() ? kept : members.at(sets.methods[i]->name);
        };
        for (std::size_t a = 0; a < shared.sets; ++a)
            for (std::size_t b = 0; b < shared.sets; ++b) {
                const PositionSet one = setOf(a), other = setOf(b);
                PositionSet both, either = one;
                std::ranges::set_intersection(one, other, std::inserter(both, both.end()));
                either.insert(other.begin(), other.end());
                QCOMPARE(shared.both(a, b), static_cast<std::int32_t>(both.size()));
                QCOMPARE(shared.jaccard(a, b),
                         either.empty() ? 1.0 : double(both.size()) / double(either.size()));
            }
    }
};

QTEST_GUILESS_MAIN(TestOverlap)
#include "test_overlap.moc"
