// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/attention_avx512.h"

#include "engine/model/attention_packing.h"
#include "engine/model/torch.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

namespace kvprism::model {

namespace {

constexpr std::int64_t keyBlock = 64; // keys a tile: four vectors of 16

KVPRISM_AVX512 inline __m512bh pairs(const void* memory) {
    return reinterpret_cast<__m512bh>(_mm512_loadu_si512(memory));
}

KVPRISM_AVX512 inline __m512bh broadcastPair(const std::uint16_t* memory) {
    std::int32_t bits = 0;
    std::memcpy(&bits, memory, 4);
    return reinterpret_cast<__m512bh>(_mm512_set1_epi32(bits));
}

// logits[row][key] for `Rows` query rows over keys [0, padded): [Rows, padded] f32.
template <int Dim, int Rows>
KVPRISM_AVX512 void tileLogits(const std::uint16_t* const (&query)[Rows], const std::uint16_t* keys,
                               std::int64_t padded, float* logits) {
    for (std::int64_t block = 0; block < padded; block += keyBlock) {
        __m512 sums[Rows][4];
        for (auto& row : sums)
            for (auto& sum : row)
                sum = _mm512_setzero_ps();
        const std::uint16_t* base = keys + block * Dim;
        for (int d = 0; d < Dim; d += 2) {
            __m512bh part[4];
            for (int i = 0; i < 4; ++i)
                part[i] = pairs(base + i * 16 * Dim + d * 16);
            for (int row = 0; row < Rows; ++row) {
                const __m512bh q = broadcastPair(query[row] + d);
                for (int i = 0; i < 4; ++i)
                    sums[row][i] = _mm512_dpbf16_ps(sums[row][i], q, part[i]);
            }
        }
        for (int row = 0; row < Rows; ++row)
            for (int i = 0; i < 4; ++i)
                _mm512_storeu_ps(logits + row * padded + block + i * 16, sums[row][i]);
    }
}

// Softmax weights of the first `visible` logits, unnormalised and rounded to bf16; zeros up to `padded`.
// Returns 1/sum.
KVPRISM_AVX512 float rowWeights(const float* logits, std::int64_t visible, std::int64_t padded,
                                std::uint16_t* weights) {
    const std::int64_t whole = visible / 16 * 16;
    const auto tail = static_cast<__mmask16>((1U << (visible - whole)) - 1U);
    const __m512 lowest = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
    __m512 largest = _mm512_mask_loadu_ps(lowest, tail, logits + whole);
    for (std::int64_t j = 0; j < whole; j += 16)
        largest = _mm512_max_ps(largest, _mm512_loadu_ps(logits + j));
    const __m512 top = _mm512_set1_ps(_mm512_reduce_max_ps(largest));
    const __m512 log2e = _mm512_set1_ps(1.44269504088896F);
    __m512 sum = _mm512_setzero_ps();
    for (std::int64_t j = 0; j < padded; j += 16) {
        const __mmask16 mask = j < whole    ? static_cast<__mmask16>(0xFFFF)
                               : j == whole ? tail
                                            : static_cast<__mmask16>(0);
        const __m512 logit = _mm512_mask_loadu_ps(lowest, mask, logits + j);
        const __m512 weight =
            _mm512_maskz_mov_ps(mask, exp2Vector(_mm512_mul_ps(_mm512_sub_ps(logit, top), log2e)));
        sum = _mm512_add_ps(sum, weight);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(weights + j),
                            reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(weight)));
    }
    return 1.0F / _mm512_reduce_add_ps(sum);
}

// out[row] = scale[row] · Σ_j weights[row][j] · values[j].
template <int Dim, int Rows>
KVPRISM_AVX512 void tileMix(const std::uint16_t* weights, const std::uint16_t* values, std::int64_t padded,
                            const float (&scale)[Rows], std::uint16_t* const (&out)[Rows]) {
    constexpr int vectors = Dim / 16;
    __m512 sums[Rows][vectors];
    for (auto& row : sums)
        for (auto& sum : row)
            sum = _mm512_setzero_ps();
    for (std::int64_t j = 0; j < padded; j += 2) {
        __m512bh part[vectors];
        for (int i = 0; i < vectors; ++i)
            part[i] = pairs(values + j * Dim + i * 32);
        for (int row = 0; row < Rows; ++row) {
            const __m512bh weight = broadcastPair(weights + row * padded + j);
            for (int i = 0; i < vectors; ++i)
                sums[row][i] = _mm512_dpbf16_ps(sums[row][i], weight, part[i]);
        }
    }
    for (int row = 0; row < Rows; ++row)
        for (int i = 0; i < vectors; ++i) {
            const __m512 scaled = _mm512_mul_ps(sums[row][i], _mm512_set1_ps(scale[row]));
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(out[row] + i * 16),
                                reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(scaled)));
        }
}

// Query rows [first, first + Rows) of one KV head, counted as row · group + head; rows past the end repeat
// the last.
template <int Dim, int Rows>
void attendTile(const AttentionCall& call, std::int64_t head, std::int64_t first, const std::uint16_t* keys,
                const std::uint16_t* values, std::vector<float>& logits,
                std::vector<std::uint16_t>& weights) {
    const std::int64_t stacked = call.rows * call.group;
    const std::uint16_t* query[Rows];
    std::uint16_t* out[Rows];
    std::int64_t visible[Rows];
    float scale[Rows];
    for (int i = 0; i < Rows; ++i) {
        const std::int64_t index = std::min(first + i, stacked - 1);
        const std::int64_t row = index / call.group;
        query[i] = call.query + (head * stacked + index) * Dim;
        out[i] = call.out + ((row * call.kvHeads + head) * call.group + index % call.group) * Dim;
        visible[i] = call.past + row + 1;
    }
    const std::int64_t padded = roundUp(visible[Rows - 1], keyBlock);
    logits.resize(static_cast<std::size_t>(padded * Rows));
    weights.resize(static_cast<std::size_t>(padded * Rows));
    tileLogits<Dim, Rows>(query, keys, padded, logits.data());
    for (int i = 0; i < Rows; ++i)
        scale[i] = rowWeights(logits.data() + i * padded, visible[i], padded, weights.data() + i * padded);
    tileMix<Dim, Rows>(weights.data(), values, padded, scale, out);
}

template <int Dim, int Rows> void attendAll(const AttentionCall& call) {
    const PackedKeysValues<Dim> packed(call, keyBlock);
    // Later rows see more keys: tiles are dealt out in turns, so that threads get equal shares.
    const std::int64_t tiles = (call.rows * call.group + Rows - 1) / Rows;
    const std::int64_t threads = at::get_num_threads();
    at::parallel_for(0, threads, 1, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> logits;
        std::vector<std::uint16_t> weights;
        for (std::int64_t thread = begin; thread < end; ++thread)
            for (std::int64_t head = 0; head < call.kvHeads; ++head)
                for (std::int64_t tile = (thread + head) % threads; tile < tiles; tile += threads)
                    attendTile<Dim, Rows>(call, head, tile * Rows, packed.keys(head), packed.values(head),
                                          logits, weights);
    });
}

// One query row straight over the keys as the store holds them: packing would cost more than it saves.
template <int Dim>
KVPRISM_AVX512 void attendRow(const std::uint16_t* query, const std::uint16_t* keys,
                              const std::uint16_t* values, std::int64_t visible, float* logits,
                              std::uint16_t* weights, std::uint16_t* out) {
    __m512bh q[Dim / 32];
    for (int i = 0; i < Dim / 32; ++i)
        q[i] = pairs(query + i * 32);
    for (std::int64_t j = 0; j < visible; ++j) {
        __m512 sum = _mm512_setzero_ps();
        for (int i = 0; i < Dim / 32; ++i)
            sum = _mm512_dpbf16_ps(sum, q[i], pairs(keys + j * Dim + i * 32));
        logits[j] = _mm512_reduce_add_ps(sum);
    }
    const float scale = rowWeights(logits, visible, roundUp(visible, keyBlock), weights);
    __m512 sums[Dim / 16];
    for (auto& sum : sums)
        sum = _mm512_setzero_ps();
    for (std::int64_t j = 0; j < visible; ++j) {
        const __m512 weight =
            _mm512_castsi512_ps(_mm512_set1_epi32(static_cast<std::int32_t>(weights[j]) << 16));
        for (int i = 0; i < Dim / 16; ++i) {
            const __m256i bits =
                _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values + j * Dim + i * 16));
            const __m512 value = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
            sums[i] = _mm512_fmadd_ps(weight, value, sums[i]);
        }
    }
    for (int i = 0; i < Dim / 16; ++i)
        _mm256_storeu_si256(
            reinterpret_cast<__m256i*>(out + i * 16),
            reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(_mm512_mul_ps(sums[i], _mm512_set1_ps(scale)))));
}

template <int Dim> void attendFewRows(const AttentionCall& call) {
    const std::int64_t stacked = call.rows * call.group;
    at::parallel_for(0, call.kvHeads * stacked, 1, [&](std::int64_t begin, std::int64_t end) {
        const auto padded = static_cast<std::size_t>(roundUp(call.past + call.rows, keyBlock));
        std::vector<float> logits(padded);
        std::vector<std::uint16_t> weights(padded);
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t head = i / stacked;
            const std::int64_t index = i % stacked;
            const std::int64_t row = index / call.group;
            std::uint16_t* out =
                call.out + ((row * call.kvHeads + head) * call.group + index % call.group) * Dim;
            attendRow<Dim>(call.query + i * Dim, call.keys + head * call.plane,
                           call.values + head * call.plane, call.past + row + 1, logits.data(),
                           weights.data(), out);
        }
    });
}

// Below this, packing the keys costs more than it saves.
constexpr std::int64_t fewestPackedRows = 16;

} // namespace

bool canAttendAvx512(std::int64_t headDim) {
    static const bool supported = __builtin_cpu_supports("avx512bf16") &&
                                  __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                                  __builtin_cpu_supports("avx512dq");
    return supported && (headDim == 64 || headDim == 128);
}

void attendAvx512(const AttentionCall& call, std::int64_t headDim) {
    const bool few = call.rows < fewestPackedRows;
    if (headDim == 64)
        few ? attendFewRows<64>(call) : attendAll<64, 6>(call);
    else
        few ? attendFewRows<128>(call) : attendAll<128, 3>(call);
}

} // namespace kvprism::model
