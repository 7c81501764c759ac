// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Small random decoders and a tokenizer of bytes, so that the engine can be tested without a model file.
#include "engine/loaded_model.h"
#include "engine/model/torch.h"

#include <memory>
#include <numeric>

namespace kvprism::tests {

struct TinyShape {
    std::int32_t layers = 2;
    std::int32_t queryHeads = 4;
    std::int32_t kvHeads = 2;
    std::int32_t headDim = 16;
    std::int32_t hidden = 32;
    std::int32_t feedForward = 48;
    std::int32_t vocabulary = 260;
};

inline model::Weights tinyWeights(const TinyShape& shape, std::uint64_t seed,
                                  at::ScalarType dtype = at::kFloat) {
    at::manual_seed(seed);
    model::Weights weights;
    weights.dtype = dtype;
    weights.config.architecture = "llama";
    weights.config.name = "tiny";
    weights.config.layers = shape.layers;
    weights.config.queryHeads = shape.queryHeads;
    weights.config.kvHeads = shape.kvHeads;
    weights.config.headDim = shape.headDim;
    weights.config.hidden = shape.hidden;
    weights.config.feedForward = shape.feedForward;
    weights.config.vocabularySize = shape.vocabulary;
    weights.config.contextLength = 8192;
    weights.config.tiedEmbeddings = true;
    const auto matrix = [dtype](std::int64_t rows, std::int64_t columns) {
        return at::mul(at::randn({rows, columns}), 2.0 / std::sqrt(static_cast<double>(columns))).to(dtype);
    };
    weights.embedding = matrix(shape.vocabulary, shape.hidden);
    weights.head = weights.embedding;
    weights.finalNorm = at::ones({shape.hidden});
    for (std::int32_t i = 0; i < shape.layers; ++i) {
        model::LayerWeights layer;
        layer.attentionNorm = at::rand({shape.hidden}) + 0.5;
        layer.feedForwardNorm = at::rand({shape.hidden}) + 0.5;
        layer.queryKeyValue = matrix((shape.queryHeads + 2 * shape.kvHeads) * shape.headDim, shape.hidden);
        layer.attentionOutput = matrix(shape.hidden, shape.queryHeads * shape.headDim);
        layer.gateUp = matrix(2 * shape.feedForward, shape.hidden);
        layer.down = matrix(shape.hidden, shape.feedForward);
        weights.layers.push_back(layer);
    }
    return weights;
}

// One token a byte; 256 opens a turn, 257 ends an answer.
class ByteTokenizer final : public text::Tokenizer {
  public:
    Result<text::Encoding> encode(std::string_view utf8, text::SpecialTokens,
                                  const text::Watch&) const override {
        text::Encoding encoding;
        for (std::size_t i = 0; i < utf8.size(); ++i) {
            encoding.ids.push_back(static_cast<unsigned char>(utf8[i]));
            encoding.begins.push_back(static_cast<std::uint32_t>(i));
        }
        return encoding;
    }
    std::string piece(std::int32_t id) const override {
        return id < 256 ? std::string(1, static_cast<char>(id)) : "<" + std::to_string(id) + ">";
    }
    bool isSpecial(std::int32_t id) const override { return id >= 256; }
    std::int32_t size() const override { return 260; }
    std::optional<std::int32_t> find(std::string_view) const override { return std::nullopt; }
    std::optional<std::int32_t> beginOfSequence() const override { return std::nullopt; }
    std::vector<std::int32_t> endOfAnswer() const override { return {257}; }
};

inline std::shared_ptr<const LoadedModel> tinyModel(const TinyShape& shape = {}, std::uint64_t seed = 7) {
    auto loaded = std::make_shared<LoadedModel>();
    loaded->weights = tinyWeights(shape, seed);
    loaded->tokenizer = std::make_unique<ByteTokenizer>();
    loaded->chat = {.name = "plain", .userOpening = "", .userClosing = "\n", .known = true};
    loaded->identity.contextLength = loaded->weights.config.contextLength;
    loaded->identity.kvBytesPerToken = loaded->weights.config.kvBytesPerToken(4);
    return loaded;
}

inline std::vector<std::int32_t> someIds(std::int32_t count, std::int32_t vocabulary, std::uint32_t seed) {
    std::vector<std::int32_t> ids;
    std::uint32_t state = seed * 2654435761U + 1;
    for (std::int32_t i = 0; i < count; ++i) {
        state = state * 1664525U + 1013904223U;
        ids.push_back(static_cast<std::int32_t>((state >> 8) % static_cast<std::uint32_t>(vocabulary)));
    }
    return ids;
}

inline std::vector<StreamPos> positionsFrom(std::int32_t first, std::int32_t count) {
    std::vector<StreamPos> positions;
    for (std::int32_t i = 0; i < count; ++i)
        positions.push_back(StreamPos(first + i));
    return positions;
}

} // namespace kvprism::tests
