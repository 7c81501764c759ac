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
    for (std::int32_t layer = 0; layer < config.layers; ++layer) {
        const std::string prefix = "blk." + std::to_string(layer) + ".";
        for (const auto& [name, shape] : ofLayer)
            shapes[prefix + name + ".weight"] = shape;
        if (config.queryKeyValueBias) {
            shapes[prefix + "attn_q.bias"] = {queries};
            shapes[prefix + "attn_k.bias"] = shapes[prefix + "attn_v.bias"] = {keys};
        }
        if (config.queryKeyNorm)
            shapes[prefix + "attn_q_norm.weight"] =
                shapes[prefix + "attn_k_norm.weight"] = {size(config.headDim)};
    }
    return shapes;
}

// What may be there and is not read: the head of a model whose embedding is its head, and what the
// configuration says already.
bool isSpare(std::string_view name, const ModelConfig& config) {
    return (name == "output.weight" && config.tiedEmbeddings) || name == "rope_freqs.weight" ||
           name.ends_with(".rotary_emb.inv_freq");
}

} // namespace

Status checkModelTensors(const ModelFile& file, const ModelConfig& config) {
    const Shapes shapes = neededShapes(config);
    for (const auto& [name, shape] : shapes) {
        const Tensor* tensor = file.findTensor(name);
        if (!tensor)
            return malformed(file.path() + ": the tensor '" + file.nameInFile(name) +
                             "' is missing; the model is damaged or incomplete, fetch it again.");
        if (tensor->shape != shape)
            return malformed(file.path() + ": the tensor '" + file.nameInFile(name) + "' is " +
                             shapeText(tensor->shape) + ", but " + shapeText(shape) +
                             " is needed; the model is damaged, fetch it again.");
    }
    for (const Tensor& tensor : file.tensors())
        if (!shapes.contains(tensor.name) && !isSpare(tensor.name, config))
            return unavailable(file.path() + ": the tensor " + printable(file.nameInFile(tensor.name)) +
                               " is none that a model of the family '" + config.architecture + "' and " +
                               std::to_string(config.layers) +
                               " layers has, and is not supported; use another model.");
    return {};
}

} // namespace kvprism::files
