// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <immintrin.h>

// The tile registers of AMX, for sources that are compiled for any x86-64 and choose at run time.
#define KVPRISM_AMX __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

namespace kvprism::model {

// True where the processor has AMX BF16 tiles and the system lets this process use them.
bool hasAmxTiles();

// Eight tiles of 16 rows by 64 bytes: 0 … 3 results (two by two), 4 and 5 left sides, 6 and 7 right sides.
struct alignas(64) TileConfig {
    std::uint8_t palette = 1;
    std::uint8_t startRow = 0;
    std::uint8_t reserved[14] = {};
    std::uint16_t columnBytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// A thread's tiles, for as long as this lives.
class AmxTiles {
  public:
    // Not _tile_loadconfig: GCC 12 declares only its first 8 bytes as read, and drops the writes of the
    // others.
    KVPRISM_AMX AmxTiles() {
        const TileConfig config;
        asm volatile("ldtilecfg %0" : : "m"(config));
    }
    KVPRISM_AMX ~AmxTiles() { _tile_release(); }
    AmxTiles(const AmxTiles&) = delete;
    AmxTiles& operator=(const AmxTiles&) = delete;
};

// logits[i·stride + j] = query row i · key j in f32, for 32 rows and `count` keys, a multiple of 32; head_dim
// `dim`, a multiple of 32. Keys packed by packKeys() (attention_packing.h).
KVPRISM_AMX inline void tileLogits(const std::uint16_t* query, const std::uint16_t* keys, std::int64_t dim,
                                   std::int64_t count, float* logits, std::int64_t stride) {
    const auto bytes = static_cast<int>(dim * 2), lineBytes = static_cast<int>(stride * 4);
    for (std::int64_t block = 0; block < count; block += 32) {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        const std::uint16_t* left = keys + block * dim;
        const std::uint16_t* right = left + 16 * dim;
        for (std::int64_t d = 0; d < dim; d += 32) {
            _tile_loadd(4, query + d, bytes);
            _tile_loadd(5, query + 16 * dim + d, bytes);
            _tile_loadd(6, left + d * 16, 64);
            _tile_loadd(7, right + d * 16, 64);
            _tile_dpbf16ps(0, 4, 6);
            _tile_dpbf16ps(1, 4, 7);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        float* out = logits + block;
        _tile_stored(0, out, lineBytes);
        _tile_stored(1, out + 16, lineBytes);
        _tile_stored(2, out + 16 * stride, lineBytes);
        _tile_stored(3, out + 16 * stride + 16, lineBytes);
    }
}

} // namespace kvprism::model
