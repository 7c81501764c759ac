// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/model_tensors.h"

#include "engine/base/printable.h"

#include <unordered_map>

namespace kvprism::files {

namespace {

using Shape = std::vector<std::uint64_t>; // in the file's order: columns first
using Shapes = std::unordered_map<std::string, Shape>;

std::string shapeText(const Shape& shape) {
    std::string text;
    for (const std::uint64_t side : shape)
        text += (text.empty() ? "" : "×") + std::to_string(side);
    return text;
}

Shapes neededShapes(const ModelConfig& config) {
    const auto size = [](std::int32_t value) { return static_cast<std::uint64_t>(value); };
    const std::uint64_t hidden = size(config.hidden), inner = size(config.feedForward);
    const std::uint64_t queries = size(config.queryHeads) * size(config.headDim);
    const std::uint64_t keys = size(config.kvHeads) * size(config.headDim);
    const std::uint64_t vocabulary = size(config.vocabularySize);
    Shapes shapes{{"token_embd.weight", {hidden, vocabulary}}, {"output_norm.weight", {hidden}}};
    if (!config.tiedEmbeddings)
        shapes["output.weight"] = {hidden, vocabulary};
    const std::pair<const char*, Shape> ofLayer[] = {
        {"attn_norm", {hidden}},       {"attn_q", {hidden, queries}},      {"attn_k", {hidden, keys}},
        {"attn_v", {hidden, keys}},    {"attn_output", {queries, hidden}}, {"ffn_norm", {hidden}},
        {"ffn_gate", {hidden, inner}}, {"ffn_up", {hidden, inner}},        {"ffn_down", {inner, hidden}}};
    for (std::int32_t layer = 0; layer < config.layers; ++layer)
        for (const auto& [name, shape] : ofLayer)
            shapes["blk." + std::to_string(layer) + "." + name + ".weight"] = shape;
    return shapes;
}

} // namespace

Status checkModelTensors(const GgufFile& file, const ModelConfig& config) {
    const Shapes shapes = neededShapes(config);
    for (const auto& [name, shape] : shapes) {
        const GgufTensor* tensor = file.findTensor(name);
        if (!tensor)
            return malformed(file.path() + ": the tensor '" + name +
                             "' is missing; the file is damaged or incomplete, fetch it again.");
        if (tensor->shape != shape)
            return malformed(file.path() + ": the tensor '" + name + "' is " + shapeText(tensor->shape) +
                             ", but " + shapeText(shape) +
                             " is needed; the file is damaged, fetch it again.");
    }
    for (const GgufTensor& tensor : file.tensors())
        if (!shapes.contains(tensor.name))
            return unavailable(file.path() + ": the tensor " + printable(tensor.name) +
                               " is none that a plain Llama model of " + std::to_string(config.layers) +
                               " layers has, and is not supported; use another model.");
    return {};
}

} // namespace kvprism::files
