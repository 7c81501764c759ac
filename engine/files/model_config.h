// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/model_file.h"
#include "engine/files/rope.h"

#include <cstdint>
#include <string>

namespace kvprism::files {

// Shape of a decoder-only transformer, every field checked to be within sane ranges and consistent.
struct ModelConfig {
    std::string architecture; // the family's name: "llama", "qwen3", … (model_family.h)
    std::string name;
    std::int32_t layers = 0;
    std::int32_t queryHeads = 0;
    std::int32_t kvHeads = 0; // divides queryHeads
    std::int32_t headDim = 0; // even
    std::int32_t hidden = 0;
    std::int32_t feedForward = 0;
    std::int32_t vocabularySize = 0; // rows of the embedding; a folder's tokenizer may have fewer tokens
    // In tokens. Where the model looks through a sliding window, that window: within it the window shows
    // everything, and beyond it we would not compute what the model was trained to.
    std::int32_t contextLength = 0;
    Rope rope{};
    double rmsEpsilon = 1e-5;
    bool tiedEmbeddings = false; // the embedding is the LM head
    bool queryKeyValueBias = false;
    bool queryKeyNorm = false;
    bool interleavedRows = false; // the file's query and key rows 2i and 2i+1 rotate together

    std::uint64_t kvBytesPerToken(std::uint64_t bytesPerValue) const {
        return 2ULL * static_cast<std::uint64_t>(layers) * static_cast<std::uint64_t>(kvHeads) *
               static_cast<std::uint64_t>(headDim) * bytesPerValue;
    }
};

// From a GGUF file's metadata or a folder's config.json. Fails on families that are not supported, naming
// those that are, and where the tensors are not those of this shape (model_tensors.h): what it gives can be
// loaded.
Result<ModelConfig> readModelConfig(const ModelFile& file);

} // namespace kvprism::files
