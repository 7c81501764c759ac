// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"
#include "engine/model/weights.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"
#include "engine/trace/run.h"

#include <memory>

namespace kvprism {

// All that comes from one model, read-only once loaded.
struct LoadedModel {
    model::Weights weights;
    std::unique_ptr<text::Tokenizer> tokenizer;
    text::ChatTemplate chat;
    trace::ModelIdentity identity;
    double loadMs = 0;
};

// What is told of it. `path` and `sha256` say where it comes from.
trace::ModelIdentity identify(const LoadedModel& model, const std::string& path, std::string sha256);

// Memory that may still be taken of the host, or of that device.
std::uint64_t availableOn(at::Device device);
// Memory that K/V and activations beside these weights may take: of the host, or of the device that they are
// on.
std::uint64_t availableBeside(const model::Weights& weights);

// Opens, checks and converts the file or folder. `dtype` auto is bf16 where the processor multiplies it
// (AVX-512 BF16), else f32.
Result<std::shared_ptr<const LoadedModel>> loadModelFile(const ModelRequest& request,
                                                         EngineObserver* observer, std::stop_token stop);

} // namespace kvprism
