// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#if defined(__x86_64__)

#include <immintrin.h>

// For sources that are compiled for any x86-64 and choose at run time.
#define KVPRISM_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,f16c")))

namespace kvprism::model {

// Lane i of the result is the sum of the lanes of v[i], i < 16: halves are added while they are interleaved.
KVPRISM_AVX512 inline __m512 sumsOf(const __m512* v) {
    __m512 pairs[8], fours[4];
    for (int i = 0; i < 8; ++i)
        pairs[i] = _mm512_add_ps(_mm512_unpacklo_ps(v[2 * i], v[2 * i + 1]),
                                 _mm512_unpackhi_ps(v[2 * i], v[2 * i + 1]));
    for (int i = 0; i < 4; ++i) {
        const __m512d a = _mm512_castps_pd(pairs[2 * i]), b = _mm512_castps_pd(pairs[2 * i + 1]);
        fours[i] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(a, b)),
                                 _mm512_castpd_ps(_mm512_unpackhi_pd(a, b)));
    }
    const __m512 low = _mm512_add_ps(_mm512_shuffle_f32x4(fours[0], fours[1], 0x44),
                                     _mm512_shuffle_f32x4(fours[0], fours[1], 0xEE));
    const __m512 high = _mm512_add_ps(_mm512_shuffle_f32x4(fours[2], fours[3], 0x44),
                                      _mm512_shuffle_f32x4(fours[2], fours[3], 0xEE));
    return _mm512_add_ps(_mm512_shuffle_f32x4(low, high, 0x88), _mm512_shuffle_f32x4(low, high, 0xDD));
}

// Sixteen bf16 numbers as f32.
KVPRISM_AVX512 inline __m512 widened(__m256i bits) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
}

// The first `count` ≤ 16 lanes.
KVPRISM_AVX512 inline __mmask16 firstLanes(long long count) {
    return static_cast<__mmask16>((1U << count) - 1U);
}

} // namespace kvprism::model

#endif
