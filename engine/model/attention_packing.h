// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What both fused attention kernels (AVX-512 BF16 and AMX) are made of: packed keys and values, 2^x. Only for
// sources that are compiled for processors with AVX-512 and called where there is one.
#include "engine/model/attention_avx512.h"
#include "engine/model/torch.h"

#include <cstdint>
#include <cstring>
#include <immintrin.h>

#define KVPRISM_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

namespace kvprism::model {

inline std::int64_t roundUp(std::int64_t value, std::int64_t step) {
    return (value + step - 1) / step * step;
}

// Keys as [block of 16][head_dim/2][16 keys][2]: one vector holds a pair of dimensions of 16 keys.
inline void packKeys(const std::uint16_t* keys, std::int64_t count, std::int64_t padded, std::int64_t dim,
                     std::uint16_t* out) {
    for (std::int64_t block = 0; block < padded; block += 16)
        for (std::int64_t key = 0; key < 16; ++key) {
            std::uint16_t* target = out + block * dim + key * 2;
            if (block + key >= count) {
                for (std::int64_t d = 0; d < dim; d += 2)
                    std::memset(target + d * 16, 0, 4);
                continue;
            }
            const std::uint16_t* source = keys + (block + key) * dim;
            for (std::int64_t d = 0; d < dim; d += 2)
                std::memcpy(target + d * 16, source + d, 4);
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
    const std::uint16_t* values(std::int64_t head) const { return part(1, head); }

  private:
    std::uint16_t* part(std::int64_t which, std::int64_t head) const {
        return static_cast<std::uint16_t*>(m_bits.data_ptr()) + (which * m_bits.size(1) + head) * m_plane;
    }

    std::int64_t m_plane;
    at::Tensor m_bits; // [2, kv_heads, padded·Dim]
};

} // namespace kvprism::model
