// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/tensor_map.h"

#include <cuda_runtime.h>

namespace kvprism::kernels {

namespace {

using Encode = decltype(&cuTensorMapEncodeTiled);

// The driver's function, without linking to the driver.
Encode encoder() {
    static const Encode encode = [] {
        void* entry = nullptr;
        cudaDriverEntryPointQueryResult found{};
        if (cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, 12000, cudaEnableDefault,
                                             &found) != cudaSuccess ||
            found != cudaDriverEntryPointSuccess)
            entry = nullptr;
        return reinterpret_cast<Encode>(entry);
    }();
    return encode;
}

} // namespace

Launched encodeSwizzled(CUtensorMap* map, const void* data, const TensorMapShape& shape) {
    if (!encoder())
        return {0, "The driver is too old for this kernel: it needs CUDA 12 or newer."};
    const cuuint64_t strides[2] = {shape.sizes[0] * 2, shape.sizes[0] * shape.sizes[1] * 2};
    const cuuint32_t steps[3] = {1, 1, 1};
    const CUresult result =
        encoder()(map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 3, const_cast<void*>(data), shape.sizes, strides,
                  shape.box, steps, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                  CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    return result == CUDA_SUCCESS ? Launched{}
                                  : Launched{int(result), "The driver refused a tensor's shape."};
}

} // namespace kvprism::kernels
