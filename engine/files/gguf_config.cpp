// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/printable.h"
#include "engine/files/config_readers.h"
#include "engine/files/model_family.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <optional>

namespace kvprism::files {

namespace {

// Reads the fields of one model; the first failure is kept and the rest is not looked at.
class ConfigReader {
  public:
    ConfigReader(const GgufFile& file, std::string prefix) : m_file(file), m_prefix(std::move(prefix)) {}

    const std::optional<Error>& error() const { return m_error; }
    const std::string& prefix() const { return m_prefix; }
    bool has(const std::string& key) const { return m_file.has(m_prefix + key); }

    std::int32_t integer(const std::string& key, std::int32_t least, std::int32_t most) {
        const auto number = m_file.integer(m_prefix + key);
        if (!number)
            return fail(number.error(), least);
        if (*number < least || *number > most)
            return refuse(key + " is " + std::to_string(*number) + ", not within " + std::to_string(least) +
                              " … " + std::to_string(most),
                          least);
        return static_cast<std::int32_t>(*number);
    }
    std::int32_t integerOr(const std::string& key, std::int32_t least, std::int32_t most,
                           std::int32_t absent) {
        return has(key) ? integer(key, least, most) : absent;
    }

    std::string textOr(const std::string& key, const std::string& absent) {
        if (!has(key))
            return absent;
        const auto text = m_file.text(m_prefix + key);
        return text ? *text : fail(text.error(), absent);
    }

    // `range` says `least` to `most` in words.
    double number(const std::string& key, double least, double most, const std::string& range) {
        const auto number = m_file.number(m_prefix + key);
        if (!number)
            return fail(number.error(), most);
        if (!(std::isfinite(*number) && *number >= least && *number <= most))
            return refuse(key + " is " + shortest(*number) + ", not " + range, most);
        return *number;
    }

    template <class T> T refuse(const std::string& what, T instead) {
        return fail(
            malformed(m_file.path() + ": " + m_prefix + what + "; the file is damaged or not supported."),
            instead);
    }
    template <class T> T fail(Error error, T instead) {
        if (!m_error)
            m_error = std::move(error);
        return instead;
    }

  private:
    static std::string shortest(double number) {
        char text[32];
        std::snprintf(text, sizeof text, "%g", number);
        return text;
    }

    const GgufFile& m_file;
    std::string m_prefix;
    std::optional<Error> m_error;
};

void readShape(ConfigReader& read, ModelConfig& config) {
    config.layers = read.integer("block_count", 1, 1024);
    config.contextLength = read.integer("context_length", 1, 1 << 26);
    config.hidden = read.integer("embedding_length", 1, 1 << 18);
    config.feedForward = read.integer("feed_forward_length", 1, 1 << 22);
    config.queryHeads = read.integer("attention.head_count", 1, 1024);
    config.kvHeads = read.integerOr("attention.head_count_kv", 1, 1024, config.queryHeads);
    if (config.queryHeads % config.kvHeads != 0)
        read.refuse("attention.head_count " + std::to_string(config.queryHeads) +
                        " is no multiple of head_count_kv " + std::to_string(config.kvHeads),
                    0);

    const std::string dimensions = "rope.dimension_count";
    config.headDim = read.integerOr("attention.key_length", 2, 4096,
                                    read.integerOr(dimensions, 2, 4096, config.hidden / config.queryHeads));
    const std::int32_t rotated = read.integerOr(dimensions, 2, 4096, config.headDim);
    if (config.headDim != rotated)
        read.refuse("rope.dimension_count is " + std::to_string(rotated) + " but a head has " +
                        std::to_string(config.headDim) +
                        " dimensions: rotating a part of them is not supported",
                    0);
    if (read.integerOr("attention.value_length", 2, 4096, config.headDim) != config.headDim)
        read.refuse("attention.value_length differs from the keys' " + std::to_string(config.headDim), 0);
    const std::string source = read.has("attention.key_length")   ? "attention.key_length"
                               : read.has("rope.dimension_count") ? "rope.dimension_count"
                                                                  : "embedding_length / head_count";
    if (config.headDim < 2 || config.headDim % 2 != 0)
        read.refuse(source + " is " + std::to_string(config.headDim) + ", but a head's size must be even", 0);

    config.rmsEpsilon = read.number("attention.layer_norm_rms_epsilon", std::numeric_limits<double>::min(),
                                    0.1, "above 0 and at most 0.1");
    if (read.has("rope.freq_base"))
        config.rope.base = read.number("rope.freq_base", 1, 1e12, "from 1 to 1e12");
}

// What the families do not have: running it without would give wrong answers in silence.
void refuseVariants(const GgufFile& file, ConfigReader& read) {
    if (read.integerOr("expert_count", 0, 1 << 20, 0) > 0)
        read.fail(unavailable(file.path() + ": a mixture of experts (" + read.prefix() +
                              "expert_count) is not supported; use a dense model."),
                  0);
}

// A window that slides is what the model may look at; 0: none.
void readSlidingWindow(ConfigReader& read, ModelConfig& config) {
    const std::int32_t window = read.integerOr("attention.sliding_window", 0, 1 << 26, 0);
    if (window > 0)
        config.contextLength = std::min(config.contextLength, window);
}

// rope.scaling.*, or the divisors themselves as a tensor, as files of Llama 3.1 and later have them.
void readScaling(const GgufFile& file, ConfigReader& read, ModelConfig& config) {
    const std::string kind = read.textOr("rope.scaling.type", "none");
    if (kind == "linear") {
        const double factor = read.number("rope.scaling.factor", 1e-3, 1e6, "from 0.001 to 1,000,000");
        config.rope.divisors = linearDivisors(factor, config.headDim);
    } else if (kind != "none") {
        read.fail(
            unavailable(file.path() + ": RoPE scaling of type " + printable(kind) +
                        " is not supported; use a model with none, or with linear or Llama 3's scaling."),
            0);
    }
    const Tensor* tensor = file.findTensor("rope_freqs.weight");
    if (!tensor)
        return;
    const auto half = static_cast<std::size_t>(config.headDim / 2);
    if (tensor->type != TensorType::f32 || tensor->shape != std::vector<std::uint64_t>{half}) {
        read.fail(malformed(file.path() + ": the tensor 'rope_freqs.weight' is not " + std::to_string(half) +
                            " values of F32; the file is damaged, fetch it again."),
                  0);
        return;
    }
    std::vector<float> divisors(half);
    if (const Status read32 = dequantise(tensor->type, tensor->data, divisors); !read32)
        read.fail(read32.error(), 0);
    for (const float divisor : divisors)
        if (!(std::isfinite(divisor) && divisor > 0))
            read.fail(malformed(file.path() + ": the tensor 'rope_freqs.weight' holds a value that is no "
                                              "number above 0; the file is damaged, fetch it again."),
                      0);
    config.rope.divisors = std::move(divisors);
}

// The embedding is [vocabulary, hidden]; the token list, where there is one, has a token for each row.
std::optional<Error> readVocabulary(const GgufFile& file, const std::string& prefix, ModelConfig& config) {
    const auto wrong = [&](const std::string& what) {
        return malformed(file.path() + ": " + what + "; the file is damaged or incomplete, fetch it again.");
    };
    const Tensor* embedding = file.findTensor("token_embd.weight");
    if (!embedding)
        return wrong("the tensor 'token_embd.weight' is missing");
    if (embedding->shape.size() != 2 || embedding->shape[0] != static_cast<std::uint64_t>(config.hidden))
        return wrong("the tensor 'token_embd.weight' does not have " + std::to_string(config.hidden) +
                     " columns");
    constexpr std::uint64_t largestVocabulary = 1 << 22;
    if (embedding->shape[1] > largestVocabulary)
        return wrong("the vocabulary has " + std::to_string(embedding->shape[1]) + " tokens");
    config.vocabularySize = static_cast<std::int32_t>(embedding->shape[1]);
    if (file.has("tokenizer.ggml.tokens")) {
        const auto tokens = file.count("tokenizer.ggml.tokens");
        if (!tokens)
            return tokens.error();
        if (*tokens != embedding->shape[1])
            return wrong("tokenizer.ggml.tokens lists " + std::to_string(*tokens) +
                         " tokens, but the embedding has " + std::to_string(embedding->shape[1]) + " rows");
    }
    const std::string sizeKey = prefix + "vocab_size";
    if (file.has(sizeKey)) {
        const auto size = file.integer(sizeKey);
        if (!size)
            return size.error();
        if (*size != config.vocabularySize)
            return wrong(sizeKey + " is " + std::to_string(*size) + ", but the embedding has " +
                         std::to_string(config.vocabularySize) + " rows");
    }
    config.tiedEmbeddings = file.findTensor("output.weight") == nullptr;
    return std::nullopt;
}

} // namespace

Result<ModelConfig> readGgufConfig(const GgufFile& file) {
    ModelConfig config;
    const auto architecture = file.text("general.architecture");
    if (!architecture)
        return architecture.error();
    const ModelFamily* family = familyOfGguf(*architecture);
    if (!family)
        return unavailable(file.path() + ": the architecture " + printable(*architecture) +
                           " is not supported; use a model of one of these: " + ggufArchitectureNames() +
                           ".");
    config.architecture = family->name;
    config.queryKeyValueBias = family->queryKeyValueBias;
    config.queryKeyNorm = family->queryKeyNorm;
    config.interleavedRows = family->ggufInterleaves;
    config.name = std::filesystem::path(file.path()).stem().string();
    if (file.has("general.name")) {
        const auto name = file.text("general.name");
        if (!name)
            return name.error();
        config.name = *name;
    }
    ConfigReader read(file, *architecture + ".");
    readShape(read, config);
    if (!read.error()) // what follows counts on the shape
        readScaling(file, read, config);
    readSlidingWindow(read, config);
    refuseVariants(file, read);
    if (read.error())
        return *read.error();
    if (auto error = readVocabulary(file, read.prefix(), config))
        return *std::move(error);
    return config;
}

} // namespace kvprism::files
