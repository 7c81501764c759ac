// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/model_config.h"
#include "engine/model/weights.h"
#include "tests/paths.h"

#include <map>
#include <memory>

namespace kvprism::tests {

// The embedded model's weights, loaded once; nullptr where it is not in the cache.
inline const model::Weights* embeddedWeights(at::ScalarType dtype) {
    static std::map<at::ScalarType, model::Weights> loaded;
    if (auto found = loaded.find(dtype); found != loaded.end())
        return &found->second;
    auto opened = files::openModel(KVPRISM_EMBEDDED_MODEL);
    if (!opened)
        return nullptr;
    const std::shared_ptr<const files::ModelFile> file = std::move(*opened);
    const auto config = files::readModelConfig(*file);
    auto weights = model::loadWeights(file, config.value(), dtype, {}, {});
    return weights ? &(loaded[dtype] = std::move(weights).value()) : nullptr;
}

} // namespace kvprism::tests
