// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/base/types.h"
#include "engine/cache/kv_store.h"
#include "engine/model/attention.h"
#include "engine/model/row_ops.h"
#include "engine/model/torch.h"
#include "engine/model/weights.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace kvprism::model {

// Rows of a forward pass and the keys that they are scored against (engine/kernels/column_scores.h says which
// row sees which key, and what comes of it). Heads may be those of several layers, one layer after another.
struct ColumnRows {
    at::Tensor query; // bf16 [rows, query_heads, head_dim], contiguous, multiplied by 1/√head_dim
    at::Tensor keys;  // bf16 [kv_heads, key_count, head_dim], a view of the store
    at::Tensor lse2;  // f32 [query_heads, columnRowsPadded(rows)], +∞ behind the rows
    std::int64_t past = 0, exclusion = 0, firstRow = 0;
};
constexpr std::int64_t columnRowsPadded(std::int64_t rows) {
    return (rows + 127) / 128 * 128;
}

// For each key the largest score until now and where it was: [key_count] f32 and, as 16-bit numbers, [3,
// key_count]: layer, query head, row.
struct RaisedPeaks {
    at::Tensor scores, origins;
};

// What LSH knows of tokens (engine/kernels/lsh_kernels.h), on the device.
struct LshRequest {
    at::Tensor keys;       // [kv_heads, slots, head_dim], a view of the last layer's
    at::Tensor candidates; // [held] u8
    at::Tensor projection; // [head_dim, tables·bits] f32
    std::int64_t firstQuery = 0, queries = 0;
    std::int32_t tables = 0, bits = 0;
    enum class Distance { none, l2, maxSim, mahalanobis, partitionedCentroid } distance = Distance::none;
};
struct LshTensors {
    at::Tensor signatures, querySignatures; // [held, tables], [queries, tables] as 16-bit numbers
    at::Tensor collisions;                  // [held] u8
    at::Tensor matching;                    // [held] i32
    at::Tensor distances;                   // [held] f32; undefined for `none` or without queries
};

// An order of candidates (engine/kernels/ranking.h).
struct RankRequest {
    enum class Order { score, smallest, frequency, survival } order = Order::score;
    at::Tensor rows;                 // [count] i32, ascending
    at::Tensor values;               // [held] f32: scores or distances; may be undefined
    at::Tensor collisions, matching; // of LshTensors
};

// Time that the device spends on some parts of a step.
class DeviceStopwatch {
  public:
    virtual ~DeviceStopwatch() = default;
    virtual void start() = 0;
    virtual void stop() = 0;
    virtual double takeMs() = 0; // all since the last time; waits for the device
};

// Tokens of an answer, a launch each (engine/kernels/decode_token.h): what is queued needs nobody to look.
class DeviceDecoder {
  public:
    virtual ~DeviceDecoder() = default;
    // The next launch computes behind `token`, whose key and value go to `slot` of the store.
    virtual void begin(std::int32_t token, std::int32_t slot, StreamPos position) = 0;
    // One token more, behind the one begun with or the likeliest of the launch before; nothing where the
    // store has no slot left.
    virtual void queue() = 0;
    // The likeliest token (ties: the lowest id) of the first launch that was not asked about; waits for it.
    virtual std::int32_t take() = 0;
    // Logits [vocabulary] of the last launch, until the next call; waits.
    virtual std::span<const float> logits() = 0;
};

// What a GPU computes in a way of its own. The functions of the same names in row_ops.h and attention.h,
// which say what they do, ask it where their tensors are a GPU's; everything else is libtorch's on any
// device. Nothing here waits for the device, if nothing else is said. Engine thread.
class DeviceOps {
  public:
    virtual ~DeviceOps() = default;

    virtual std::uint64_t availableBytes() const = 0; // of the device's memory, what is cached counted in

    virtual at::Tensor addNorm(const at::Tensor& hidden, const at::Tensor& delta, const at::Tensor& weight,
                               double epsilon) = 0;
    virtual at::Tensor gatedProduct(const at::Tensor& gateUp) = 0;
    virtual at::Tensor rotateAndStore(const at::Tensor& qkv, const RotaryTable& rotary,
                                      const HeadShape& heads, const HeadNorms& norms,
                                      const StoreRows& store) = 0;
    virtual void rotateKeys(const at::Tensor& keys, const RotaryTable& rotary, const at::Tensor& out) = 0;
    // `byProducts` null: none are wanted. Undefined where it does not take the type or the size of the heads.
    virtual at::Tensor attend(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                              AttentionByProducts* byProducts) = 0;
    // Moves rows `kept` (ascending, unique) of keys and values [layers, kv_heads, capacity, head_dim] and of
    // their norms [layers, kv_heads, capacity] to the beginning.
    virtual void compact(const at::Tensor& keys, const at::Tensor& values, const at::Tensor& valueNorms,
                         std::span<const std::int32_t> kept) = 0;

    // sums [kv_heads, key_count] f32 += the rows' weights.
    virtual void addColumnSums(const ColumnRows& rows, const at::Tensor& sums) = 0;
    // valueNorms [kv_heads, ≥ key_count] f32, a view; firstLayer: of these heads.
    virtual void raisePeaks(const ColumnRows& rows, const at::Tensor& valueNorms, std::int64_t firstLayer,
                            std::int64_t kvHeadsOfLayer, RaisedPeaks& peaks) = 0;
    virtual LshTensors lsh(const LshRequest& request) = 0;
    // As select::poolScores: positions [held] i32, raw [held] f32.
    virtual at::Tensor poolScores(const at::Tensor& positions, const at::Tensor& raw, bool maximum,
                                  std::int32_t width) = 0;
    virtual at::Tensor rank(const RankRequest& request) = 0; // [count] i32: rows, best first

    // `frequencies`: of rotation (row_ops.h). Weights and store outlive it; the store keeps keys rotated and
    // does not grow. Null where the kernel does not take the type, the shape or the GPU.
    virtual std::unique_ptr<DeviceDecoder> decoder(const Weights& weights, const cache::KvStore& store,
                                                   std::span<const double> frequencies) = 0;

    // Behind each layer that is queued: waits while too many are under way. So a stop is seen soon on a slow
    // GPU, too, and progress is what it says.
    virtual void keepPace() = 0;

    virtual std::unique_ptr<DeviceStopwatch> stopwatch() = 0;
};

// The GPU's, or the error (unavailable) that says why there is none: no part for GPUs in this installation,
// no GPU that answers, a driver that is too old; a clause that begins in lower case. Looked for once.
Result<DeviceOps*> gpuOps();

// The same for a model that is about to be loaded: nothing after giveUpGpu(), since a CUDA context that
// failed once fails ever after. What lies on the GPU already still finds gpuOps(), and fails again.
Result<DeviceOps*> gpuForNewWork();
void giveUpGpu(const std::string& why);

// For tensors of a GPU, which are there only where gpuOps() is.
DeviceOps& opsOf(const at::Tensor& tensor);

// A tensor of the host on that device; where that is a GPU by way of page-locked memory, so that nobody
// waits. Here, since the part for GPUs does not link the engine.
inline at::Tensor onDevice(const at::Tensor& host, at::Device device) {
    return device.is_cuda() ? host.pin_memory().to(device, true) : host;
}

} // namespace kvprism::model
