// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/decode/decode_attention_avx512.h"

#if defined(__x86_64__)

#include "engine/model/decode/avx512_lanes.h"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace kvprism::model {

namespace {

constexpr std::int64_t lanes = 16;

KVPRISM_AVX512 inline __m512 loaded(const std::uint16_t* bits) {
    return widened(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(bits)));
}

// The processor's own prefetcher stops at every page.
KVPRISM_AVX512 inline void prefetch(const std::uint16_t* place, std::int64_t count) {
    for (std::int64_t at = 0; at < count; at += 32)
        _mm_prefetch(reinterpret_cast<const char*>(place + at), _MM_HINT_T1);
}

// exp(x) for x ≤ 0, as engine/base/exponential.h computes it.
KVPRISM_AVX512 inline __m512 expOf(__m512 x) {
    const __m512 scaled = _mm512_mul_ps(_mm512_max_ps(x, _mm512_set1_ps(-87)), _mm512_set1_ps(1.44269504F));
    const __m512 whole = _mm512_roundscale_ps(scaled, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 t = _mm512_mul_ps(_mm512_sub_ps(scaled, whole), _mm512_set1_ps(0.69314718F));
    __m512 sum = _mm512_set1_ps(1.0F / 5040);
    for (const float coefficient : {1.0F / 720, 1.0F / 120, 1.0F / 24, 1.0F / 6, 0.5F, 1.0F, 1.0F})
        sum = _mm512_fmadd_ps(sum, t, _mm512_set1_ps(coefficient));
    return _mm512_mask_scalef_ps(_mm512_setzero_ps(), _mm512_cmp_ps_mask(x, _mm512_set1_ps(-87), _CMP_GE_OQ),
                                 sum, whole);
}

// Logits of sixteen keys, one a lane, for some heads: logits[head · stride + lane]. Keys behind `count` count
// as the last one.
template <int heads>
KVPRISM_AVX512 void logitsOf(const float* query, const std::uint16_t* keys, std::int64_t count,
                             std::int64_t dim, float* logits, std::int64_t stride) {
    __m512 sums[heads][lanes];
    for (std::int64_t j = 0; j < lanes; ++j) {
        const std::uint16_t* key = keys + std::min(j, count - 1) * dim;
        __m512 sum[heads];
        for (__m512& head : sum)
            head = _mm512_setzero_ps();
        for (std::int64_t d = 0; d < dim; d += lanes) {
            const __m512 some = loaded(key + d);
            for (int head = 0; head < heads; ++head)
                sum[head] = _mm512_fmadd_ps(_mm512_loadu_ps(query + head * dim + d), some, sum[head]);
        }
        for (int head = 0; head < heads; ++head)
            sums[head][j] = sum[head];
    }
    for (int head = 0; head < heads; ++head)
        _mm512_storeu_ps(logits + head * stride, sumsOf(sums[head]));
}

// out[g, d0 … d0+16·tiles) = Σ_j weights[g, j]·values[j], for up to four heads at once.
template <int heads, int tiles>
KVPRISM_AVX512 inline void mix(const float* weights, std::int64_t stride, const std::uint16_t* values,
                               std::int64_t count, std::int64_t dim, float* out) {
    __m512 sums[heads][tiles];
    for (auto& row : sums)
        for (__m512& sum : row)
            sum = _mm512_setzero_ps();
    for (std::int64_t j = 0; j < count; ++j)
        for (int tile = 0; tile < tiles; ++tile) {
            const __m512 value = loaded(values + j * dim + tile * lanes);
            for (int head = 0; head < heads; ++head)
                sums[head][tile] =
                    _mm512_fmadd_ps(_mm512_set1_ps(weights[head * stride + j]), value, sums[head][tile]);
        }
    for (int head = 0; head < heads; ++head)
        for (int tile = 0; tile < tiles; ++tile)
            _mm512_storeu_ps(out + head * dim + tile * lanes, sums[head][tile]);
}

// Calls work(first head, how many of them as a constant) for all heads, four at a time.
template <class Work> KVPRISM_AVX512 inline void forHeads(std::int64_t group, const Work& work) {
    std::int64_t head = 0;
    for (; head + 4 <= group; head += 4)
        work(head, std::integral_constant<int, 4>());
    switch (group - head) {
    case 3:
        return work(head, std::integral_constant<int, 3>());
    case 2:
        return work(head, std::integral_constant<int, 2>());
    case 1:
        return work(head, std::integral_constant<int, 1>());
    default:
        return;
    }
}

} // namespace

bool canAttendPartAvx512(std::int64_t headDim) {
    return headDim % lanes == 0 && headDim > 0 && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni");
}

KVPRISM_AVX512 void attendPartAvx512(const float* query, std::int64_t group, const std::uint16_t* keys,
                                     const std::uint16_t* values, std::int64_t count, std::int64_t headDim,
                                     float* logits, float* largest, float* sum, float* out) {
    const std::int64_t stride = (count + lanes - 1) / lanes * lanes;
    forHeads(group, [&](std::int64_t head, auto heads) KVPRISM_AVX512 {
        for (std::int64_t j = 0; j < count; j += lanes) {
            prefetch(keys + (j + 2 * lanes) * headDim, lanes * headDim);
            prefetch(values + j * headDim, lanes * headDim);
            logitsOf<heads>(query + head * headDim, keys + j * headDim, count - j, headDim,
                            logits + head * stride + j, stride);
        }
    });
    for (std::int64_t g = 0; g < group; ++g) {
        float* line = logits + g * stride;
        __m512 most = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
        for (std::int64_t j = 0; j < count; j += lanes) // lanes behind `count` repeat the last key
            most = _mm512_max_ps(most, _mm512_loadu_ps(line + j));
        const float top = _mm512_reduce_max_ps(most);
        __m512 all = _mm512_setzero_ps();
        for (std::int64_t j = 0; j < count; j += lanes) {
            const auto real = static_cast<__mmask16>((1U << std::min(lanes, count - j)) - 1U);
            const __m512 weight = expOf(_mm512_sub_ps(_mm512_loadu_ps(line + j), _mm512_set1_ps(top)));
            _mm512_storeu_ps(line + j, weight);
            all = _mm512_mask_add_ps(all, real, all, weight);
        }
        largest[g] = top;
        sum[g] = _mm512_reduce_add_ps(all);
    }
    forHeads(group, [&](std::int64_t head, auto heads) KVPRISM_AVX512 {
        std::int64_t d = 0;
        for (; d + 4 * lanes <= headDim; d += 4 * lanes)
            mix<heads, 4>(logits + head * stride, stride, values + d, count, headDim,
                          out + head * headDim + d);
        for (; d < headDim; d += lanes)
            mix<heads, 1>(logits + head * stride, stride, values + d, count, headDim,
                          out + head * headDim + d);
    });
}

} // namespace kvprism::model

#else

namespace kvprism::model {

bool canAttendPartAvx512(std::int64_t) {
    return false;
}
void attendPartAvx512(const float*, std::int64_t, const std::uint16_t*, const std::uint16_t*, std::int64_t,
                      std::int64_t, float*, float*, float*, float*) {}

} // namespace kvprism::model

#endif
