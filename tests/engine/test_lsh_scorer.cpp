// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/lsh_scorer.h"
#include "engine/select/counter_random.h"
#include "tests/engine/tiny_model.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace kvprism;
using namespace kvprism::tests;
using select::TieBreak;

namespace {

using Vector = std::vector<double>;

double distance(const Vector& a, const Vector& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum);
}

Vector meanOf(const std::vector<Vector>& rows, std::size_t begin, std::size_t end) {
    Vector mean(rows.front().size(), 0);
    for (std::size_t row = begin; row < end; ++row)
        for (std::size_t d = 0; d < mean.size(); ++d)
            mean[d] += rows[row][d] / static_cast<double>(end - begin);
    return mean;
}

// By the words of the LASER-KV page, section 4.
double naiveDistance(TieBreak tieBreak, const Vector& token, const std::vector<Vector>& queries) {
    const std::size_t m = queries.size();
    const Vector mean = meanOf(queries, 0, m);
    double smallest = 1e300;
    switch (tieBreak) {
    case TieBreak::maxSim:
        for (const Vector& query : queries)
            smallest = std::min(smallest, distance(token, query));
        return smallest;
    case TieBreak::partitionedCentroid: {
        const std::size_t parts = std::max<std::size_t>(1, std::min<std::size_t>(8, m / 16));
        for (std::size_t part = 0; part < parts; ++part)
            smallest = std::min(smallest,
                                distance(token, meanOf(queries, part * m / parts, (part + 1) * m / parts)));
        return smallest;
    }
    case TieBreak::mahalanobis:
        if (m >= 2) {
            double sum = 0;
            for (std::size_t d = 0; d < token.size(); ++d) {
                double variance = 0;
                for (const Vector& query : queries)
                    variance += (query[d] - mean[d]) * (query[d] - mean[d]) / static_cast<double>(m);
                sum += (token[d] - mean[d]) * (token[d] - mean[d]) / (variance + 1e-8);
            }
            return std::sqrt(sum);
        }
        return distance(token, mean);
    default:
        return distance(token, mean);
    }
}

at::Tensor randomRows(std::mt19937_64& random, std::int64_t rows, std::int64_t dim) {
    std::normal_distribution<float> normal;
    at::Tensor tensor = at::empty({rows, dim}, at::kFloat);
    for (std::int64_t i = 0; i < tensor.numel(); ++i)
        tensor.data_ptr<float>()[i] = normal(random);
    return tensor;
}

std::vector<Vector> rowsOf(const at::Tensor& tensor) {
    std::vector<Vector> rows;
    for (std::int64_t row = 0; row < tensor.size(0); ++row) {
        const float* values = tensor.data_ptr<float>() + row * tensor.size(1);
        rows.emplace_back(values, values + tensor.size(1));
    }
    return rows;
}

} // namespace

class TestLshScorer : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theProjectionIsStandardNormalAndAFunctionOfItsSeed() {
        const auto projection = score::lshProjection(64, 64, 16, 5);
        double sum = 0, squares = 0, fourth = 0;
        for (const float x : projection) {
            const double value = x;
            sum += value;
            squares += value * value;
            fourth += value * value * value * value;
        }
        const auto n = static_cast<double>(projection.size());
        QVERIFY(std::abs(sum / n) < 6 / std::sqrt(n));
        QVERIFY(std::abs(squares / n - 1) < 6 * std::sqrt(2 / n));
        QVERIFY(std::abs(fourth / n - 3) < 6 * std::sqrt(96 / n));
        QVERIFY(score::lshProjection(64, 64, 16, 5) == projection);
        QVERIFY(score::lshProjection(64, 64, 16, 6) != projection);
    }
    void signaturesAreTheSignsOfProjections() {
        std::mt19937_64 random(8);
        int clear = 0;
        for (int number = 0; number < 1000; ++number) {
            const std::int32_t dim = 1 + static_cast<std::int32_t>(random() % 128);
            const std::int32_t tables = 1 + static_cast<std::int32_t>(random() % 12);
            const std::int32_t bits = 1 + static_cast<std::int32_t>(random() % 16);
            const auto projection = score::lshProjection(dim, tables, bits, random());
            const at::Tensor vector = randomRows(random, 1, dim);
            std::vector<std::uint16_t> signature(static_cast<std::size_t>(tables));
            score::lshSignature(vector.data_ptr<float>(), dim, projection, tables, bits, signature.data());
            for (std::int32_t column = 0; column < tables * bits; ++column) {
                double exact = 0, size = 0;
                float chain = 0;
                for (std::int32_t d = 0; d < dim; ++d) {
                    const float x = vector.data_ptr<float>()[d];
                    const float p = projection[static_cast<std::size_t>(d * tables * bits + column)];
                    chain = std::fma(x, p, chain);
                    exact += static_cast<double>(x) * static_cast<double>(p);
                    size += std::abs(static_cast<double>(x) * static_cast<double>(p));
                }
                const bool bit = (signature[static_cast<std::size_t>(column / bits)] >> (column % bits)) & 1;
                QCOMPARE(bit, chain > 0); // the same bits on every processor
                if (std::abs(exact) > 1e-5 * size) {
                    QCOMPARE(bit, exact > 0);
                    ++clear;
                }
            }
        }
        QVERIFY(clear > 10000);
    }
    void tieBreakDistancesFollowTheirFormulas() {
        std::mt19937_64 random(21);
        for (int number = 0; number < 300; ++number) {
            const auto queries = static_cast<std::int64_t>(1 + random() % 70);
            const at::Tensor x = randomRows(random, 20, 24), q = randomRows(random, queries, 24);
            const auto tokens = rowsOf(x), prompt = rowsOf(q);
            for (const TieBreak tieBreak :
                 {TieBreak::l2, TieBreak::maxSim, TieBreak::mahalanobis, TieBreak::partitionedCentroid}) {
                const auto distances = score::tieBreakDistances(tieBreak, x, q);
                QCOMPARE(distances.size(), tokens.size());
                for (std::size_t i = 0; i < tokens.size(); ++i) {
                    const double expected = naiveDistance(tieBreak, tokens[i], prompt);
                    QVERIFY(std::abs(static_cast<double>(distances[i]) - expected) <= 1e-6 * expected);
                }
            }
            QVERIFY(score::tieBreakDistances(TieBreak::none, x, q).empty());
        }
    }
    void vectorsAreTheLastLayersKeysCentredByTheCandidates() {
        const auto weights = tinyWeights({.layers = 2}, 3);
        const std::int32_t block = 30, prompt = 5;
        cache::KvStore store(weights.config, at::kFloat, block + prompt);
        score::StepTokens tokens;
        tokens.held = positionsFrom(0, block);
        tokens.block = block;
        tokens.prompt = prompt;
        for (std::int32_t i = 0; i < block; ++i)
            tokens.candidates.push_back(i >= 8 && i < 22);
        score::LshScorer scorer({.tables = 4, .bits = 6, .seed = 9, .rows = {block, prompt}, .lastLayer = 1},
                                tokens);
        at::Tensor keys;
        const auto see = [&](const model::LayerView& view) {
            scorer.add(view);
            keys = view.keys.to(at::kDouble).mean(0);
        };
        QVERIFY(model::forward(weights, store, someIds(block + prompt, 260, 4),
                               positionsFrom(0, block + prompt), see, {})
                    .ok());
        select::StepScores scores;
        scorer.finish(scores);
        const auto rows = rowsOf(keys.to(at::kFloat).contiguous());
        const Vector mean = meanOf(rows, 8, 22);
        const auto projection = score::lshProjection(static_cast<std::int32_t>(mean.size()), 4, 6, 9);
        QCOMPARE(scores.lsh.signatures.size(), std::size_t{30 * 4});
        QCOMPARE(scores.lsh.promptSignatures.size(), std::size_t{5 * 4});
        int clear = 0;
        for (std::size_t row = 0; row < rows.size(); ++row)
            for (std::size_t column = 0; column < 24; ++column) {
                double sum = 0;
                for (std::size_t d = 0; d < mean.size(); ++d)
                    sum += (rows[row][d] - mean[d]) * static_cast<double>(projection[d * 24 + column]);
                if (std::abs(sum) < 1e-3)
                    continue;
                const auto& all = row < 30 ? scores.lsh.signatures : scores.lsh.promptSignatures;
                const std::uint16_t signature = all[(row < 30 ? row : row - 30) * 4 + column / 6];
                QCOMPARE(((signature >> (column % 6)) & 1) != 0, sum > 0);
                ++clear;
            }
        QVERIFY(clear > 700);
    }
};

QTEST_GUILESS_MAIN(TestLshScorer)
#include "test_lsh_scorer.moc"
