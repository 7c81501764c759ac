// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What both fused attention kernels (AVX-512 BF16 and AMX) are made of: packed keys and values, 2^x. Only for
// sources that are compiled for processors with AVX-512 and called where there is one.
#include "engine/model/attention_avx512.h"
#include "engine/model/torch.h"

#include <cstdint>
#include <immintrin.h>

#define KVPRISM_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

namespace kvprism::model {

inline std::int64_t roundUp(std::int64_t value, std::int64_t step) {
    return (value + step - 1) / step * step;
}

// Turns rows into columns: afterwards lane i of r[j] is what lane j of r[i] was.
KVPRISM_AVX512 inline void transpose(__m512i* r) {
    __m512i pairs[16], fours[16];
    for (int i = 0; i < 16; i += 2) {
        pairs[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        pairs[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) { // part L of fours[i + c]: column 4·L + c of rows i … i + 3
        fours[i] = _mm512_unpacklo_epi64(pairs[i], pairs[i + 2]);
        fours[i + 1] = _mm512_unpackhi_epi64(pairs[i], pairs[i + 2]);
        fours[i + 2] = _mm512_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
        fours[i + 3] = _mm512_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
    }
    for (int c = 0; c < 4; ++c) {
        const __m512i even = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0x88);
        const __m512i odd = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0xDD);
        const __m512i evenBelow = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0x88);
        const __m512i oddBelow = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0xDD);
        r[c] = _mm512_shuffle_i32x4(even, evenBelow, 0x88);
        r[4 + c] = _mm512_shuffle_i32x4(odd, oddBelow, 0x88);
        r[8 + c] = _mm512_shuffle_i32x4(even, evenBelow, 0xDD);
        r[12 + c] = _mm512_shuffle_i32x4(odd, oddBelow, 0xDD);
    }
}

// Keys as [block of 16][head_dim/2][16 keys][2]: one vector holds a pair of dimensions of 16 keys. `dim` is a
// multiple of 32, `padded` of 16; zeros behind the last key.
KVPRISM_AVX512 inline void packKeys(const std::uint16_t* keys, std::int64_t count, std::int64_t padded,
                                    std::int64_t dim, std::uint16_t* out) {
    for (std::int64_t block = 0; block < padded; block += 16)
        for (std::int64_t d = 0; d < dim; d += 32) {
            __m512i rows[16];
            for (std::int64_t key = 0; key < 16; ++key)
                rows[key] = block + key < count ? _mm512_loadu_si512(keys + (block + key) * dim + d)
                                                : _mm512_setzero_si512();
            transpose(rows);
            for (std::int64_t pair = 0; pair < 16; ++pair)
                _mm512_storeu_si512(out + block * dim + (d / 2 + pair) * 32, rows[pair]);
        }
}

// Values as [key pair][head_dim][2]: one vector holds 16 dimensions of two neighbouring keys.
KVPRISM_AVX512 inline void packValues(const std::uint16_t* values, std::int64_t count, std::int64_t padded,
                                      std::int64_t dim, std::uint16_t* out) {
    for (std::int64_t key = 0; key < padded; key += 2)
        for (std::int64_t d = 0; d < dim; d += 16) {
            const __m256i none = _mm256_setzero_si256();
            const auto load = [&](std::int64_t row) KVPRISM_AVX512 {
                return row < count
                           ? _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values + row * dim + d))
                           : none;
            };
            const __m512i low = _mm512_cvtepu16_epi32(load(key));
            const __m512i high = _mm512_slli_epi32(_mm512_cvtepu16_epi32(load(key + 1)), 16);
            _mm512_storeu_si512(out + (key * dim + d * 2), _mm512_or_si512(low, high));
        }
}

// 2^x for x ≤ 0 by a degree-6 polynomial on [−½, ½] (Taylor of e^(f·ln 2), then scaled): 0 far below.
KVPRISM_AVX512 inline __m512 exp2Vector(__m512 x) {
    x = _mm512_max_ps(x, _mm512_set1_ps(-200.0F));
    const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 f = _mm512_mul_ps(_mm512_sub_ps(x, whole), _mm512_set1_ps(0.693147180559945F));
    __m512 sum = _mm512_set1_ps(1.0F / 720);
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(1.0F / 120));
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(1.0F / 24));
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(1.0F / 6));
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(0.5F));
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(1.0F));
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(1.0F));
    return _mm512_scalef_ps(sum, whole);
}

// All keys and values of one call, packed for products: `keys(head)` and `values(head)` hold `padded` rows,
// zeros behind the last.
template <int Dim> class PackedKeysValues {
  public:
    PackedKeysValues(const AttentionCall& call, std::int64_t step)
        : m_plane(roundUp(call.past + call.rows, step) * Dim),
          m_bits(at::empty({2, call.kvHeads, m_plane}, at::kShort)) {
        const std::int64_t count = call.past + call.rows;
        const std::int64_t padded = m_plane / Dim;
        at::parallel_for(0, 2 * call.kvHeads, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t head = i / 2;
                if (i % 2 == 0)
                    packKeys(call.keys + head * call.plane, count, padded, Dim, part(0, head));
                else
                    packValues(call.values + head * call.plane, count, padded, Dim, part(1, head));
            }
        });
    }

    const std::uint16_t* keys(std::int64_t head) const { return part(0, head); }
    at::Tensor allKeys() const { return m_bits.select(0, 0); } // [kv_heads, padded·Dim]
    const std::uint16_t* values(std::int64_t head) const { return part(1, head); }

  private:
    std::uint16_t* part(std::int64_t which, std::int64_t head) const {
        return static_cast<std::uint16_t*>(m_bits.data_ptr()) + (which * m_bits.size(1) + head) * m_plane;
    }

    std::int64_t m_plane;
    at::Tensor m_bits; // [2, kv_heads, padded·Dim]
};

} // namespace kvprism::model
