// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/model_family.h"

#include <algorithm>
#include <array>

namespace kvprism::files {

namespace {

// SmolLM2 and TinyLlama are Llamas in both kinds of file; a Mistral is one in GGUF files.
constexpr std::array families{
    ModelFamily{.name = "llama", .ggufArchitecture = "llama", .modelType = "llama", .ggufInterleaves = true},
    ModelFamily{.name = "mistral", .ggufArchitecture = "", .modelType = "mistral", .alwaysSlides = true},
    ModelFamily{
        .name = "qwen2", .ggufArchitecture = "qwen2", .modelType = "qwen2", .queryKeyValueBias = true},
    ModelFamily{.name = "qwen3", .ggufArchitecture = "qwen3", .modelType = "qwen3", .queryKeyNorm = true},
};

const ModelFamily* find(std::string_view name, std::string_view ModelFamily::*field) {
    const auto found = std::ranges::find(families, name, field);
    return name.empty() || found == families.end() ? nullptr : &*found;
}

std::string names(std::string_view ModelFamily::*field) {
    std::string all;
    for (const ModelFamily& family : families)
        if (!(family.*field).empty())
            all += (all.empty() ? "'" : ", '") + std::string(family.*field) + "'";
    return all;
}

} // namespace

const ModelFamily* familyOfGguf(std::string_view architecture) {
    return find(architecture, &ModelFamily::ggufArchitecture);
}
const ModelFamily* familyOfModelType(std::string_view modelType) {
    return find(modelType, &ModelFamily::modelType);
}
std::string ggufArchitectureNames() {
    return names(&ModelFamily::ggufArchitecture);
}
std::string modelTypeNames() {
    return names(&ModelFamily::modelType);
}

} // namespace kvprism::files
