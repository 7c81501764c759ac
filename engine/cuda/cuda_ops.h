// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/device_ops.h"

namespace kvprism::cuda {

// By our kernels and cuDNN's attention, on the current device and stream.
class CudaOps final : public model::DeviceOps {
  public:
    std::uint64_t availableBytes() const override;
    at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon) override;
    at::Tensor gatedProduct(const at::Tensor& gateUp) override;
    at::Tensor rotateAndStore(const at::Tensor& qkv, const model::RotaryTable& rotary,
                              const model::HeadShape& heads, const at::Tensor& keys, const at::Tensor& values,
                              std::int32_t first, bool rotateKeys) override;
    void rotateKeys(const at::Tensor& keys, const model::RotaryTable& rotary, const at::Tensor& out) override;
    at::Tensor attend(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values) override;
    void compact(const at::Tensor& keys, const at::Tensor& values,
                 std::span<const std::int32_t> kept) override;
};

} // namespace kvprism::cuda
