// SPDX-License-Identifier: GPL-3.0-or-later
// Rows times vectors with AVX-512 and VNNI: 16-bit codes make every product and sum of a block exact in
// integers.
#include "engine/model/decode/packed_rows.h"

#if defined(__x86_64__)

#include "engine/model/decode/avx512_lanes.h"

#include <algorithm>
#include <type_traits>
#include <vector>

namespace kvprism::model {

namespace {

constexpr std::int64_t lanes = 16;

KVPRISM_AVX512 inline __m128i nibblesAt(const std::byte* place) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(place));
}

// The processor's own prefetcher stops at every page, so memory would be waited for.
constexpr std::int64_t prefetchBytes = 8192;
KVPRISM_AVX512 inline void prefetch(const std::byte* place, std::int64_t bytes) {
    for (std::int64_t at = 0; at < bytes; at += 64)
        _mm_prefetch(reinterpret_cast<const char*>(place + at), _MM_HINT_T1);
}

// The halves at row, row + stride, … of `count` blocks; and, in the upper half of each entry, what follows
// them.
KVPRISM_AVX512 inline __m512i gatherHeads(const std::byte* row, int stride, std::int64_t count) {
    const __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i places = _mm512_mullo_epi32(numbers, _mm512_set1_epi32(stride));
    return _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), firstLanes(count), places, row, 1);
}

// The same of q4_1, whose blocks are five words of 32 bits: every fifth of up to 80, without a gather.
KVPRISM_AVX512 inline __m512i headsOfQ4_1(const std::byte* row, std::int64_t count) {
    const __m512i fifths = _mm512_setr_epi32(0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75);
    constexpr __mmask16 targets[] = {0x000F, 0x0070, 0x0380, 0x1C00, 0xE000}; // whose fifth lies in that load
    __m512i heads = _mm512_setzero_si512();
    for (std::int64_t load = 0; load < 5; ++load) {
        const std::int64_t words = std::clamp<std::int64_t>(count * 5 - load * 16, 0, 16);
        const __m512i some = _mm512_maskz_loadu_epi32(firstLanes(words), row + load * 64);
        heads = _mm512_mask_permutexvar_epi32(heads, targets[load], fifths, some);
    }
    return heads;
}

KVPRISM_AVX512 inline __m512 lowHalves(__m512i words) {
    return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(words));
}

// How the blocks of a type lie and what their numbers mean: weight = scale · code + minimum.
struct Q4_0 {
    static constexpr int bytes = 18, head = 2;
    KVPRISM_AVX512 static void heads(const std::byte* row, std::int64_t count, __m512& scales,
                                     __m512& minima) {
        scales = lowHalves(gatherHeads(row, bytes, count));
        minima = _mm512_mul_ps(scales, _mm512_set1_ps(-8));
    }
};
struct Q4_1 {
    static constexpr int bytes = 20, head = 4;
    KVPRISM_AVX512 static void heads(const std::byte* row, std::int64_t count, __m512& scales,
                                     __m512& minima) {
        const __m512i both = headsOfQ4_1(row, count);
        scales = lowHalves(both);
        minima = lowHalves(_mm512_srli_epi32(both, 16));
    }
};
struct Q8_0 {
    static constexpr int bytes = 34, head = 2;
    KVPRISM_AVX512 static void heads(const std::byte* row, std::int64_t count, __m512& scales,
                                     __m512& minima) {
        scales = lowHalves(gatherHeads(row, bytes, count));
        minima = _mm512_setzero_ps();
    }
};

// Scales and minima of blocks that lie one behind another, whatever row they belong to.
template <class Type>
KVPRISM_AVX512 inline void readHeads(const std::byte* rows, std::int64_t count, float* scales,
                                     float* minima) {
    for (std::int64_t first = 0; first < count; first += lanes) {
        __m512 some, least;
        Type::heads(rows + first * Type::bytes, std::min(lanes, count - first), some, least);
        _mm512_storeu_ps(scales + first, some);
        _mm512_storeu_ps(minima + first, least);
    }
}

// Multiplies a row's scales by those of the codes, into `products` [blocks rounded up to 16, zeros behind].
// Returns Σ minimum · x over the row, in any lanes.
KVPRISM_AVX512 inline __m512 joinHeads(const float* scales, const float* minima, std::int64_t blocks,
                                       const VectorBlocks& x, float* products) {
    __m512 sum = _mm512_setzero_ps();
    for (std::int64_t block = 0; block < blocks; block += lanes) {
        const __mmask16 mask = firstLanes(std::min(lanes, blocks - block));
        _mm512_storeu_ps(products + block, _mm512_mul_ps(_mm512_maskz_loadu_ps(mask, scales + block),
                                                         _mm512_maskz_loadu_ps(mask, x.scales + block)));
        sum = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, minima + block),
                              _mm512_maskz_loadu_ps(mask, x.sums + block), sum);
    }
    return sum;
}

// + Σ over the blocks of scale · (their nibbles times their codes): two blocks at a time, lanes 0 … 7 and 8
// … 15.
template <class Type>
KVPRISM_AVX512 inline __m512 nibbleProducts(const std::byte* row, std::int64_t blocks,
                                            const std::int16_t* codes, const float* scales, __m512 sum) {
    const __m512i low = _mm512_set1_epi16(15);
    const auto add = [&](__m128i first, __m128i second) KVPRISM_AVX512 {
        const __m512i bytes =
            _mm512_cvtepu8_epi16(_mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1));
        __m512i product = _mm512_madd_epi16(_mm512_and_si512(bytes, low), _mm512_loadu_si512(codes));
        product = _mm512_dpwssd_epi32(product, _mm512_srli_epi16(bytes, 4), _mm512_loadu_si512(codes + 32));
        const __m512 scale =
            _mm512_mask_broadcastss_ps(_mm512_set1_ps(scales[0]), 0xFF00, _mm_load_ss(scales + 1));
        sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(product), scale, sum);
    };
    std::int64_t block = 0;
    for (; block + 2 <= blocks; block += 2, row += 2 * Type::bytes, codes += 64, scales += 2)
        add(nibblesAt(row + Type::head), nibblesAt(row + Type::bytes + Type::head));
    if (block < blocks)
        add(nibblesAt(row + Type::head), _mm_setzero_si128());
    return sum;
}

KVPRISM_AVX512 inline __m512 byteProducts(const std::byte* row, std::int64_t blocks,
                                          const std::int16_t* codes, const float* scales, __m512 sum) {
    for (std::int64_t block = 0; block < blocks; ++block, row += Q8_0::bytes, codes += 32) {
        const __m512i words =
            _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + Q8_0::head)));
        const __m512i product = _mm512_madd_epi16(words, _mm512_loadu_si512(codes));
        sum = _mm512_fmadd_ps(_mm512_cvtepi32_ps(product), _mm512_set1_ps(scales[block]), sum);
    }
    return sum;
}

// Sixteen rows at a time, so that their scales are read and their lanes added together.
template <class Type>
KVPRISM_AVX512 void quantisedRows(const std::byte* rows, std::int64_t count, std::int64_t blocks,
                                  const VectorBlocks& x, float* y) {
    thread_local std::vector<float> scratch;
    const std::int64_t most = std::min(lanes, count) * blocks + lanes;
    scratch.resize(static_cast<std::size_t>(2 * most + blocks + lanes));
    float *scales = scratch.data(), *minima = scales + most, *products = minima + most;
    const std::int64_t rowBytes = blocks * Type::bytes;
    for (; count > 0; count -= lanes, y += lanes) {
        const std::int64_t some = std::min(lanes, count);
        readHeads<Type>(rows, some * blocks, scales, minima);
        __m512 sums[lanes];
        for (__m512& sum : sums)
            sum = _mm512_setzero_ps();
        for (std::int64_t row = 0; row < some; ++row, rows += rowBytes) {
            prefetch(rows + prefetchBytes, rowBytes);
            const __m512 least = joinHeads(scales + row * blocks, minima + row * blocks, blocks, x, products);
            if constexpr (std::is_same_v<Type, Q8_0>)
                sums[row] = byteProducts(rows, blocks, x.codes, products, least);
            else
                sums[row] = nibbleProducts<Type>(rows, blocks, x.codes, products, least);
        }
        _mm512_mask_storeu_ps(y, firstLanes(some), sumsOf(sums));
    }
}

} // namespace

bool hasAvx512Rows() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vnni");
}

KVPRISM_AVX512 void rowsQ4_0Avx512(const std::byte* rows, std::int64_t count, std::int64_t blocks,
                                   const VectorBlocks& x, float* y) {
    quantisedRows<Q4_0>(rows, count, blocks, x, y);
}
KVPRISM_AVX512 void rowsQ4_1Avx512(const std::byte* rows, std::int64_t count, std::int64_t blocks,
                                   const VectorBlocks& x, float* y) {
    quantisedRows<Q4_1>(rows, count, blocks, x, y);
}
KVPRISM_AVX512 void rowsQ8_0Avx512(const std::byte* rows, std::int64_t count, std::int64_t blocks,
                                   const VectorBlocks& x, float* y) {
    quantisedRows<Q8_0>(rows, count, blocks, x, y);
}

KVPRISM_AVX512 void packBlocksAvx512(const float* x, std::int64_t blocks, bool forNibbles,
                                     std::int16_t* codes, float* scales, float* sums) {
    for (std::int64_t block = 0; block < blocks; ++block, x += 32) {
        const __m512 first = _mm512_loadu_ps(x), second = _mm512_loadu_ps(x + 16);
        const float largest =
            _mm512_reduce_max_ps(_mm512_max_ps(_mm512_abs_ps(first), _mm512_abs_ps(second)));
        const __m512 inverse = _mm512_set1_ps(largest > 0 ? 32767 / largest : 0);
        scales[block] = largest / 32767;
        sums[block] = _mm512_reduce_add_ps(_mm512_add_ps(first, second));
        const PackedPlaces places(block, forNibbles);
        const auto store = [&](std::int64_t place, __m512 values) KVPRISM_AVX512 {
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(codes + place),
                                _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(_mm512_mul_ps(values, inverse))));
        };
        store(places.first, first);
        store(places.second, second);
    }
}

KVPRISM_AVX512 float dotF32Avx512(const std::byte* row, std::int64_t columns, const float* x) {
    const auto* values = reinterpret_cast<const float*>(row);
    __m512 first = _mm512_setzero_ps(), second = _mm512_setzero_ps();
    for (std::int64_t i = 0; i < columns; i += 32) {
        const __mmask16 a = firstLanes(std::min<std::int64_t>(16, columns - i));
        const __mmask16 b = firstLanes(std::clamp<std::int64_t>(columns - i - 16, 0, 16));
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
        const __mmask16 a = firstLanes(std::min<std::int64_t>(16, columns - i));
        const __mmask16 b = firstLanes(std::clamp<std::int64_t>(columns - i - 16, 0, 16));
        first = _mm512_fmadd_ps(widened(_mm256_maskz_loadu_epi16(a, values + i)),
                                _mm512_maskz_loadu_ps(a, x + i), first);
        second = _mm512_fmadd_ps(widened(_mm256_maskz_loadu_epi16(b, values + i + 16)),
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
void rowsQ4_0Avx512(const std::byte*, std::int64_t, std::int64_t, const VectorBlocks&, float*) {}
void rowsQ4_1Avx512(const std::byte*, std::int64_t, std::int64_t, const VectorBlocks&, float*) {}
void rowsQ8_0Avx512(const std::byte*, std::int64_t, std::int64_t, const VectorBlocks&, float*) {}
void packBlocksAvx512(const float*, std::int64_t, bool, std::int16_t*, float*, float*) {}
float dotF32Avx512(const std::byte* row, std::int64_t columns, const float* x) {
    return dotF32Plain(row, columns, x);
}
float dotBf16Avx512(const std::byte* row, std::int64_t columns, const float* x) {
    return dotBf16Plain(row, columns, x);
}

} // namespace kvprism::model

#endif
