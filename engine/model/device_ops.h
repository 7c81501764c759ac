// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/model/attention.h"
#include "engine/model/row_ops.h"
#include "engine/model/torch.h"

#include <cstdint>
#include <span>

namespace kvprism::model {

// What a GPU computes in a way of its own. The functions of the same names in row_ops.h and attention.h,
// which say what they do, ask it where their tensors are a GPU's; everything else is libtorch's on any
// device. Engine thread.
class DeviceOps {
  public:
    virtual ~DeviceOps() = default;

    virtual std::uint64_t availableBytes() const = 0; // of the device's memory, what is cached counted in

    virtual at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon) = 0;
    virtual at::Tensor gatedProduct(const at::Tensor& gateUp) = 0;
    virtual at::Tensor rotateAndStore(const at::Tensor& qkv, const RotaryTable& rotary,
                                      const HeadShape& heads, const at::Tensor& keys,
                                      const at::Tensor& values, std::int32_t first, bool rotateKeys) = 0;
    virtual void rotateKeys(const at::Tensor& keys, const RotaryTable& rotary, const at::Tensor& out) = 0;
    // Undefined where it does not take the type or the size of the heads.
    virtual at::Tensor attend(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values) = 0;
    // Moves rows `kept` (ascending, unique) of keys and values [layers, kv_heads, capacity, head_dim] to the
    // beginning.
    virtual void compact(const at::Tensor& keys, const at::Tensor& values,
                         std::span<const std::int32_t> kept) = 0;
};

// The GPU's, or the error (unavailable) that says why there is none: no part for GPUs in this installation,
// no GPU that answers, a driver that is too old. Looked for once.
Result<DeviceOps*> gpuOps();

// For tensors of a GPU, which are there only where gpuOps() is.
DeviceOps& opsOf(const at::Tensor& tensor);

} // namespace kvprism::model
