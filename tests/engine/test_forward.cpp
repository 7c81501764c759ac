// SPDX-License-Identifier: GPL-3.0-or-later
// The forward pass against transformers, with the embedded model.
#include "engine/model/decoder.h"
#include "engine/model/sampler.h"
#include "tests/engine/embedded_weights.h"
#include "tests/engine/tiny_model.h"

#include <QFile>
#include <QTest>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace kvprism;
using namespace kvprism::tests;

namespace {

nlohmann::json fixture(const char* name) {
    std::ifstream file(std::string(KVPRISM_TEST_DATA "/model/") + name);
    return nlohmann::json::parse(file);
}

// NLL of ids[1…], read in blocks of `block` tokens into a store that keeps everything.
std::vector<float> lossesInBlocks(const model::Weights& weights, const std::vector<std::int32_t>& ids,
                                  std::int32_t block,
                                  cache::KeyRotation rotation = cache::KeyRotation::stored) {
    const auto count = static_cast<std::int32_t>(ids.size());
    cache::KvStore store(weights.config, weights.dtype, count, rotation);
    std::vector<float> losses;
    for (std::int32_t begin = 0; begin < count; begin += block) {
        const std::int32_t rows = std::min(block, count - begin);
        const std::span<const std::int32_t> part(ids.data() + begin, static_cast<std::size_t>(rows));
        const auto hidden = model::forward(weights, store, part, positionsFrom(begin, rows), {}, {});
        const std::int32_t targets = std::min(rows, count - 1 - begin);
        if (targets <= 0)
            continue;
        const auto nll =
            model::negativeLogLikelihood(weights, hidden->narrow(0, 0, targets),
                                         {ids.data() + begin + 1, static_cast<std::size_t>(targets)}, {});
        losses.insert(losses.end(), nll->data_ptr<float>(), nll->data_ptr<float>() + targets);
    }
    return losses;
}

double mean(const std::vector<float>& values) {
    double sum = 0;
    for (const float value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
    double worst = a.size() == b.size() ? 0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        worst = std::max(worst, static_cast<double>(std::abs(a[i] - b[i])));
    return worst;
}

} // namespace

class TestForward : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() {
        if (!QFile::exists(QStringLiteral(KVPRISM_EMBEDDED_MODEL)))
            QSKIP("the embedded model is not in the cache");
    }
    void givesTheLossesOfTransformersInF32() {
        const auto reference = fixture("license_nll.json");
        const auto ids = reference.at("ids").get<std::vector<std::int32_t>>();
        const auto expected = reference.at("nll").get<std::vector<float>>();
        const auto losses = lossesInBlocks(*embeddedWeights(at::kFloat), ids, 512);
        qInfo("mean %.6f against %.6f, largest difference %.2e", mean(losses), mean(expected),
              largestDifference(losses, expected));
        QVERIFY(largestDifference(losses, expected) <= 1e-3);
        QVERIFY(std::abs(mean(losses) - 2.9356) < 5e-4);
    }
    void staysCloseInBf16() {
        const auto reference = fixture("license_nll.json");
        const auto ids = reference.at("ids").get<std::vector<std::int32_t>>();
        const double expected = mean(reference.at("nll").get<std::vector<float>>());
        const double measured = mean(lossesInBlocks(*embeddedWeights(at::kBFloat16), ids, 512));
        qInfo("mean %.4f against %.4f", measured, expected);
        QVERIFY(std::abs(measured - expected) <= 0.05);
    }
    void readsBlockwiseAsWellAsWhole() {
        const auto ids = fixture("license_nll.json").at("ids").get<std::vector<std::int32_t>>();
        const auto whole = lossesInBlocks(*embeddedWeights(at::kFloat), ids, 512);
        for (const std::int32_t block : {1, 37, 200}) {
            const std::vector<std::int32_t> some(ids.begin(), ids.begin() + (block == 1 ? 24 : 512));
            const std::vector<float> expected(whole.begin(),
                                              whole.begin() + static_cast<std::ptrdiff_t>(some.size()) - 1);
            const double difference =
                largestDifference(lossesInBlocks(*embeddedWeights(at::kFloat), some, block), expected);
            qInfo("blocks of %d: largest difference %.2e", block, difference);
            QVERIFY(difference <= 1e-4);
        }
    }
    void givesTheSameBitsWhetherKeysAreRotatedWhenStoredOrWhenUsed() {
        auto some = fixture("license_nll.json").at("ids").get<std::vector<std::int32_t>>();
        some.resize(200);
        for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
            const model::Weights* weights = embeddedWeights(dtype);
            QVERIFY(weights);
            QVERIFY(lossesInBlocks(*weights, some, 64) ==
                    lossesInBlocks(*weights, some, 64, cache::KeyRotation::atUse));
        }
    }
    void continuesGreedilyAsTransformersDoes() {
        const auto& weights = *embeddedWeights(at::kFloat);
        model::Sampler greedy(0, 1, 1);
        for (const auto& row : fixture("greedy.json")) {
            auto ids = row.at("prompt").get<std::vector<std::int32_t>>();
            const auto expected = row.at("continuation").get<std::vector<std::int32_t>>();
            cache::KvStore store(weights.config, weights.dtype,
                                 static_cast<std::int32_t>(ids.size() + expected.size()));
            std::vector<std::int32_t> continuation;
            for (std::size_t i = 0; i < expected.size(); ++i) {
                const auto rows = static_cast<std::int32_t>(ids.size());
                const auto hidden =
                    model::forward(weights, store, ids, positionsFrom(store.used(), rows), {}, {});
                const at::Tensor last = model::logits(weights, hidden->narrow(0, rows - 1, 1));
                ids = {greedy.next({last.data_ptr<float>(), static_cast<std::size_t>(last.numel())})};
                continuation.push_back(ids.front());
            }
            QVERIFY2(continuation == expected, row.at("name").get<std::string>().c_str());
        }
    }
    void stopsBetweenLayersAndLeavesTheStoreAsItWas() {
        const auto weights = tinyWeights({}, 1);
        cache::KvStore store(weights.config, at::kFloat, 20);
        QVERIFY(model::forward(weights, store, someIds(5, 260, 1), positionsFrom(0, 5), {}, {}).ok());
        std::stop_source stop;
        const auto see = [&](const model::LayerView&) { stop.request_stop(); };
        const auto hidden =
            model::forward(weights, store, someIds(5, 260, 2), positionsFrom(5, 5), see, stop.get_token());
        QVERIFY(!hidden.ok());
        QCOMPARE(hidden.error().code, ErrorCode::interrupted);
        QCOMPARE(store.used(), 5);
    }
};

QTEST_GUILESS_MAIN(TestForward)
#include "test_forward.moc"
