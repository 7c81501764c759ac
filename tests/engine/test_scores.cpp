// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/model_config.h"
#include "engine/model/decoder.h"
#include "engine/score/key_norm_scorer.h"
#include "engine/score/row_scorer.h"
#include "tests/engine/tiny_model.h"
#include "tests/paths.h"

#include <QFile>
#include <QTest>

#include <cmath>

using namespace kvprism;
using namespace kvprism::tests;

namespace {

// The formulas of the LASER-KV page, section 3 and 5, in float64 loops over exported q, k, v.
struct Formula {
    std::vector<double> exact, peak;
};

// The tokens of a step: memory with gaps, then a block, then a prompt.
score::StepTokens tokensOf(std::int32_t past, std::int32_t block, std::int32_t prompt) {
    score::StepTokens tokens;
    for (std::int32_t i = 0; i < past; ++i)
        tokens.held.emplace_back(3 * i);
    for (const StreamPos position : positionsFrom(3 * past, block))
        tokens.held.push_back(position);
    tokens.block = block;
    tokens.prompt = prompt;
    tokens.candidates.assign(tokens.held.size(), 1);
    return tokens;
}

// `exclusion`: a row of the block says nothing about tokens with 0 ≤ its position − theirs < exclusion
// (peak).
void addLayer(Formula& formula, const model::LayerView& view, const score::StepTokens& tokens,
              const score::ScoredRows& scored, std::int32_t exclusion) {
    const at::Tensor q = view.query.to(at::kDouble), k = view.keys.to(at::kDouble),
                     v = view.values.to(at::kDouble);
    const std::int64_t kvHeads = q.size(0), group = q.size(2), dim = q.size(3);
    const std::int64_t past = tokens.memory();
    const auto held = static_cast<std::int64_t>(tokens.held.size());
    formula.exact.resize(tokens.held.size());
    formula.peak.resize(tokens.held.size());
    const auto qa = q.accessor<double, 4>();
    const auto ka = k.accessor<double, 3>(), va = v.accessor<double, 3>();
    for (std::int64_t h = 0; h < kvHeads; ++h)
        for (std::int64_t g = 0; g < group; ++g)
            for (std::int64_t r = scored.first; r < scored.first + scored.count; ++r) {
                const std::int64_t visible = past + r + 1;
                std::vector<double> logits(static_cast<std::size_t>(visible));
                double largest = -1e300;
                for (std::int64_t j = 0; j < visible; ++j) {
                    double sum = 0;
                    for (std::int64_t d = 0; d < dim; ++d)
                        sum += qa[h][r][g][d] * ka[h][j][d];
                    logits[static_cast<std::size_t>(j)] = sum;
                    largest = std::max(largest, sum);
                }
                double total = 0;
                for (const double logit : logits)
                    total += std::exp(logit - largest);
                for (std::int64_t j = 0; j < std::min(held, visible); ++j) {
                    const auto index = static_cast<std::size_t>(j);
                    const double weight = std::exp(logits[index] - largest) / total;
                    double norm = 0;
                    for (std::int64_t d = 0; d < dim; ++d)
                        norm += va[h][j][d] * va[h][j][d];
                    formula.exact[index] += weight;
                    const bool ofBlock = past + r < held;
                    const auto own = static_cast<std::size_t>(past + r);
                    if (ofBlock && tokens.held[own] - tokens.held[index] < exclusion)
                        continue;
                    formula.peak[index] = std::max(formula.peak[index], weight * std::sqrt(norm));
                }
            }
}

double worstExcess(const std::vector<float>& values, const std::vector<double>& expected) {
    double worst = 0; // of |error| / (1e-5 relative + 1e-9): holds where ≤ 1
    for (std::size_t i = 0; i < values.size(); ++i)
        worst = std::max(worst, std::abs(values[i] - expected[i]) / (1e-5 * std::abs(expected[i]) + 1e-9));
    return worst;
}

using select::ScorerKind;

struct Rows {
    const char* name;
    score::ScoredRows rows;
    std::int32_t exclusion;
};

void compareScores(const model::Weights& weights, std::int32_t past, std::int32_t block,
                   std::int32_t prompt) {
    const score::StepTokens tokens = tokensOf(past, block, prompt);
    const std::int32_t window = std::min(block, 8);
    double worst = 0;
    for (const Rows& which : {Rows{"prompt", {block, prompt}, 0}, Rows{"window", {block - window, window}, 5},
                              Rows{"block", {0, block}, 16}}) {
        cache::KvStore store(weights.config, weights.dtype, past + block + prompt);
        const std::int32_t vocabulary = weights.config.vocabularySize;
        std::vector<StreamPos> positions(tokens.held.begin(), tokens.held.begin() + past);
        if (past > 0)
            QVERIFY(model::forward(weights, store, someIds(past, vocabulary, 1), positions, {}, {}).ok());
        std::vector<score::RowScorer> scorers;
        for (const auto kind : {ScorerKind::exact, ScorerKind::peak})
            for (const bool flash : {false, true})
                scorers.emplace_back(score::RowScorer::Options{.column = "scores",
                                                               .kind = kind,
                                                               .rows = which.rows,
                                                               .selfExclusion = which.exclusion,
                                                               .flash = flash},
                                     tokens);
        Formula formula;
        positions.assign(tokens.held.begin() + past, tokens.held.end());
        for (const StreamPos position : positionsFrom(3 * past + block + 100, prompt))
            positions.push_back(position);
        const auto see = [&](const model::LayerView& view) {
            for (score::RowScorer& scorer : scorers)
                scorer.add(view);
            addLayer(formula, view, tokens, which.rows, which.exclusion);
        };
        QVERIFY(
            model::forward(weights, store, someIds(block + prompt, vocabulary, 2), positions, see, {}).ok());
        for (std::size_t i = 0; i < scorers.size(); ++i) {
            select::StepScores scores;
            scorers[i].finish(scores);
            QCOMPARE(scores.columns.at(0).name, std::string("scores"));
            QCOMPARE(scores.columns[0].values.size(), tokens.held.size());
            const double excess = worstExcess(scores.columns[0].values, i < 2 ? formula.exact : formula.peak);
            QVERIFY2(excess <= 1, qPrintable(QStringLiteral("%1 rows, past %2 block %3 prompt %4, %5 %6: %7")
                                                 .arg(QLatin1String(which.name))
                                                 .arg(past)
                                                 .arg(block)
                                                 .arg(prompt)
                                                 .arg(QLatin1String(i < 2 ? "exact" : "peak"),
                                                      QLatin1String(i % 2 ? "flash" : "eager"))
                                                 .arg(excess)));
            worst = std::max(worst, excess);
        }
    }
    qInfo("past %d block %d prompt %d: at most %.3f of the tolerance", past, block, prompt, worst);
}

} // namespace

class TestScores : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void equalTheFloat64FormulaOnRandomModels() {
        for (const auto& shape :
             {TinyShape{}, TinyShape{.layers = 3, .queryHeads = 6, .kvHeads = 2, .headDim = 8},
              TinyShape{.layers = 1, .queryHeads = 2, .kvHeads = 2, .headDim = 64}})
            for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
                const auto weights = tinyWeights(shape, 11, dtype);
                compareScores(weights, 0, 1, 1);
                compareScores(weights, 0, 40, 7);
                compareScores(weights, 37, 20, 33); // a question longer than the block
            }
    }
    void equalTheFloat64FormulaOnTheEmbeddedModel() {
        if (!QFile::exists(QStringLiteral(KVPRISM_EMBEDDED_MODEL)))
            QSKIP("the embedded model is not in the cache");
        auto opened = files::openModel(KVPRISM_EMBEDDED_MODEL);
        QVERIFY(opened.ok());
        const std::shared_ptr<const files::ModelFile> file = std::move(*opened);
        const auto config = files::readModelConfig(*file);
        QVERIFY(config.ok());
        for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
            const auto weights = model::loadWeights(file, *config, dtype, {}, {});
            QVERIFY(weights.ok());
            compareScores(*weights, 96, 64, 12);
        }
    }
    void tellWhichLayerHeadAndRowThePeakCameFrom() {
        const auto weights = tinyWeights({.layers = 3}, 5);
        cache::KvStore store(weights.config, at::kFloat, 30);
        const score::StepTokens tokens = tokensOf(0, 20, 4);
        score::RowScorer peak({.column = "peak", .kind = ScorerKind::peak, .rows = {20, 4}}, tokens);
        std::vector<model::LayerView> views;
        const auto see = [&](const model::LayerView& view) {
            peak.add(view);
            views.push_back(
                {view.layer, view.query.clone(), view.keys.clone(), view.values.clone(), view.cached, {}});
        };
        QVERIFY(model::forward(weights, store, someIds(24, 260, 3), positionsFrom(0, 24), see, {}).ok());
        select::StepScores scores;
        peak.finish(scores);
        const auto& values = scores.columns[0].values;
        QCOMPARE(scores.peak.layers.size(), values.size());
        for (std::size_t j = 0; j < values.size(); ++j) {
            const auto& view = views[scores.peak.layers[j]];
            const std::int64_t head = scores.peak.heads[j], row = scores.peak.rows[j];
            const at::Tensor query = view.query[head / 2][20 + row][head % 2];
            const at::Tensor logits = at::mv(view.keys[head / 2].narrow(0, 0, 20 + row + 1), query);
            const double weight = at::softmax(logits, 0)[static_cast<std::int64_t>(j)].item<double>();
            const double norm = view.values[head / 2][static_cast<std::int64_t>(j)].norm().item<double>();
            QVERIFY(std::abs(values[j] - weight * norm) <= 1e-5 * values[j]);
        }
    }
    void keyNormsAreMeansOverLayersAndHeads() {
        const auto weights = tinyWeights({.layers = 3}, 6);
        cache::KvStore store(weights.config, at::kFloat, 30);
        score::KeyNormScorer scorer("knorm", tokensOf(0, 24, 0));
        std::vector<double> expected(24, 0);
        const auto see = [&](const model::LayerView& view) {
            scorer.add(view);
            const auto keys = view.keys.accessor<float, 3>();
            for (std::int64_t head = 0; head < 2; ++head)
                for (std::int64_t token = 0; token < 24; ++token) {
                    double sum = 0;
                    for (std::int64_t d = 0; d < 16; ++d)
                        sum += static_cast<double>(keys[head][token][d]) *
                               static_cast<double>(keys[head][token][d]);
                    expected[static_cast<std::size_t>(token)] += std::sqrt(sum) / 6;
                }
        };
        QVERIFY(model::forward(weights, store, someIds(24, 260, 3), positionsFrom(0, 24), see, {}).ok());
        select::StepScores scores;
        scorer.finish(scores);
        QCOMPARE(scores.columns[0].name, std::string("knorm"));
        QVERIFY(worstExcess(scores.columns[0].values, expected) <= 1);
    }
};

QTEST_GUILESS_MAIN(TestScores)
#include "test_scores.moc"
