// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/model_config.h"
#include "engine/model/torch.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

namespace kvprism::model {

// One decoder layer. Matrices are [out, in] in the model's dtype; norms are f32. Query and key rows are held
// for half-split RoPE (as in safetensors files), whatever the file holds. Tensors that the family does not
// have are undefined.
struct LayerWeights {
    at::Tensor attentionNorm;      // [hidden]
    at::Tensor queryKeyValue;      // [(query_heads + 2·kv_heads)·head_dim, hidden]
    at::Tensor queryKeyValueBias;  // [(query_heads + 2·kv_heads)·head_dim] in the model's dtype
    at::Tensor queryNorm, keyNorm; // [head_dim]
    at::Tensor attentionOutput;    // [hidden, query_heads·head_dim]
    at::Tensor feedForwardNorm;    // [hidden]
    at::Tensor gateUp;             // [2·feed_forward, hidden]: gate rows, then up rows
    at::Tensor down;               // [hidden, feed_forward]
};

struct Weights {
    std::shared_ptr<const files::ModelFile>
        file; // mapped: matrices lie in it, and single tokens use its packed ones
    files::ModelConfig config;
    at::ScalarType dtype = at::kFloat;
    at::Tensor embedding; // [vocabulary, hidden]
    std::vector<LayerWeights> layers;
    at::Tensor finalNorm; // [hidden]
    at::Tensor head;      // [vocabulary, hidden]; the embedding itself where they are tied

    std::uint64_t bytes() const; // resident, shared tensors counted once
    // Whether all that was computed with them until now is: an error (io) once their file was cut under them.
    Status intact() const { return file ? file->intact() : Status(); }
};

// Reads every tensor; `config` is readModelConfig's of the same file. A matrix that the file holds in `dtype`
// is used where it lies, unless it has to be joined with others; the rest is converted. `stop` is looked at
// between tensors. `progress` is told done and total bytes of the file's tensors. Tensors go to `device` one
// after another: no copy of all is held by the host.
Result<Weights> loadWeights(std::shared_ptr<const files::ModelFile> file, const files::ModelConfig& config,
                            at::ScalarType dtype,
                            const std::function<void(std::int64_t, std::int64_t)>& progress,
                            std::stop_token stop, at::Device device = at::kCPU);

// Bytes that loadWeights will hold for this file.
std::uint64_t weightBytesNeeded(const files::ModelFile& file, at::ScalarType dtype);

} // namespace kvprism::model
