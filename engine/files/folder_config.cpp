// SPDX-License-Identifier: GPL-3.0-or-later
// config.json, as transformers writes it.
#include "engine/base/printable.h"
#include "engine/files/config_readers.h"
#include "engine/files/json_fields.h"
#include "engine/files/model_family.h"

#include <algorithm>
#include <filesystem>

namespace kvprism::files {

namespace {

void readShape(JsonFields& read, ModelConfig& config) {
    config.layers = read.integer("num_hidden_layers", 1, 1024);
    config.contextLength = read.integer("max_position_embeddings", 1, 1 << 26);
    config.hidden = read.integer("hidden_size", 1, 1 << 18);
    config.feedForward = read.integer("intermediate_size", 1, 1 << 22);
    config.vocabularySize = read.integer("vocab_size", 1, 1 << 22);
    config.queryHeads = read.integer("num_attention_heads", 1, 1024);
    config.kvHeads = read.integerOr("num_key_value_heads", 1, 1024, config.queryHeads);
    if (config.queryHeads % config.kvHeads != 0)
        read.refuse("'num_attention_heads' is " + std::to_string(config.queryHeads) +
                    ", no multiple of the " + std::to_string(config.kvHeads) + " 'num_key_value_heads'");
    config.headDim = read.integerOr("head_dim", 2, 4096, config.hidden / config.queryHeads);
    if (config.headDim < 2 || config.headDim % 2 != 0)
        read.refuse("a head has " + std::to_string(config.headDim) + " dimensions, but they must be even");
    config.rmsEpsilon = read.numberOr("rms_norm_eps", 1e-30, 0.1, 1e-6);
    config.tiedEmbeddings = read.truthOr("tie_word_embeddings", false);
}

void readScaling(JsonFields& read, const nlohmann::json& scaling, const std::string& where,
                 ModelConfig& config) {
    JsonFields fields(scaling, where);
    const std::string kind = fields.textOr("rope_type", fields.textOr("type", "default"));
    Rope& rope = config.rope;
    if (kind == "linear") {
        rope.divisors = linearDivisors(fields.number("factor", 1e-3, 1e6), config.headDim);
    } else if (kind == "llama3") {
        Llama3Scaling llama3;
        llama3.factor = fields.number("factor", 1e-3, 1e6);
        llama3.lowFactor = fields.number("low_freq_factor", 1e-3, 1e6);
        llama3.highFactor = fields.number("high_freq_factor", 1e-3, 1e6);
        llama3.originalContext = fields.number("original_max_position_embeddings", 1, 1e9);
        if (llama3.lowFactor >= llama3.highFactor)
            fields.refuse("'low_freq_factor' is not below 'high_freq_factor'");
        rope.divisors = llama3Divisors(llama3, rope.base, config.headDim);
    } else if (kind != "default") {
        fields.notSupported("RoPE scaling of type " + printable(kind));
    }
    if (fields.error())
        read.fail(*fields.error());
}

// rope_theta and rope_scaling, or both in rope_parameters, as transformers 5 has them.
void readRope(JsonFields& read, const std::string& where, ModelConfig& config) {
    constexpr double largest = 1e12;
    config.rope.base = read.numberOr("rope_theta", 1, largest, 10000);
    if (const nlohmann::json* both = read.objectAt("rope_parameters")) {
        JsonFields fields(*both, where);
        config.rope.base = fields.numberOr("rope_theta", 1, largest, config.rope.base);
        if (fields.error())
            read.fail(*fields.error());
        readScaling(read, *both, where, config);
    } else if (const nlohmann::json* scaling = read.objectAt("rope_scaling")) {
        readScaling(read, *scaling, where, config);
    }
}

// What the families do not have: running it without would give wrong answers in silence.
void refuseVariants(JsonFields& read) {
    if (const std::string act = read.textOr("hidden_act", "silu"); act != "silu")
        read.notSupported("the activation " + printable(act));
    if (read.has("quantization_config"))
        read.notSupported("a quantised model in safetensors ('quantization_config')");
    if (read.truthOr("mlp_bias", false))
        read.notSupported("a bias in the feed-forward layers ('mlp_bias')");
    if (read.truthOr("attention_bias", false))
        read.notSupported("a bias behind the attention ('attention_bias')");
    if (read.truthOr("rope_interleaved", false))
        read.notSupported("interleaved RoPE ('rope_interleaved')");
    if (read.numberOr("partial_rotary_factor", 0, 1, 1) != 1)
        read.notSupported("rotating a part of a head ('partial_rotary_factor')");
}

} // namespace

Result<ModelConfig> readFolderConfig(const SafetensorsFolder& folder) {
    const std::string where = (std::filesystem::path(folder.path()) / "config.json").string();
    const auto text = folder.text("config.json");
    if (!text)
        return text.error();
    const auto json = parseJsonObject(text->value_or(""), where);
    if (!json)
        return json.error();
    JsonFields read(*json, where);
    const std::string type = read.textOr("model_type", "");
    if (read.error())
        return *read.error();
    const ModelFamily* family = familyOfModelType(type);
    if (!family)
        return unavailable(where + ": the model type " + printable(type) +
                           " is not supported; use a model of one of these: " + modelTypeNames() + ".");
    ModelConfig config;
    config.architecture = family->name;
    config.queryKeyValueBias = family->queryKeyValueBias;
    config.queryKeyNorm = family->queryKeyNorm;
    const auto absolute = std::filesystem::absolute(folder.path()).lexically_normal();
    config.name = (absolute.has_filename() ? absolute : absolute.parent_path()).filename().string();
    readShape(read, config);
    refuseVariants(read);
    if (!read.error()) // what follows counts on the shape
        readRope(read, where, config);
    const std::int32_t window = read.integerOr("sliding_window", 1, 1 << 26, config.contextLength);
    if (family->alwaysSlides || read.truthOr("use_sliding_window", false))
        config.contextLength = std::min(config.contextLength, window);
    if (read.error())
        return *read.error();
    return config;
}

} // namespace kvprism::files
