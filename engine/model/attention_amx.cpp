// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/attention_amx.h"

#include "engine/model/amx_tiles.h"
#include "engine/model/attention_packing.h"
#include "engine/model/torch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <sys/syscall.h>
#include <unistd.h>

namespace kvprism::model {

namespace {

constexpr std::int64_t tileRows = 32;   // query rows at a time: two tiles of 16
constexpr std::int64_t chunkKeys = 512; // keys at a time: their logits stay in the nearest caches

// What one thread works in.
template <int Dim> struct Workspace {
    alignas(64) std::uint16_t query[tileRows * Dim];
    alignas(64) float logits[tileRows * chunkKeys];
    alignas(64) std::uint16_t weights[tileRows * chunkKeys];
    alignas(64) float mixed[tileRows * Dim]; // Σ weight · value so far
    float largest[tileRows], sum[tileRows];  // of each row so far; logits times log2(e)
};

// mixed [32, Dim] += weights [32, chunkKeys] · values of `count` keys, a multiple of 32.
template <int Dim>
KVPRISM_AMX void tileMix(const std::uint16_t* weights, const std::uint16_t* values, std::int64_t count,
                         float* mixed) {
    for (int d = 0; d < Dim; d += 32) {
        float* out = mixed + d;
        _tile_loadd(0, out, Dim * 4);
        _tile_loadd(1, out + 16, Dim * 4);
        _tile_loadd(2, out + 16 * Dim, Dim * 4);
        _tile_loadd(3, out + 16 * Dim + 16, Dim * 4);
        for (std::int64_t j = 0; j < count; j += 32) {
            _tile_loadd(4, weights + j, chunkKeys * 2);
            _tile_loadd(5, weights + 16 * chunkKeys + j, chunkKeys * 2);
            _tile_loadd(6, values + j * Dim + d * 2, Dim * 4);
            _tile_loadd(7, values + j * Dim + d * 2 + 32, Dim * 4);
            _tile_dpbf16ps(0, 4, 6);
            _tile_dpbf16ps(1, 4, 7);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        _tile_stored(0, out, Dim * 4);
        _tile_stored(1, out + 16, Dim * 4);
        _tile_stored(2, out + 16 * Dim, Dim * 4);
        _tile_stored(3, out + 16 * Dim + 16, Dim * 4);
    }
}

// Weights of one row's next keys, of which the first `visible` count and the rest of `count` get 0:
// unnormalised, against the largest logit so far. What was mixed before is brought to the same scale.
template <int Dim>
KVPRISM_AVX512 void rowWeights(Workspace<Dim>& space, std::int64_t row, std::int64_t visible,
                               std::int64_t count) {
    const float* logits = space.logits + row * chunkKeys;
    std::uint16_t* weights = space.weights + row * chunkKeys;
    visible = std::clamp<std::int64_t>(visible, 0, count);
    const std::int64_t whole = visible / 16 * 16;
    const auto tail = static_cast<__mmask16>((1U << (visible - whole)) - 1U);
    const __m512 lowest = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
    const __m512 log2e = _mm512_set1_ps(1.44269504088896F);
    __m512 most = _mm512_mask_loadu_ps(lowest, tail, logits + (whole < count ? whole : 0));
    for (std::int64_t j = 0; j < whole; j += 16)
        most = _mm512_max_ps(most, _mm512_loadu_ps(logits + j));
    const float before = space.largest[row];
    const float largest = std::max(before, _mm512_reduce_max_ps(most) * 1.44269504088896F);
    if (largest > before) {
        const __m512 scale = exp2Vector(_mm512_set1_ps(before - largest));
        float* mixed = space.mixed + row * Dim;
        for (int i = 0; i < Dim; i += 16)
            _mm512_storeu_ps(mixed + i, _mm512_mul_ps(_mm512_loadu_ps(mixed + i), scale));
        space.sum[row] *= _mm512_cvtss_f32(scale);
        space.largest[row] = largest;
    }
    const __m512 top = _mm512_set1_ps(largest);
    __m512 sum = _mm512_setzero_ps();
    for (std::int64_t j = 0; j < count; j += 16) {
        const __mmask16 mask = j < whole    ? static_cast<__mmask16>(0xFFFF)
                               : j == whole ? tail
                                            : static_cast<__mmask16>(0);
        const __m512 logit = _mm512_maskz_loadu_ps(mask, logits + j);
        const __m512 weight = _mm512_maskz_mov_ps(mask, exp2Vector(_mm512_fmsub_ps(logit, log2e, top)));
        sum = _mm512_add_ps(sum, weight);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(weights + j),
                            reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(weight)));
    }
    space.sum[row] += _mm512_reduce_add_ps(sum);
}

// Of the logits, natural.
template <int Dim> float logSumExpOf(const Workspace<Dim>& space, std::int64_t row) {
    return (space.largest[row] + std::log2(space.sum[row])) * 0.693147180559945F;
}

template <int Dim>
KVPRISM_AVX512 void writeRow(const Workspace<Dim>& space, std::int64_t row, std::uint16_t* out) {
    const __m512 scale = _mm512_set1_ps(1.0F / space.sum[row]);
    for (int i = 0; i < Dim; i += 16) {
        const __m512 value = _mm512_mul_ps(_mm512_loadu_ps(space.mixed + row * Dim + i), scale);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i),
                            reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(value)));
    }
}

// Query rows [first, first + 32) of one KV head, counted as row · group + head; fewer at the end.
template <int Dim>
void attendTile(const AttentionCall& call, std::int64_t head, std::int64_t first, const std::uint16_t* keys,
                const std::uint16_t* values, Workspace<Dim>& space) {
    const std::int64_t stacked = call.rows * call.group;
    const std::int64_t rows = std::min(tileRows, stacked - first);
    std::fill(std::begin(space.query), std::end(space.query), std::uint16_t{0});
    std::copy_n(call.query + (head * stacked + first) * Dim, rows * Dim, space.query);
    std::fill(std::begin(space.mixed), std::end(space.mixed), 0.0F);
    std::fill(std::begin(space.sum), std::end(space.sum), 0.0F);
    std::fill(std::begin(space.largest), std::end(space.largest), -std::numeric_limits<float>::infinity());
    const auto visibleTo = [&](std::int64_t i) { return call.past + (first + i) / call.group + 1; };
    const std::int64_t visible = visibleTo(rows - 1);
    for (std::int64_t begin = 0; begin < visible; begin += chunkKeys) {
        const std::int64_t count = std::min(chunkKeys, roundUp(visible - begin, 32));
        tileLogits(space.query, keys + begin * Dim, Dim, count, space.logits, chunkKeys);
        for (std::int64_t i = 0; i < tileRows; ++i)
            rowWeights(space, i, visibleTo(std::min(i, rows - 1)) - begin, count);
        tileMix<Dim>(space.weights, values + begin * Dim, count, space.mixed);
    }
    for (std::int64_t i = 0; i < rows; ++i) {
        const std::int64_t row = (first + i) / call.group;
        call.logSumExp[head * stacked + first + i] = logSumExpOf(space, i);
        writeRow(space, i,
                 call.out + ((row * call.kvHeads + head) * call.group + (first + i) % call.group) * Dim);
    }
}

template <int Dim> at::Tensor attendAll(const AttentionCall& call) {
    const PackedKeysValues<Dim> packed(call, 32);
    // Later rows see more keys: tiles are dealt out in turns, so that threads get equal shares.
    const std::int64_t tiles = (call.rows * call.group + tileRows - 1) / tileRows;
    const std::int64_t threads = at::get_num_threads();
    at::parallel_for(0, threads, 1, [&](std::int64_t begin, std::int64_t end) {
        const auto space = std::make_unique<Workspace<Dim>>();
        const AmxTiles registers;
        for (std::int64_t thread = begin; thread < end; ++thread)
            for (std::int64_t head = 0; head < call.kvHeads; ++head)
                for (std::int64_t tile = (thread + head) % threads; tile < tiles; tile += threads)
                    attendTile<Dim>(call, head, tile * tileRows, packed.keys(head), packed.values(head),
                                    *space);
    });
    return packed.allKeys();
}

// Linux hands out the tile registers only to processes that ask for them (Documentation/arch/x86/xstate.rst).
bool askForTiles() {
    constexpr long requestPermission = 0x1023, tileData = 18;
    return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}

} // namespace

bool hasAmxTiles() {
    static const bool supported =
        __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") && askForTiles();
    return supported;
}

bool canAttendAmx(std::int64_t headDim) {
    return hasAmxTiles() && canAttendAvx512(headDim);
}

at::Tensor attendAmx(const AttentionCall& call, std::int64_t headDim) {
    return headDim == 64 ? attendAll<64>(call) : attendAll<128>(call);
}

} // namespace kvprism::model
