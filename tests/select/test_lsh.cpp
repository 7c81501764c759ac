// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/counter_random.h"
#include "engine/select/lsh.h"
#include "engine/select/method.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>

using namespace kvprism;
using namespace kvprism::select;

namespace {

using Rows = std::vector<std::int32_t>;

// A case of the LASER-KV page, section 4, with bits as characters.
struct Case {
    std::int32_t tables = 0, bits = 0, step = 0;
    std::uint64_t seed = 0;
    std::vector<StreamPos> positions;
    std::vector<std::vector<std::string>> tokens, queries; // [n][tables]
    std::vector<float> distances;
};

std::string randomBitsOf(std::mt19937_64& random, std::int32_t bits, const std::string& near) {
    std::string text = near.empty() ? std::string(static_cast<std::size_t>(bits), '0') : near;
    for (char& bit : text)
        if (near.empty() ? random() % 2 == 0 : random() % 8 == 0)
            bit = bit == '0' ? '1' : '0';
    return text;
}

Case drawCase(std::mt19937_64& random) {
    Case c;
    c.tables = 1 + static_cast<std::int32_t>(random() % 10);
    c.bits = 1 + static_cast<std::int32_t>(random() % 16);
    c.step = static_cast<std::int32_t>(random() % 9);
    c.seed = random();
    const std::size_t queries = 1 + random() % 6, tokens = random() % 60;
    for (std::size_t query = 0; query < queries; ++query) {
        c.queries.emplace_back();
        for (std::int32_t table = 0; table < c.tables; ++table)
            c.queries.back().push_back(randomBitsOf(random, c.bits, ""));
    }
    std::int32_t position = 0;
    for (std::size_t token = 0; token < tokens; ++token) {
        position += 1 + static_cast<std::int32_t>(random() % 4);
        c.positions.emplace_back(position);
        c.distances.push_back(static_cast<float>(random() % 6));
        c.tokens.emplace_back();
        const auto& like = c.queries[random() % queries]; // near a query, so that buckets meet
        const bool far = random() % 4 == 0;
        for (std::int32_t table = 0; table < c.tables; ++table)
            c.tokens.back().push_back(
                randomBitsOf(random, c.bits, far ? "" : like[static_cast<std::size_t>(table)]));
    }
    return c;
}

std::vector<std::uint16_t> packed(const std::vector<std::vector<std::string>>& signatures) {
    std::vector<std::uint16_t> words;
    for (const auto& tables : signatures)
        for (const std::string& text : tables) {
            unsigned word = 0;
            for (std::size_t bit = 0; bit < text.size(); ++bit)
                if (text[bit] == '1')
                    word |= 1U << bit;
            words.push_back(static_cast<std::uint16_t>(word));
        }
    return words;
}

// What the page says, counted character by character.
struct Numbers {
    std::vector<int> collisions, matching;
    std::vector<double> u;
};

Numbers numbersOf(const Case& c) {
    Numbers numbers;
    for (const auto& token : c.tokens) {
        int collisions = 0, most = 0;
        double largest = 0;
        for (std::size_t table = 0; table < token.size(); ++table)
            collisions += std::any_of(c.queries.begin(), c.queries.end(),
                                      [&](const auto& query) { return query[table] == token[table]; });
        for (const auto& query : c.queries) {
            int equal = 0;
            for (std::size_t table = 0; table < token.size(); ++table)
                for (std::size_t bit = 0; bit < token[table].size(); ++bit)
                    equal += token[table][bit] == query[table][bit];
            const double p = static_cast<double>(equal) / (c.tables * c.bits), l = c.tables;
            const double one = std::pow(p, c.bits);
            largest = std::max(largest, 1 - std::pow(1 - one, l) - l * one * std::pow(1 - one, l - 1));
            most = std::max(most, equal);
        }
        numbers.collisions.push_back(collisions);
        numbers.matching.push_back(most);
        numbers.u.push_back(largest);
    }
    return numbers;
}

// Rows by a key of numbers, larger first, one after another.
Rows sorted(std::size_t count, const std::function<std::vector<double>(std::size_t)>& key) {
    std::vector<std::pair<std::vector<double>, std::int32_t>> keyed;
    for (std::size_t row = 0; row < count; ++row)
        keyed.emplace_back(key(row), static_cast<std::int32_t>(row));
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    Rows rows;
    for (const auto& [unused, row] : keyed)
        rows.push_back(row);
    return rows;
}

double gumbel(const Case& c, std::size_t row) {
    const std::uint64_t bits = randomBits(c.seed, static_cast<std::uint64_t>(c.step),
                                          static_cast<std::uint64_t>(c.positions[row].value));
    return -std::log(-std::log((static_cast<double>(bits >> 11) + 0.5) / 9007199254740992.0));
}

Choice chooseLshOf(const Case& c, LshMode mode, std::int32_t quota, bool tieBreak = true) {
    trace::LshColumns lsh;
    lsh.tables = c.tables;
    lsh.bits = c.bits;
    lsh.signatures = packed(c.tokens);
    lsh.promptSignatures = packed(c.queries);
    const auto matching = completeLsh(lsh);
    const auto distances = tieBreak ? std::span<const float>(c.distances) : std::span<const float>();
    return findMethod("lsh")->choose({.positions = c.positions,
                                      .scores = {},
                                      .lsh = {mode, lsh.collisions, matching, distances, lsh.u},
                                      .order = {},
                                      .quota = quota,
                                      .step = c.step,
                                      .seed = c.seed});
}

// Probability that at least two of `tables` tables of `bits` bits agree wholly, by going through every
// pattern.
double byEnumeration(double p, int tables, int bits) {
    const int all = tables * bits;
    double sum = 0;
    for (std::uint32_t pattern = 0; pattern < (1U << all); ++pattern) {
        int whole = 0, ones = 0;
        for (int table = 0; table < tables; ++table) {
            const std::uint32_t mask = (1U << bits) - 1;
            whole += ((pattern >> (table * bits)) & mask) == mask;
        }
        for (int bit = 0; bit < all; ++bit)
            ones += static_cast<int>((pattern >> bit) & 1);
        if (whole >= 2)
            sum += std::pow(p, ones) * std::pow(1 - p, all - ones);
    }
    return sum;
}

} // namespace

class TestLsh : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void countsAndRanksAsBruteForceDoes() {
        std::mt19937_64 random(4242);
        int met = 0, filled = 0;
        for (int number = 0; number < 1000; ++number) {
            const Case c = drawCase(random);
            const Numbers expected = numbersOf(c);
            trace::LshColumns lsh;
            lsh.tables = c.tables;
            lsh.bits = c.bits;
            lsh.signatures = packed(c.tokens);
            lsh.promptSignatures = packed(c.queries);
            const auto matching = completeLsh(lsh);
            const std::size_t count = c.positions.size();
            QCOMPARE(matching.size(), count);
            for (std::size_t row = 0; row < count; ++row) {
                QCOMPARE(static_cast<int>(lsh.collisions[row]), expected.collisions[row]);
                QCOMPARE(matching[row], expected.matching[row]);
                QVERIFY(std::abs(static_cast<double>(lsh.u[row]) - std::max(0.0, expected.u[row])) <= 1e-7);
                met += expected.collisions[row] > 0;
            }
            const auto quota = static_cast<std::int32_t>(random() % (count + 2));
            const auto upTo = [&](Rows rows) {
                rows.resize(std::min(rows.size(), static_cast<std::size_t>(quota)));
                return rows;
            };
            const auto newest = [](std::size_t row) { return static_cast<double>(row); };
            QCOMPARE(chooseLshOf(c, LshMode::frequencyRank, quota).ranked,
                     upTo(sorted(count, [&](std::size_t row) {
                         return std::vector{double(expected.collisions[row]), -double(c.distances[row])};
                     })));
            QCOMPARE(chooseLshOf(c, LshMode::frequencyRank, quota, false).ranked,
                     upTo(sorted(count, [&](std::size_t row) {
                         return std::vector{double(expected.collisions[row])};
                     })));
            const Choice baseline = chooseLshOf(c, LshMode::magicpigBaseline, quota);
            QCOMPARE(baseline.ranked, upTo(sorted(count, [&](std::size_t row) {
                         return expected.collisions[row] >= 2
                                    ? std::vector{1.0, double(expected.matching[row])}
                                    : std::vector{0.0, newest(row)};
                     })));
            for (std::size_t rank = 0; rank < baseline.ranked.size(); ++rank) {
                const bool survived =
                    expected.collisions[static_cast<std::size_t>(baseline.ranked[rank])] >= 2;
                QCOMPARE(baseline.reasons[rank], survived ? trace::Reason::primary : trace::Reason::filled);
                filled += !survived;
            }
            QCOMPARE(chooseLshOf(c, LshMode::magicpigSampling, quota).ranked,
                     upTo(sorted(count, [&](std::size_t row) {
                         const double u = lsh.u[row];
                         return u > 0 ? std::vector{1.0, std::log(u) + gumbel(c, row)}
                                      : std::vector{0.0, newest(row)};
                     })));
        }
        QVERIFY(met > 1000 && filled > 1000); // the cases are worth something
    }
    void uIsTheProbabilityThatTwoTablesCollide() {
        for (const auto& [tables, bits] : {std::pair{2, 1}, {2, 3}, {3, 2}, {4, 4}, {5, 3}, {8, 2}})
            for (int matching = 0; matching <= tables * bits; ++matching) {
                const double p = static_cast<double>(matching) / (tables * bits);
                QVERIFY(std::abs(twoTablesCollide(matching, tables, bits) - byEnumeration(p, tables, bits)) <
                        1e-12);
            }
        QCOMPARE(twoTablesCollide(10, 1, 10), 0.0); // one table never collides twice
    }
    void samplingDrawsInProportionToU() {
        // Of two candidates one is drawn: with probability u₁/(u₁+u₂).
        const std::vector<StreamPos> positions{StreamPos(3), StreamPos(8)};
        const std::vector<float> u{0.2F, 0.6F};
        const std::vector<std::uint8_t> collisions{0, 0};
        const std::vector<std::int32_t> matching{0, 0};
        int second = 0;
        for (std::uint64_t seed = 0; seed < 20000; ++seed)
            second += findMethod("lsh")
                          ->choose({.positions = positions,
                                    .scores = {},
                                    .lsh = {LshMode::magicpigSampling, collisions, matching, {}, u},
                                    .order = {},
                                    .quota = 1,
                                    .step = 0,
                                    .seed = seed})
                          .ranked[0];
        QVERIFY2(std::abs(second - 15000) < 370, std::to_string(second).c_str()); // six standard deviations
    }
    void withoutQueryTokensNothingCollides() {
        trace::LshColumns lsh;
        lsh.tables = 2;
        lsh.bits = 4;
        lsh.signatures = {1, 2, 3, 4};
        QCOMPARE(completeLsh(lsh), (std::vector<std::int32_t>{0, 0}));
        QCOMPARE(lsh.collisions, (std::vector<std::uint8_t>{0, 0}));
        QCOMPARE(lsh.u, (std::vector<float>{0, 0}));
    }
};

QTEST_GUILESS_MAIN(TestLsh)
#include "test_lsh.moc"
