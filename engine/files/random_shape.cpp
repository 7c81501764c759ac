// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/random_shape.h"

#include "engine/base/printable.h"
#include "engine/files/sha256.h"

#include <algorithm>
#include <array>

namespace kvprism::files {

namespace {

constexpr std::string_view pathPrefix = "random:";

struct Row {
    std::string_view name, architecture;
    std::int32_t layers, queryHeads, kvHeads, headDim, hidden, feedForward, vocabulary, context;
    double ropeBase, epsilon;
    double llama3Factor = 0; // 0: positions are not stretched
    bool tied = false, bias = false, headNorm = false;
};

// As the config.json files of the published models have them.
constexpr std::array rows{
    Row{"llama-3.1-8b", "llama", 32, 32, 8, 128, 4096, 14336, 128256, 131072, 500000, 1e-5, 8},
    Row{"llama-3.2-1b", "llama", 16, 32, 8, 64, 2048, 8192, 128256, 131072, 500000, 1e-5, 32, true},
    Row{"llama-3.2-3b", "llama", 28, 24, 8, 128, 3072, 8192, 128256, 131072, 500000, 1e-5, 32, true},
    Row{"qwen2.5-7b", "qwen2", 28, 28, 4, 128, 3584, 18944, 152064, 32768, 1e6, 1e-6, 0, false, true},
    Row{"qwen3-8b", "qwen3", 36, 32, 8, 128, 4096, 12288, 151936, 40960, 1e6, 1e-6, 0, false, false, true},
    Row{"mistral-7b", "mistral", 32, 32, 8, 128, 4096, 14336, 32768, 32768, 1e6, 1e-5},
    Row{"smollm2-135m", "llama", 30, 9, 3, 64, 576, 1536, 49152, 8192, 100000, 1e-5, 0, true},
    Row{"tiny", "llama", 2, 4, 2, 64, 128, 256, 320, 4096, 10000, 1e-5, 0, true}, // for tests
};

ModelConfig configOf(const Row& row) {
    ModelConfig config;
    config.architecture = row.architecture;
    config.name = "random " + std::string(row.name);
    config.layers = row.layers;
    config.queryHeads = row.queryHeads;
    config.kvHeads = row.kvHeads;
    config.headDim = row.headDim;
    config.hidden = row.hidden;
    config.feedForward = row.feedForward;
    config.vocabularySize = row.vocabulary;
    config.contextLength = row.context;
    config.rope.base = row.ropeBase;
    if (row.llama3Factor > 0)
        config.rope.divisors = llama3Divisors({.factor = row.llama3Factor}, row.ropeBase, row.headDim);
    config.rmsEpsilon = row.epsilon;
    config.tiedEmbeddings = row.tied;
    config.queryKeyValueBias = row.bias;
    config.queryKeyNorm = row.headNorm;
    return config;
}

} // namespace

std::vector<std::string_view> randomShapeNames() {
    std::vector<std::string_view> names;
    for (const Row& row : rows)
        names.push_back(row.name);
    return names;
}

Result<ModelConfig> randomShape(std::string_view name) {
    const auto row = std::ranges::find(rows, name, &Row::name);
    if (row != rows.end())
        return configOf(*row);
    std::string known;
    for (const std::string_view one : randomShapeNames())
        known += (known.empty() ? "" : ", ") + std::string(one);
    return usageError("--random knows no shape " + printable(name) + "; there are " + known + ".");
}

std::string randomModelPath(std::string_view shape) {
    return std::string(pathPrefix) + std::string(shape);
}

std::optional<std::string> shapeOfRandomPath(std::string_view path) {
    if (!path.starts_with(pathPrefix))
        return std::nullopt;
    return std::string(path.substr(pathPrefix.size()));
}

std::string sha256OfRandomModel(const ModelConfig& config) {
    std::string text = "random weights 1, seed " + std::to_string(randomSeed) + ", " + config.architecture;
    for (const std::int32_t number :
         {config.layers, config.queryHeads, config.kvHeads, config.headDim, config.hidden, config.feedForward,
          config.vocabularySize, config.contextLength})
        text += " " + std::to_string(number);
    text += " " + std::to_string(config.rope.base) + " " + std::to_string(config.rmsEpsilon);
    for (const float divisor : config.rope.divisors)
        text += " " + std::to_string(divisor);
    for (const bool flag : {config.tiedEmbeddings, config.queryKeyValueBias, config.queryKeyNorm})
        text += flag ? " 1" : " 0";
    return sha256(text);
}

} // namespace kvprism::files
