// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/model_summary.h"

#include "engine/files/random_shape.h"

namespace kvprism::files {

Result<std::string> resolveDtype(const std::string& wanted) {
    if (wanted == "f32" || wanted == "bf16")
        return wanted;
    if (wanted != "auto")
        return usageError("--dtype is '" + wanted + "'; use auto, f32 or bf16.");
    return std::string(__builtin_cpu_supports("avx512bf16") ? "bf16" : "f32");
}

Result<ModelSummary> summarise(const ModelFile& file, const std::string& dtype) {
    ModelSummary summary;
    auto resolved = resolveDtype(dtype);
    if (!resolved)
        return resolved.error();
    summary.dtype = std::move(*resolved);
    summary.path = file.path();
    summary.fileBytes = file.fileBytes();
    const auto config = readModelConfig(file);
    if (!config)
        return config.error();
    summary.config = *config;
    const std::uint64_t bytesPerValue = summary.dtype == "f32" ? 4 : 2;
    summary.weights = weightBytes(file, summary.config, bytesPerValue);
    summary.kvBytesPerToken = summary.config.kvBytesPerToken(bytesPerValue);
    return summary;
}

Result<ModelSummary> summariseRandomModel(const std::string& shape, const std::string& dtype) {
    auto config = randomShape(shape);
    if (!config)
        return config.error();
    auto resolved = resolveDtype(dtype);
    if (!resolved)
        return resolved.error();
    const std::uint64_t bytesPerValue = *resolved == "f32" ? 4 : 2;
    ModelSummary summary;
    summary.path = randomModelPath(shape);
    summary.weights = weightBytes(*config, bytesPerValue);
    summary.kvBytesPerToken = config->kvBytesPerToken(bytesPerValue);
    summary.dtype = std::move(*resolved);
    summary.config = std::move(*config);
    return summary;
}

Result<ModelSummary> summariseModel(const std::string& path, const std::string& dtype) {
    const auto file = openModel(path);
    if (!file)
        return file.error();
    return summarise(**file, dtype);
}

} // namespace kvprism::files
