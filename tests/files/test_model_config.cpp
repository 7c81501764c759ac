// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/embedded_model.h"
#include "engine/files/gguf.h"
#include "engine/files/model_config.h"
#include "tests/files/gguf_builder.h"
#include "tests/paths.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <functional>
#include <map>

using namespace kvprism;
using namespace kvprism::files;
using namespace kvprism::tests;

namespace {

// A model of 2 layers, 4 query heads over 2 KV heads, 8 dimensions a head, 5 tokens; any key can be changed
// or left out.
struct TinyModel {
    std::string architecture = "llama";
    std::map<std::string, std::uint32_t> integers{
        {"block_count", 2},          {"context_length", 64},      {"embedding_length", 32},
        {"feed_forward_length", 48}, {"attention.head_count", 4}, {"attention.head_count_kv", 2}};
    std::map<std::string, float> numbers{{"attention.layer_norm_rms_epsilon", 1e-5f}};
    std::map<std::string, std::string> texts;
    std::map<std::string, std::vector<float>> values; // of tensors; others are zeros
    std::map<std::string, std::vector<std::uint64_t>> tensors = tensorsOf(32, 16);

    static std::map<std::string, std::vector<std::uint64_t>> tensorsOf(std::uint64_t queries,
                                                                       std::uint64_t keys) {
        auto all = llamaTensors(2, 32, 48, queries, keys);
        all["token_embd.weight"] = {32, 5};
        return all;
    }
    std::size_t tokens = 5;

    std::string bytes() const {
        GgufBuilder file;
        file.text("general.architecture", architecture);
        for (const auto& [key, value] : integers)
            file.integer(architecture + "." + key, value);
        for (const auto& [key, value] : numbers)
            file.number(architecture + "." + key, value);
        for (const auto& [key, value] : texts)
            file.text(architecture + "." + key, value);
        if (tokens > 0)
            file.texts("tokenizer.ggml.tokens", std::vector<std::string>(tokens, "x"));
        for (const auto& [name, shape] : tensors) {
            std::uint64_t bytes = 4;
            for (const std::uint64_t size : shape)
                bytes *= size;
            std::string data;
            if (const auto own = values.find(name); own != values.end())
                for (const float value : own->second)
                    data += raw(value);
            data.resize(bytes, '\0');
            file.tensor(name, 0, shape, data);
        }
        return file.bytes();
    }
};

} // namespace

class TestModelConfig : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    Result<ModelConfig> read(const TinyModel& model) {
        QFile file(m_folder.filePath(QStringLiteral("tiny.gguf")));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        const std::string bytes = model.bytes();
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        file.close();
        auto gguf = GgufFile::open(file.fileName().toStdString());
        if (!gguf)
            return gguf.error();
        return readModelConfig(**gguf);
    }

  private Q_SLOTS:
    void readsTheShapeOfTheEmbeddedModel() {
        const auto file = GgufFile::open(KVPRISM_EMBEDDED_MODEL);
        QVERIFY2(file.ok(), file.ok() ? "" : file.error().message.c_str());
        const auto config = readModelConfig(**file);
        QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
        QCOMPARE(config->architecture, std::string("llama"));
        QCOMPARE(config->layers, 30);
        QCOMPARE(config->queryHeads, 9);
        QCOMPARE(config->kvHeads, 3);
        QCOMPARE(config->headDim, 64);
        QCOMPARE(config->hidden, 576);
        QCOMPARE(config->feedForward, 1536);
        QCOMPARE(config->vocabularySize, 49152);
        QCOMPARE(config->contextLength, 8192);
        QCOMPARE(config->rope.base, 100000.0);
        QVERIFY(config->tiedEmbeddings);
        QCOMPARE(config->kvBytesPerToken(4), std::uint64_t(2 * 30 * 3 * 64 * 4));
    }

    void fillsInWhatAFileMayLeaveOut() {
        TinyModel model;
        model.tokens = 0;
        model.integers.erase("attention.head_count_kv");
        model.tensors = TinyModel::tensorsOf(32, 32);
        model.tensors["output.weight"] = {32, 5};
        const auto config = read(model);
        QVERIFY2(config.ok(), config.ok() ? "" : config.error().message.c_str());
        QCOMPARE(config->kvHeads, 4);
        QCOMPARE(config->headDim, 8);
        QCOMPARE(config->rope.base, 10000.0);
        QVERIFY(!config->tiedEmbeddings);
        QCOMPARE(config->name, std::string("tiny"));
    }

    void takesTheHeadDimensionFromTheFile() {
        TinyModel model;
        model.integers["rope.dimension_count"] = 16;
        model.tensors = TinyModel::tensorsOf(64, 32);
        QCOMPARE(read(model)->headDim, 16);
        model.integers["attention.key_length"] = 16;
        QCOMPARE(read(model)->headDim, 16);
        model.integers.erase("rope.dimension_count"); // all of a head is rotated
        QCOMPARE(read(model)->headDim, 16);
    }

    void readsHowPositionsAreStretched() {
        TinyModel model;
        QVERIFY(read(model)->rope.divisors.empty());
        model.texts["rope.scaling.type"] = "none";
        QVERIFY(read(model)->rope.divisors.empty());
        model.texts["rope.scaling.type"] = "linear";
        model.numbers["rope.scaling.factor"] = 2;
        QCOMPARE(read(model)->rope.divisors, std::vector<float>(4, 2.0F));
    }
    void readsDivisorsOfFrequenciesFromTheirTensor() {
        TinyModel model;
        model.tensors["rope_freqs.weight"] = {4};
        model.values["rope_freqs.weight"] = {1, 1.5F, 4, 8};
        QCOMPARE(read(model)->rope.divisors, (std::vector<float>{1, 1.5F, 4, 8}));
    }
    void takesASlidingWindowForTheContext() {
        TinyModel model;
        model.integers["attention.sliding_window"] = 0; // none
        QCOMPARE(read(model)->contextLength, 64);
        model.integers["attention.sliding_window"] = 16;
        QCOMPARE(read(model)->contextLength, 16);
        model.integers["attention.sliding_window"] = 128;
        QCOMPARE(read(model)->contextLength, 64);
    }
    void asksForWhatAFamilyHas() {
        TinyModel model;
        model.architecture = "qwen2";
        QVERIFY(read(model).error().message.find("bias' is missing") != std::string::npos);
        for (const char* layer : {"blk.0.", "blk.1."}) {
            model.tensors[layer + std::string("attn_q.bias")] = {32};
            model.tensors[layer + std::string("attn_k.bias")] = {16};
            model.tensors[layer + std::string("attn_v.bias")] = {16};
        }
        QVERIFY(read(model)->queryKeyValueBias);
        QVERIFY(!read(model)->interleavedRows);
        model.architecture = "qwen3";
        QVERIFY(!read(model).ok());
    }

    void refusesWhatCannotBe_data() {
        QTest::addColumn<std::function<void(TinyModel&)>>("change");
        QTest::addColumn<QByteArray>("part");
        using Change = std::function<void(TinyModel&)>;
        const auto row = [](const char* name, Change change, const char* part) {
            QTest::newRow(name) << std::move(change) << QByteArray(part);
        };
        const auto set = [](const char* key, std::uint32_t value) {
            return Change([=](TinyModel& model) { model.integers[key] = value; });
        };
        row(
            "another architecture", [](TinyModel& model) { model.architecture = "mamba"; },
            "'mamba' is not supported");
        row("no layers", set("block_count", 0), "llama.block_count is 0");
        row("a billion layers", set("block_count", 1000000000), "llama.block_count is 1000000000");
        row("no context", set("context_length", 0), "llama.context_length");
        row("no heads", set("attention.head_count", 0), "llama.attention.head_count is 0");
        row("no KV heads", set("attention.head_count_kv", 0), "llama.attention.head_count_kv is 0");
        row("KV heads that do not divide", set("attention.head_count_kv", 3),
            "no multiple of head_count_kv 3");
        row("an odd head", set("attention.head_count", 3), "");
        row(
            "rotation of a part of the head",
            [](TinyModel& model) {
                model.integers["attention.key_length"] = 16;
                model.integers["rope.dimension_count"] = 8;
            },
            "rotating a part");
        row("values of another length", set("attention.value_length", 4), "attention.value_length");
        row("hidden that the embedding does not have", set("embedding_length", 64), "64 columns");
        row("no feed-forward", set("feed_forward_length", 0), "feed_forward_length");
        row(
            "no epsilon", [](TinyModel& model) { model.numbers.clear(); }, "layer_norm_rms_epsilon");
        row(
            "epsilon not a number",
            [](TinyModel& model) { model.numbers["attention.layer_norm_rms_epsilon"] = NAN; },
            "layer_norm_rms_epsilon");
        row(
            "negative RoPE base", [](TinyModel& model) { model.numbers["rope.freq_base"] = -1; },
            "rope.freq_base");
        row(
            "a RoPE base below 1", [](TinyModel& model) { model.numbers["rope.freq_base"] = 0.5f; },
            "llama.rope.freq_base is 0.5, not from 1 to 1e12");
        row("a vocabulary of another size", set("vocab_size", 6), "vocab_size is 6, but the embedding has 5");
        row("an odd head by its key", set("attention.key_length", 15), "");
        row("an odd head by rotation", set("rope.dimension_count", 15), "llama.rope.dimension_count is 15");
        row(
            "a tensor of a layer is missing",
            [](TinyModel& model) { model.tensors.erase("blk.1.ffn_up.weight"); },
            "'blk.1.ffn_up.weight' is missing");
        row(
            "no last norm", [](TinyModel& model) { model.tensors.erase("output_norm.weight"); },
            "'output_norm.weight' is missing");
        row(
            "a tensor of another shape",
            [](TinyModel& model) {
                model.tensors["blk.0.attn_k.weight"] = {32, 8};
            },
            "is 32×8, but 32×16 is needed");
        row(
            "a layer more than it says",
            [](TinyModel& model) { model.tensors["blk.2.attn_norm.weight"] = {32}; },
            "'blk.2.attn_norm.weight' is none that");
        row(
            "a bias", [](TinyModel& model) { model.tensors["blk.0.attn_q.bias"] = {32}; },
            "'blk.0.attn_q.bias' is none that");
        row(
            "infinite RoPE base", [](TinyModel& model) { model.numbers["rope.freq_base"] = INFINITY; },
            "rope.freq_base");
        row(
            "scaled RoPE", [](TinyModel& model) { model.texts["rope.scaling.type"] = "yarn"; },
            "'yarn' is not supported");
        row(
            "a linear scaling without its factor",
            [](TinyModel& model) { model.texts["rope.scaling.type"] = "linear"; }, "rope.scaling.factor");
        row(
            "a frequency divided by 0",
            [](TinyModel& model) {
                model.tensors["rope_freqs.weight"] = {4};
                model.values["rope_freqs.weight"] = {1, 1, 0, 1};
            },
            "no number above 0");
        row(
            "divisors of another number", [](TinyModel& model) { model.tensors["rope_freqs.weight"] = {8}; },
            "is not 4 values");
        row("experts", set("expert_count", 8), "mixture of experts");
        row(
            "no embedding",
            [](TinyModel& model) {
                model.tensors = {{"other", {1}}};
            },
            "'token_embd.weight' is missing");
        row(
            "an embedding of another rank",
            [](TinyModel& model) { model.tensors["token_embd.weight"] = {32}; }, "32 columns");
        row(
            "more tokens than rows", [](TinyModel& model) { model.tokens = 6; }, "lists 6 tokens");
        row(
            "a text for a number",
            [](TinyModel& model) {
                model.integers.erase("block_count");
                model.texts["block_count"] = "two";
            },
            "'llama.block_count' is no integer");
    }
    void refusesWhatCannotBe() {
        QFETCH(std::function<void(TinyModel&)>, change);
        QFETCH(QByteArray, part);
        TinyModel model;
        QVERIFY(read(model).ok());
        change(model);
        const auto config = read(model);
        QVERIFY(!config.ok());
        QVERIFY2(config.error().message.find(part.toStdString()) != std::string::npos,
                 config.error().message.c_str());
        QVERIFY(config.error().message.find("tiny.gguf") != std::string::npos);
        QVERIFY(config.error().message.ends_with("."));
    }

    void findsTheEmbeddedModelInTheCache() {
        const QByteArray cacheBefore = qgetenv("XDG_CACHE_HOME"), homeBefore = qgetenv("HOME");
        qputenv("XDG_CACHE_HOME", m_folder.path().toUtf8());
        const auto missing = modelPath("");
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, ErrorCode::noInput);
        QVERIFY(missing.error().message.find("./kvprism setup") != std::string::npos);
        QCOMPARE(*modelPath("given.gguf"), std::string("given.gguf"));
        qputenv("XDG_CACHE_HOME", "relative"); // to be ignored
        qputenv("HOME", "/home/someone");
        QCOMPARE(embeddedModelPath(),
                 std::string("/home/someone/.cache/kvprism/models/SmolLM2-135M-Instruct.Q4_1.gguf"));
        qunsetenv("HOME");
        QVERIFY(!modelPath(""));
        cacheBefore.isNull() ? qunsetenv("XDG_CACHE_HOME") : qputenv("XDG_CACHE_HOME", cacheBefore);
        qputenv("HOME", homeBefore);
    }
};

QTEST_GUILESS_MAIN(TestModelConfig)
#include "test_model_config.moc"
