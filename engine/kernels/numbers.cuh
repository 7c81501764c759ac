// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cuda_bf16.h>

// Numbers eight at a time, in f32 once they are read.
namespace kvprism::kernels {

struct Eight {
    float value[8];
};

__device__ inline Eight loadEight(const float* from) {
    const float4 a = *reinterpret_cast<const float4*>(from), b = *reinterpret_cast<const float4*>(from + 4);
    return {{a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w}};
}
__device__ inline Eight loadEight(const __nv_bfloat16* from) {
    const uint4 bits = *reinterpret_cast<const uint4*>(from);
    const std::uint32_t word[4] = {bits.x, bits.y, bits.z, bits.w};
    Eight eight;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        eight.value[2 * i] = __uint_as_float(word[i] << 16);
        eight.value[2 * i + 1] = __uint_as_float(word[i] & 0xFFFF0000u);
    }
    return eight;
}
__device__ inline void store(float* to, const Eight& eight) {
    *reinterpret_cast<float4*>(to) =
        make_float4(eight.value[0], eight.value[1], eight.value[2], eight.value[3]);
    *reinterpret_cast<float4*>(to + 4) =
        make_float4(eight.value[4], eight.value[5], eight.value[6], eight.value[7]);
}
__device__ inline void store(__nv_bfloat16* to, const Eight& eight) {
    __nv_bfloat162 pair[4];
#pragma unroll
    for (int i = 0; i < 4; ++i)
        pair[i] = __floats2bfloat162_rn(eight.value[2 * i], eight.value[2 * i + 1]);
    *reinterpret_cast<uint4*>(to) = *reinterpret_cast<const uint4*>(pair);
}

__device__ inline float exp2Fast(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

// As the type will hold it.
__device__ inline float rounded(float value, const float*) {
    return value;
}
__device__ inline float rounded(float value, const __nv_bfloat16*) {
    return __bfloat162float(__float2bfloat16_rn(value));
}

} // namespace kvprism::kernels
