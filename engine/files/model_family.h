// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kvprism::files {

// What sets one family of decoders apart from the plain Llama: RMS norms before attention and feed-forward,
// rotary positions over whole heads, grouped queries, SwiGLU, no biases. A new family of this kind is one row
// of the table in model_family.cpp.
struct ModelFamily {
    std::string_view name;             // what is shown as the architecture
    std::string_view ggufArchitecture; // general.architecture, and the prefix of its keys
    std::string_view modelType;        // model_type of config.json
    bool queryKeyValueBias = false;    // added to queries, keys and values
    bool queryKeyNorm = false;         // an RMS norm over every query and key head, before it is rotated
    // In GGUF files, rows 2i and 2i+1 of a query or key head rotate together; else rows i and i + head_dim/2.
    bool ggufInterleaves = false;
    // Whether config.json's sliding_window counts without its use_sliding_window.
    bool alwaysSlides = false;
};

const ModelFamily* familyOfGguf(std::string_view architecture); // nullptr: not supported
const ModelFamily* familyOfModelType(std::string_view modelType);
std::string ggufArchitectureNames(); // "'llama', 'qwen2', …", for messages
std::string modelTypeNames();

} // namespace kvprism::files
