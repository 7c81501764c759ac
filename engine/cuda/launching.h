// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/launch.h"
#include "engine/kernels/number.h"
#include "engine/model/torch.h"

#include <c10/cuda/CUDAStream.h>

#include <cuda_runtime_api.h>

// From tensors to the kernels' plain parameters.
namespace kvprism::cuda {

inline kernels::Number numberOf(const at::Tensor& tensor) {
    TORCH_CHECK(tensor.scalar_type() == at::kBFloat16 || tensor.scalar_type() == at::kFloat,
                "f32 or bf16 is wanted");
    return tensor.scalar_type() == at::kBFloat16 ? kernels::Number::bf16 : kernels::Number::f32;
}

inline kernels::Stream stream() {
    return c10::cuda::getCurrentCUDAStream().stream();
}

inline void check(const kernels::Launched& launched) {
    TORCH_CHECK(!launched.what, launched.what);
    TORCH_CHECK(launched.code == 0,
                "CUDA error: ", cudaGetErrorString(static_cast<cudaError_t>(launched.code)));
}

inline std::int32_t small(std::int64_t count) {
    return static_cast<std::int32_t>(count);
}

inline at::Tensor scratchFor(std::size_t bytes, const at::Tensor& beside) {
    return at::empty({static_cast<std::int64_t>(bytes)}, beside.options().dtype(at::kByte));
}

// Slots of a head's plane that the store has room for, of a view [heads, slots, dim].
inline std::int64_t capacityOf(const at::Tensor& view) {
    return view.stride(0) / view.size(2);
}

} // namespace kvprism::cuda
