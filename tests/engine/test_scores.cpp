// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/model_config.h"
#include "engine/model/decoder.h"
#include "engine/score/prompt_scorer.h"
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
    std::vector<double> exact;
    std::vector<double> peak;
};

void addLayer(Formula& formula, const model::LayerView& view, std::int64_t prompt) {
    const at::Tensor q = view.query.to(at::kDouble), k = view.keys.to(at::kDouble),
                     v = view.values.to(at::kDouble);
    const std::int64_t kvHeads = q.size(0), rows = q.size(1), group = q.size(2), dim = q.size(3),
                       all = k.size(1);
    const std::int64_t held = all - prompt;
    formula.exact.resize(static_cast<std::size_t>(held));
    formula.peak.resize(static_cast<std::size_t>(held));
    const auto qa = q.accessor<double, 4>();
    const auto ka = k.accessor<double, 3>(), va = v.accessor<double, 3>();
    for (std::int64_t h = 0; h < kvHeads; ++h)
        for (std::int64_t g = 0; g < group; ++g)
            for (std::int64_t r = 0; r < prompt; ++r) {
                const std::int64_t visible = held + r + 1;
                std::vector<double> logits(static_cast<std::size_t>(visible));
                double largest = -1e300;
                for (std::int64_t j = 0; j < visible; ++j) {
                    double sum = 0;
                    for (std::int64_t d = 0; d < dim; ++d)
                        sum += qa[h][rows - prompt + r][g][d] * ka[h][j][d];
                    logits[static_cast<std::size_t>(j)] = sum;
                    largest = std::max(largest, sum);
                }
                double total = 0;
                for (const double logit : logits)
                    total += std::exp(logit - largest);
                for (std::int64_t j = 0; j < held; ++j) {
                    const auto index = static_cast<std::size_t>(j);
                    const double weight = std::exp(logits[index] - largest) / total;
                    double norm = 0;
                    for (std::int64_t d = 0; d < dim; ++d)
                        norm += va[h][j][d] * va[h][j][d];
                    formula.exact[index] += weight;
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

void compareScores(const model::Weights& weights, std::int32_t past, std::int32_t block,
                   std::int32_t prompt) {
    cache::KvStore store(weights.config, weights.dtype, past + block + prompt);
    const std::int32_t vocabulary = weights.config.vocabularySize;
    if (past > 0)
        QVERIFY(model::forward(weights, store, someIds(past, vocabulary, 1), positionsFrom(0, past), {}, {})
                    .ok());
    score::PromptScorer exact(select::ScorerKind::exact, prompt);
    score::PromptScorer peak(select::ScorerKind::peak, prompt);
    Formula formula;
    auto positions = positionsFrom(past, block);
    for (const StreamPos position : positionsFrom(past + block + 100, prompt))
        positions.push_back(position);
    const auto see = [&](const model::LayerView& view) {
        exact.add(view);
        peak.add(view);
        addLayer(formula, view, prompt);
    };
    QVERIFY(model::forward(weights, store, someIds(block + prompt, vocabulary, 2), positions, see, {}).ok());
    const auto exactScores = exact.finish(), peakScores = peak.finish();
    QCOMPARE(exactScores.columns.at(0).name, std::string("exact"));
    QCOMPARE(peakScores.columns.at(0).name, std::string("peak"));
    QCOMPARE(exactScores.columns[0].values.size(), static_cast<std::size_t>(past + block));
    const double exactExcess = worstExcess(exactScores.columns[0].values, formula.exact);
    const double peakExcess = worstExcess(peakScores.columns[0].values, formula.peak);
    qInfo("past %d block %d prompt %d: exact %.3f, peak %.3f of the tolerance", past, block, prompt,
          exactExcess, peakExcess);
    QVERIFY(exactExcess <= 1);
    QVERIFY(peakExcess <= 1);
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
        score::PromptScorer peak(select::ScorerKind::peak, 4);
        std::vector<model::LayerView> views;
        const auto see = [&](const model::LayerView& view) {
            peak.add(view);
            views.push_back({view.layer, view.query.clone(), view.keys.clone(), view.values.clone()});
        };
        QVERIFY(model::forward(weights, store, someIds(24, 260, 3), positionsFrom(0, 24), see, {}).ok());
        const auto scores = peak.finish();
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
};

QTEST_GUILESS_MAIN(TestScores)
#include "test_scores.moc"
