// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cpu_engine.h"
#include "engine/files/random_shape.h"
#include "engine/files/weight_bytes.h"
#include "engine/model/random_weights.h"

#include <QTest>

using namespace kvprism;

namespace {

model::Weights drawn(std::uint64_t seed, at::ScalarType dtype = at::kFloat) {
    auto weights = model::randomWeights(*files::randomShape("tiny"), dtype, seed, {}, {}, at::kCPU);
    return std::move(weights).value();
}

bool same(const at::Tensor& a, const at::Tensor& b) {
    return at::equal(a, b);
}

} // namespace

class TestRandomWeights : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void drawsTheSameBitsFromTheSameSeed() {
        const model::Weights a = drawn(1), b = drawn(1), other = drawn(2);
        QVERIFY(same(a.embedding, b.embedding));
        QVERIFY(same(a.layers[1].down, b.layers[1].down));
        QVERIFY(!same(a.embedding, other.embedding));
        QVERIFY(!same(a.layers[0].gateUp, a.layers[1].gateUp));
    }

    // The bits belong to the recordings that were made with them.
    void drawsTheBitsThatItAlwaysDrew() {
        const at::Tensor values = drawn(1).embedding.view({-1}).to(at::kDouble);
        // Sums of four 16-bit numbers less 2·65535, by Python's integers.
        const double sums[] = {62967, 39844, 16370, 31785};
        for (int i = 0; i < 4; ++i)
            QCOMPARE(
                std::round(values[i].item<double>() / 0.02 * std::sqrt(4.0 * (65536.0 * 65536.0 - 1) / 12)),
                sums[i]);
    }

    void roundsTheSameNumbersToEachType() {
        QVERIFY(same(drawn(1).layers[0].down.to(at::kBFloat16), drawn(1, at::kBFloat16).layers[0].down));
    }

    void isScaledAsBeforeATraining() {
        const at::Tensor values = drawn(1).layers[0].gateUp.to(at::kDouble);
        const double count = static_cast<double>(values.numel());
        const double deviation = values.std().item<double>();
        QVERIFY(std::abs(values.mean().item<double>()) < 5 * 0.02 / std::sqrt(count));
        QVERIFY(std::abs(deviation / 0.02 - 1) < 0.01);
        QVERIFY(values.abs().max().item<double>() < 0.08);
        QVERIFY(at::equal(drawn(1).finalNorm, at::ones({128})));
    }

    void takesTheBytesThatItSays() {
        auto config = *files::randomShape("tiny");
        for (const bool everything : {false, true}) {
            config.queryKeyValueBias = config.queryKeyNorm = everything;
            config.tiedEmbeddings = !everything;
            const auto weights = model::randomWeights(config, at::kBFloat16, 1, {}, {}, at::kCPU);
            QCOMPARE(weights->bytes(), files::weightBytes(config, 2).total());
        }
    }

    void stopsWhereItIsAskedTo() {
        std::stop_source stop;
        stop.request_stop();
        const auto weights = model::randomWeights(*files::randomShape("smollm2-135m"), at::kFloat, 1, {},
                                                  stop.get_token(), at::kCPU);
        QVERIFY(!weights.ok());
        QCOMPARE(weights.error().code, ErrorCode::interrupted);
    }

    void isAModelForTheEngine() {
        const auto engine = makeCpuEngine();
        const auto model =
            engine->loadModel({.path = {}, .random = "tiny", .device = "cpu", .dtype = "f32"}, nullptr, {});
        QVERIFY(model.ok());
        QCOMPARE(model->path, std::string("random:tiny"));
        QCOMPARE(model->name, std::string("random tiny"));
        QVERIFY(!engine->loadModel({.path = "x.gguf", .random = "tiny"}, nullptr, {}).ok());
        QCOMPARE(engine->loadModel({.path = {}, .random = "huge"}, nullptr, {}).error().code,
                 ErrorCode::usage);
    }
};

QTEST_APPLESS_MAIN(TestRandomWeights)
#include "test_random_weights.moc"
