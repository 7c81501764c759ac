// SPDX-License-Identifier: GPL-3.0-or-later
// Rows times vectors with AVX-512 and VNNI: 16-bit codes make every product and sum of a block exact in
// integers.
#include "engine/model/decode/packed_rows.h"

#if defined(__x86_64__)

#include <algorithm>
#include <immintrin.h>

#define KVPRISM_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,f16c")))

namespace kvprism::model {

namespace {

constexpr std::int64_t group = 16; // blocks whose scales are fetched at once

KVPRISM_AVX512 inline __m128i nibblesAt(const std::byte* place) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(place));
}

// The halves at row, row + stride, … of `count` blocks; and, in the upper half of each entry, what follows
// them.
KVPRISM_AVX512 inline __m512i gatherHeads(const std::byte* row, int stride, __mmask16 mask) {
    const __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i places = _mm512_mullo_epi32(numbers, _mm512_set1_epi32(stride));
    return _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), mask, places, row, 1);
}

KVPRISM_AVX512 inline __m512 lowHalves(__m512i words) {
    return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(words));
}

KVPRISM_AVX512 inline __m512 widen(__m256i bits) { // bf16 to f32
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
}

KVPRISM_AVX512 inline __mmask16 firstOf(std::int64_t count) {
    return static_cast<__mmask16>((1U << count) - 1U);
}

// Σ over the blocks of scale · (their nibbles times their codes): two blocks at a time, lanes 0 … 7 and 8
// … 15.
template <int stride, int head>
KVPRISM_AVX512 inline __m512 nibbleProducts(const std::byte* row, std::int64_t count,
                                            const std::int16_t* codes, __m512 scales, __m512 sum) {
    const __m512i low = _mm512_set1_epi16(15);
    __m512i which = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    for (std::int64_t block = 0; block < count; block += 2, row += 2 * stride, codes += 64) {
        const bool pair = block + 1 < count;
        const __m128i second = pair ? nibblesAt(row + stride + head) : _mm_setzero_si128();
        const __m512i bytes = _mm512_cvtepu8_epi16(
            _mm256_inserti128_si256(_mm256_castsi128_si256(nibblesAt(row + head)), second, 1));
        __m512i product = _mm512_madd_epi16(_mm512_and_si512(bytes, low), _mm512_loadu_si512(codes));
        product = _mm512_dpwssd_epi32(product, _mm512_srli_epi16(bytes, 4), _mm512_loadu_si512(codes + 32));
        sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(product), _mm512_permutexvar_ps(which, scales), sum);
        which = _mm512_add_epi32(which, _mm512_set1_epi32(2));
    }
    return sum;
}

} // namespace

bool hasAvx512Rows() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vnni");
}

KVPRISM_AVX512 float dotQ4_0Avx512(const std::byte* row, std::int64_t blocks, const VectorBlocks& x) {
    __m512 sum = _mm512_setzero_ps(), offsets = _mm512_setzero_ps();
    for (std::int64_t block = 0; block < blocks; block += group) {
        const std::int64_t count = std::min(group, blocks - block);
        const __mmask16 mask = firstOf(count);
        const __m512 scales = lowHalves(gatherHeads(row, 18, mask));
        offsets = _mm512_fnmadd_ps(_mm512_mul_ps(scales, _mm512_set1_ps(8)),
                                   _mm512_maskz_loadu_ps(mask, x.sums + block), offsets);
        sum =
            nibbleProducts<18, 2>(row, count, x.codes + block * 32,
                                  _mm512_mul_ps(scales, _mm512_maskz_loadu_ps(mask, x.scales + block)), sum);
        row += count * 18;
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(sum, offsets));
}

KVPRISM_AVX512 float dotQ4_1Avx512(const std::byte* row, std::int64_t blocks, const VectorBlocks& x) {
    __m512 sum = _mm512_setzero_ps(), minima = _mm512_setzero_ps();
    for (std::int64_t block = 0; block < blocks; block += group) {
        const std::int64_t count = std::min(group, blocks - block);
        const __mmask16 mask = firstOf(count);
        const __m512i heads = gatherHeads(row, 20, mask);
        const __m512 scales = _mm512_mul_ps(lowHalves(heads), _mm512_maskz_loadu_ps(mask, x.scales + block));
        minima = _mm512_fmadd_ps(lowHalves(_mm512_srli_epi32(heads, 16)),
                                 _mm512_maskz_loadu_ps(mask, x.sums + block), minima);
        sum = nibbleProducts<20, 4>(row, count, x.codes + block * 32, scales, sum);
        row += count * 20;
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(sum, minima));
}

KVPRISM_AVX512 float dotQ8_0Avx512(const std::byte* row, std::int64_t blocks, const VectorBlocks& x) {
    __m512 sum = _mm512_setzero_ps();
    for (std::int64_t block = 0; block < blocks; block += group) {
        const std::int64_t count = std::min(group, blocks - block);
        const __mmask16 mask = firstOf(count);
        alignas(64) float scales[group];
        _mm512_store_ps(scales, _mm512_mul_ps(lowHalves(gatherHeads(row, 34, mask)),
                                              _mm512_maskz_loadu_ps(mask, x.scales + block)));
        const std::int16_t* codes = x.codes + block * 32;
        for (std::int64_t i = 0; i < count; ++i, row += 34, codes += 32) {
            const __m512i words =
                _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + 2)));
            const __m512i product = _mm512_madd_epi16(words, _mm512_loadu_si512(codes));
            sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(product), _mm512_set1_ps(scales[i]), sum);
        }
    }
    return _mm512_reduce_add_ps(sum);
}

KVPRISM_AVX512 float dotF32Avx512(const std::byte* row, std::int64_t columns, const float* x) {
    const auto* values = reinterpret_cast<const float*>(row);
    __m512 first = _mm512_setzero_ps(), second = _mm512_setzero_ps();
    for (std::int64_t i = 0; i < columns; i += 32) {
        const __mmask16 a = firstOf(std::min<std::int64_t>(16, columns - i));
        const __mmask16 b = firstOf(std::clamp<std::int64_t>(columns - i - 16, 0, 16));
        first = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(a, values + i), _mm512_maskz_loadu_ps(a, x + i), first);
        second = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(b, values + i + 16),
                                 _mm512_maskz_loadu_ps(b, x + i + 16), second);
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(first, second));
}

KVPRISM_AVX512 float dotBf16Avx512(const std::byte* row, std::int64_t columns, const float* x) {
    const auto* values = reinterpret_cast<const std::uint16_t*>(row);
    __m512 first = _mm512_setzero_ps(), second = _mm512_setzero_ps();
    for (std::int64_t i = 0; i < columns; i += 32) {
        const __mmask16 a = firstOf(std::min<std::int64_t>(16, columns - i));
        const __mmask16 b = firstOf(std::clamp<std::int64_t>(columns - i - 16, 0, 16));
        first = _mm512_fmadd_ps(widen(_mm256_maskz_loadu_epi16(a, values + i)),
                                _mm512_maskz_loadu_ps(a, x + i), first);
        second = _mm512_fmadd_ps(widen(_mm256_maskz_loadu_epi16(b, values + i + 16)),
                                 _mm512_maskz_loadu_ps(b, x + i + 16), second);
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(first, second));
}

} // namespace kvprism::model

#else

namespace kvprism::model {

bool hasAvx512Rows() {
    return false;
}
float dotQ4_0Avx512(const std::byte* row, std::int64_t blocks, const VectorBlocks& x) {
    return dotQ4_0Plain(row, blocks, x);
}
float dotQ4_1Avx512(const std::byte* row, std::int64_t blocks, const VectorBlocks& x) {
    return dotQ4_1Plain(row, blocks, x);
}
float dotQ8_0Avx512(const std::byte* row, std::int64_t blocks, const VectorBlocks& x) {
    return dotQ8_0Plain(row, blocks, x);
}
float dotF32Avx512(const std::byte* row, std::int64_t columns, const float* x) {
    return dotF32Plain(row, columns, x);
}
float dotBf16Avx512(const std::byte* row, std::int64_t columns, const float* x) {
    return dotBf16Plain(row, columns, x);
}

} // namespace kvprism::model

#endif
