// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/loaded_model.h"

#include "engine/gpu_notice.h"
#include "engine/memory_check.h"
#include "engine/model/device_ops.h"
#include "engine/random_model.h"
#include "engine/stopwatch.h"

#include <chrono>
#include <filesystem>
#include <future>
#include <string>

namespace kvprism {

namespace {

Result<at::ScalarType> chooseDtype(const std::string& wanted, at::Device device) {
    if (wanted == "f32")
        return at::kFloat;
    if (wanted == "bf16" || (wanted == "auto" && device.is_cuda()))
        return at::kBFloat16;
    if (wanted == "auto")
        return __builtin_cpu_supports("avx512bf16") ? at::kBFloat16 : at::kFloat;
    return usageError("--dtype " + wanted + " is unknown; use auto, f32 or bf16.");
}

Result<at::Device> chooseDevice(const std::string& wanted, EngineObserver* observer) {
    if (wanted == "cpu")
        return at::Device(at::kCPU);
    if (wanted != "auto" && wanted != "cuda")
        return usageError("--device " + wanted + " is unknown; use auto, cpu or cuda.");
    const GpuSigns signs = gpuSigns();
    if (wanted == "auto" && !signs.worthAsking())
        return at::Device(at::kCPU);
    const auto ops = model::gpuForNewWork();
    if (ops)
        return at::Device(at::kCUDA, 0);
    if (wanted == "auto") {
        if (observer)
            observer->notice(gpuNotice(signs, ops.error()));
        return at::Device(at::kCPU);
    }
    return gpuRefusal(signs, ops.error());
}

} // namespace

std::uint64_t availableOn(at::Device device) {
    if (!device.is_cuda())
        return availableMemory();
    const auto ops = model::gpuOps(); // there, or it would not have been chosen
    return (*ops)->availableBytes();
}

trace::ModelIdentity identify(const LoadedModel& model, const std::string& path, std::string sha256) {
    const files::ModelConfig& config = model.weights.config;
    trace::ModelIdentity identity;
    identity.name = config.name.empty() ? std::filesystem::path(path).stem().string() : config.name;
    identity.path = path;
    identity.sha256 = std::move(sha256);
    identity.architecture = config.architecture;
    identity.dtype = model.weights.dtype == at::kFloat ? "f32" : "bf16";
    identity.device = model.weights.embedding.is_cpu() ? "cpu" : "cuda";
    identity.layers = config.layers;
    identity.queryHeads = config.queryHeads;
    identity.kvHeads = config.kvHeads;
    identity.headDim = config.headDim;
    identity.contextLength = config.contextLength;
    identity.vocabularySize = config.vocabularySize;
    identity.weightBytes = model.weights.bytes();
    identity.kvBytesPerToken = config.kvBytesPerToken(c10::elementSize(model.weights.dtype));
    return identity;
}

std::uint64_t availableBeside(const model::Weights& weights) {
    return availableOn(weights.embedding.device());
}

Result<std::shared_ptr<const LoadedModel>> loadModelFile(const ModelRequest& request,
                                                         EngineObserver* observer, std::stop_token stop) {
    const auto start = std::chrono::steady_clock::now();
    const Result<at::Device> device = chooseDevice(request.device, observer);
    if (!device)
        return device.error();
    const Result<at::ScalarType> dtype = chooseDtype(request.dtype, *device);
    if (!dtype)
        return dtype.error();

    if (!request.random.empty())
        return drawModel(request, *device, *dtype, observer, stop);
    auto opened = files::openModel(request.path);
    if (!opened)
        return opened.error();
    const std::shared_ptr<const files::ModelFile> file = std::move(*opened);
    const auto config = files::readModelConfig(*file);
    if (!config)
        return config.error();
    const std::uint64_t needed = model::weightBytesNeeded(*file, *dtype);
    if (const std::uint64_t available = availableOn(*device); needed > available)
        return outOfMemory(
            "The weights of " + request.path + " need " + inMebibytes(needed) + ", but only " +
            inMebibytes(available) +
            " are available: no budget would fit beside them; use a smaller model, or make room.");

    if (stop.stop_requested())
        return interrupted("Loading the model was stopped.");
    // Hashing takes a core for a moment; it need not be waited for.
    auto sha256 = std::async(std::launch::async, [&] { return files::sha256OfModel(*file, stop); });
    auto model = std::make_shared<LoadedModel>();
    auto tokenizer = text::readTokenizer(*file);
    if (!tokenizer)
        return tokenizer.error();
    model->tokenizer = std::move(tokenizer).value();
    if (model->tokenizer->size() > config->vocabularySize) // an embedding may be padded
        return malformed(request.path + ": the tokenizer has " + std::to_string(model->tokenizer->size()) +
                         " tokens, but the embedding has only " + std::to_string(config->vocabularySize) +
                         " rows; the model is damaged or was put together wrongly.");
    model->chat = text::recogniseChatTemplate(*file);
    const auto progress = [observer](std::int64_t done, std::int64_t total) {
        if (observer)
            observer->progress({.phase = Phase::loading, .done = done, .total = total});
    };
    auto weights = model::loadWeights(file, *config, *dtype, progress, stop, *device);
    if (!weights)
        return weights.error();
    model->weights = std::move(weights).value();
    const Result<std::string> hash = sha256.get();
    if (!hash)
        return hash.error();
    if (const Status whole = file->intact(); !whole)
        return whole.error();
    model->identity = identify(*model, file->path(), *hash);
    model->loadMs = millisecondsSince(start);
    return std::shared_ptr<const LoadedModel>(std::move(model));
}

} // namespace kvprism
