// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/random_model.h"

#include "engine/files/random_shape.h"
#include "engine/files/weight_bytes.h"
#include "engine/memory_check.h"
#include "engine/model/random_weights.h"
#include "engine/stopwatch.h"
#include "engine/text/byte_tokenizer.h"

#include <chrono>

namespace kvprism {

Result<std::shared_ptr<const LoadedModel>> drawModel(const ModelRequest& request, at::Device device,
                                                     at::ScalarType dtype, EngineObserver* observer,
                                                     std::stop_token stop) {
    const auto start = std::chrono::steady_clock::now();
    if (!request.path.empty())
        return usageError("A model comes from a file or is random: give --model or --random, not both.");
    const auto config = files::randomShape(request.random);
    if (!config)
        return config.error();
    const std::uint64_t needed = files::weightBytes(*config, c10::elementSize(dtype)).total();
    if (const std::uint64_t available = availableOn(device); needed > available)
        return outOfMemory(
            "The random weights of " + request.random + " need " + inMebibytes(needed) + ", but only " +
            inMebibytes(available) +
            " are available: no budget would fit beside them; use a smaller shape, or make room.");
    const auto progress = [observer](std::int64_t done, std::int64_t total) {
        if (observer)
            observer->progress({.phase = Phase::loading, .done = done, .total = total});
    };
    auto weights = model::randomWeights(*config, dtype, files::randomSeed, progress, std::move(stop), device);
    if (!weights)
        return weights.error();
    auto model = std::make_shared<LoadedModel>();
    model->weights = std::move(weights).value();
    model->tokenizer = std::make_unique<text::ByteTokenizer>(config->vocabularySize);
    model->chat = text::plainTemplate();
    model->identity =
        identify(*model, files::randomModelPath(request.random), files::sha256OfRandomModel(*config));
    model->loadMs = millisecondsSince(start);
    return std::shared_ptr<const LoadedModel>(std::move(model));
}

} // namespace kvprism
