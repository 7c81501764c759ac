// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/decode/token_decoder.h"
#include "engine/model/decoder.h"
#include "tests/engine/embedded_weights.h"
#include "tests/engine/tiny_model.h"

#include <QTest>

#include <cmath>

using namespace kvprism;
using namespace kvprism::tests;

namespace {

// Largest difference of logits between forward() of one row and the decoder, over `tokens` tokens behind
// `past`.
double worstDifference(const model::Weights& weights, std::int32_t past, std::int32_t tokens, int threads,
                       std::vector<std::vector<float>>* seen = nullptr) {
    const std::int32_t vocabulary = weights.config.vocabularySize;
    cache::KvStore whole(weights.config, weights.dtype, past + tokens),
        single(weights.config, weights.dtype, past + tokens);
    const auto before = someIds(past, vocabulary, 1), ids = someIds(tokens, vocabulary, 2);
    for (cache::KvStore* store : {&whole, &single})
        if (past > 0 && !model::forward(weights, *store, before, positionsFrom(0, past), {}, {}))
            return 1e9;
    model::TokenDecoder decoder(weights, threads);
    double worst = 0;
    for (std::int32_t i = 0; i < tokens; ++i) {
        const std::span<const std::int32_t> id(&ids[static_cast<std::size_t>(i)], 1);
        const auto hidden = model::forward(weights, whole, id, positionsFrom(past + i, 1), {}, {});
        const at::Tensor expected = model::logits(weights, *hidden);
        const auto logits = decoder.next(single, id[0], StreamPos(past + i), {});
        if (!logits || single.used() != past + i + 1)
            return 1e9;
        for (std::size_t at = 0; at < logits->size(); ++at)
            worst = std::max(worst, std::abs(static_cast<double>((*logits)[at]) -
                                             static_cast<double>(expected.data_ptr<float>()[at])));
        if (seen)
            seen->emplace_back(logits->begin(), logits->end());
    }
    return worst;
}

} // namespace

class TestTokenDecoder : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void givesTheLogitsOfTheForwardPass() {
        const c10::InferenceMode inference;
        for (const auto& shape :
             {TinyShape{}, TinyShape{.layers = 3, .queryHeads = 6, .kvHeads = 2, .headDim = 8},
              TinyShape{.layers = 1, .queryHeads = 2, .kvHeads = 2, .headDim = 64}})
            for (const std::int32_t past : {0, 5, 127, 128, 300})
                QVERIFY(worstDifference(tinyWeights(shape, 9), past, 4, 2) < 1e-3);
    }
    void givesTheSameBitsWithAnyNumberOfThreads() {
        const c10::InferenceMode inference;
        const auto weights = tinyWeights({.layers = 2}, 4);
        std::vector<std::vector<float>> one, other;
        QVERIFY(worstDifference(weights, 200, 3, 1, &one) < 1e-3);
        for (const int threads : {2, 3, 7}) {
            other.clear();
            QVERIFY(worstDifference(weights, 200, 3, threads, &other) < 1e-3);
            QVERIFY(one == other);
        }
    }
    void staysWithinRoundingOfTheEmbeddedModelsForwardPass() {
        const c10::InferenceMode inference;
        const model::Weights* exact = embeddedWeights(at::kFloat);
        if (!exact)
            QSKIP("the embedded model is not in the cache");
        // f32: the same weights; only x is rounded, to 16 bits. bf16: forward() rounds weights and
        // activations to 8 bits, the decoder neither.
        const double f32 = worstDifference(*exact, 60, 4, 2);
        const double bf16 = worstDifference(*embeddedWeights(at::kBFloat16), 60, 4, 2);
        qInfo("largest difference of a logit: f32 %.5f, bf16 %.3f", f32, bf16);
        QVERIFY(f32 < 0.01);
        QVERIFY(bf16 < 1.5);
    }
    void stopsBetweenLayersAndLeavesTheStoreAsItWas() {
        const c10::InferenceMode inference;
        const auto weights = tinyWeights({}, 4);
        cache::KvStore store(weights.config, weights.dtype, 8);
        model::TokenDecoder decoder(weights, 2);
        QVERIFY(decoder.next(store, 3, StreamPos(0), {}).ok());
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = decoder.next(store, 3, StreamPos(1), stop.get_token());
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::interrupted);
        QCOMPARE(store.used(), 1);
        QVERIFY(decoder.next(store, 3, StreamPos(1), {}).ok());
    }
};

QTEST_GUILESS_MAIN(TestTokenDecoder)
#include "test_token_decoder.moc"
