// SPDX-License-Identifier: GPL-3.0-or-later
// Every family against transformers, from safetensors and from GGUF: tests/data/model/make_families.py.
#include "engine/files/model_config.h"
#include "engine/files/tensor_type.h"
#include "engine/model/decoder.h"
#include "tests/engine/tiny_model.h"
#include "tests/files/gguf_builder.h"
#include "tests/paths.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>

using namespace kvprism;
using namespace kvprism::tests;

namespace {

struct Opened {
    std::shared_ptr<const files::ModelFile> file;
    files::ModelConfig config;
};

Opened open(const std::string& path) {
    auto file = files::openModel(path);
    if (!file)
        qFatal("%s", file.error().message.c_str());
    Opened opened{std::move(*file), {}};
    const auto config = files::readModelConfig(*opened.file);
    if (!config)
        qFatal("%s", config.error().message.c_str());
    opened.config = *config;
    return opened;
}

model::Weights load(const Opened& opened, at::ScalarType dtype) {
    auto weights = model::loadWeights(opened.file, opened.config, dtype, {}, {});
    if (!weights)
        qFatal("%s", weights.error().message.c_str());
    return std::move(weights).value();
}

// Of all rows, read in blocks of `block`.
std::vector<float> logitsOf(const model::Weights& weights, const std::vector<std::int32_t>& ids,
                            std::int32_t block) {
    const auto count = static_cast<std::int32_t>(ids.size());
    cache::KvStore store(weights.config, weights.dtype, count);
    std::vector<float> all;
    for (std::int32_t begin = 0; begin < count; begin += block) {
        const std::int32_t rows = std::min(block, count - begin);
        const auto hidden =
            model::forward(weights, store, {ids.data() + begin, static_cast<std::size_t>(rows)},
                           positionsFrom(begin, rows), {}, {});
        const at::Tensor logits = model::logits(weights, hidden.value());
        all.insert(all.end(), logits.data_ptr<float>(), logits.data_ptr<float>() + logits.numel());
    }
    return all;
}

float largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
    float worst = a.size() == b.size() && !a.empty() ? 0 : 1e9F;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        worst = std::max(worst, std::abs(a[i] - b[i]));
    return worst;
}

QByteArray contents(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot open %s", qPrintable(path));
    return file.readAll();
}

constexpr const char* families = KVPRISM_TEST_DATA "/model/families/";

} // namespace

class TestFamilies : public QObject {
    Q_OBJECT
    QJsonObject m_reference =
        QJsonDocument::fromJson(contents(QStringLiteral(KVPRISM_TEST_DATA "/model/families.json"))).object();

  private Q_SLOTS:
    void giveTheLogitsOfTransformers_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("path");
        QCOMPARE(m_reference.size(), 7);
        for (const QString& name : m_reference.keys())
            for (const char* ending : {"", ".gguf"})
                QTest::newRow(qPrintable(name + QLatin1String(ending)))
                    << name << QLatin1String(families) + name + QLatin1String(ending);
    }
    void giveTheLogitsOfTransformers() {
        QFETCH(QString, name);
        QFETCH(QString, path);
        const QJsonObject one = m_reference[name].toObject();
        std::vector<std::int32_t> ids;
        for (const QJsonValue id : one[QLatin1String("ids")].toArray())
            ids.push_back(id.toInt());
        const QByteArray bytes = QByteArray::fromBase64(one[QLatin1String("logits")].toString().toLatin1());
        std::vector<float> expected(static_cast<std::size_t>(bytes.size()) / sizeof(float));
        std::memcpy(expected.data(), bytes.data(), static_cast<std::size_t>(bytes.size()));

        const Opened opened = open(path.toStdString());
        const model::Weights weights = load(opened, at::kFloat);
        for (const std::int32_t block : {24, 7, 1}) {
            const float difference = largestDifference(logitsOf(weights, ids, block), expected);
            qInfo("blocks of %d: largest difference %.2e", block, static_cast<double>(difference));
            QVERIFY(difference <= 1e-4F);
        }
        // bf16 computes the same, only coarser.
        const float coarse = largestDifference(logitsOf(load(opened, at::kBFloat16), ids, 24), expected);
        qInfo("bf16: largest difference %.2e", static_cast<double>(coarse));
        QVERIFY(coarse <= 0.5F);
    }

    void areToldApart() {
        const auto config = [](const char* name) { return open(families + std::string(name)).config; };
        QCOMPARE(config("llama2").architecture, std::string("llama"));
        QCOMPARE(config("mistral").architecture, std::string("mistral"));
        QCOMPARE(config("mistral.gguf").architecture, std::string("llama"));
        QVERIFY(config("qwen2").queryKeyValueBias && !config("qwen2").queryKeyNorm);
        QVERIFY(config("qwen3.gguf").queryKeyNorm && !config("qwen3.gguf").interleavedRows);
        QCOMPARE(config("qwen3").headDim, 16);
        QCOMPARE(config("qwen3").name, std::string("qwen3"));
        QVERIFY(config("smollm2").tiedEmbeddings && !config("llama2").tiedEmbeddings);
        QVERIFY(config("llama2").rope.divisors.empty());
        QCOMPARE(config("llama-linear").rope.divisors, std::vector<float>(4, 4.0F));
        // Both kinds of file say the same of Llama 3's positions.
        const auto folder = config("llama3").rope.divisors, gguf = config("llama3.gguf").rope.divisors;
        QVERIFY(largestDifference(folder, gguf) < 1e-5F);
        QCOMPARE(folder.front(), 1.0F);
        QCOMPARE(folder.back(), 8.0F);
    }
    // Beyond its window a Mistral would see less than we show it, within it the same.
    void takeASlidingWindowForTheContext() {
        QCOMPARE(open(families + std::string("mistral")).config.contextLength, 64);
        QCOMPARE(open(families + std::string("mistral.gguf")).config.contextLength,
                 512); // the file does not say
        QCOMPARE(open(families + std::string("qwen2")).config.contextLength,
                 512); // it has one, but not in use
    }

    void useWeightsWhereTheyLieInTheFile() {
        const Opened opened = open(families + std::string("llama3"));
        const auto liesIn = [&](const at::Tensor& tensor, const char* name) {
            return tensor.data_ptr() == static_cast<const void*>(opened.file->findTensor(name)->data.data());
        };
        const model::Weights same = load(opened, at::kBFloat16), other = load(opened, at::kFloat);
        QVERIFY(liesIn(same.embedding, "token_embd.weight"));
        QVERIFY(liesIn(same.head, "output.weight"));
        QVERIFY(liesIn(same.layers[1].down, "blk.1.ffn_down.weight"));
        QVERIFY(liesIn(same.layers[0].attentionOutput, "blk.0.attn_output.weight"));
        QVERIFY(!liesIn(other.embedding, "token_embd.weight"));
        QCOMPARE(same.file.get(), opened.file.get());
        QCOMPARE(other.file.get(), opened.file.get()); // single tokens use what it packs
        QVERIFY(at::equal(same.embedding.to(at::kFloat), other.embedding));
        QVERIFY(at::equal(same.layers[1].queryKeyValue.to(at::kFloat), other.layers[1].queryKeyValue));
    }

    // Straight to bf16 is what rounding the f32 values gives.
    void convertEveryTypeToBf16AsToF32_data() {
        QTest::addColumn<int>("type");
        for (std::uint32_t id = 0; id < 64; ++id)
            if (const auto type = files::tensorTypeFromGgml(id))
                QTest::newRow(std::string(files::info(*type).name).c_str()) << static_cast<int>(*type);
    }
    void convertEveryTypeToBf16AsToF32() {
        QFETCH(int, type);
        const files::TensorTypeInfo& info = files::info(static_cast<files::TensorType>(type));
        GgufBuilder file;
        file.text("general.architecture", "llama");
        for (const auto& [key, value] :
             std::initializer_list<std::pair<const char*, std::uint32_t>>{{"block_count", 1},
                                                                          {"context_length", 64},
                                                                          {"embedding_length", 256},
                                                                          {"feed_forward_length", 256},
                                                                          {"attention.head_count", 1}})
            file.integer(std::string("llama.") + key, value);
        file.number("llama.attention.layer_norm_rms_epsilon", 1e-5F);
        std::uint32_t state = 17;
        const auto random = [&](std::size_t bytes) {
            std::string data;
            while (data.size() < bytes) {
                state = state * 1664525U + 1013904223U;
                data += static_cast<char>(state >> 24 & 0xBF); // no exponent of all ones: no NaN to compare
            }
            return data;
        };
        auto tensors = llamaTensors(1, 256, 256, 256, 256);
        tensors["token_embd.weight"] = {256, 5};
        for (const auto& [name, shape] : tensors) {
            const std::size_t rows = shape.size() == 1 ? 1 : shape[1];
            const bool norm = shape.size() == 1;
            file.tensor(name, norm ? 0 : info.ggmlId, shape,
                        norm ? random(1024) : random(rows * 256 / info.blockElements * info.blockBytes));
        }
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("types.gguf"));
        QFile written(path);
        QVERIFY(written.open(QIODevice::WriteOnly));
        const std::string bytes = file.bytes();
        written.write(bytes.data(), static_cast<qint64>(bytes.size()));
        written.close();

        const Opened opened = open(path.toStdString());
        const model::Weights fine = load(opened, at::kFloat), coarse = load(opened, at::kBFloat16);
        for (const auto& [a, b] : {std::pair(fine.embedding, coarse.embedding),
                                   std::pair(fine.layers[0].queryKeyValue, coarse.layers[0].queryKeyValue),
                                   std::pair(fine.layers[0].gateUp, coarse.layers[0].gateUp),
                                   std::pair(fine.layers[0].down, coarse.layers[0].down)}) {
            QVERIFY(at::isfinite(a).all().item<bool>());
            QVERIFY(at::equal(a.to(at::kBFloat16), b));
        }
    }
};

QTEST_GUILESS_MAIN(TestFamilies)
#include "test_families.moc"
