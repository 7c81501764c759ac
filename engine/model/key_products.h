// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/torch.h"

#include <cstdint>

namespace kvprism::model {

// Logits of some query rows over the keys of one layer, a few rows at a time: what scoring needs, which never
// forms the whole matrix. f32 sums of the stored q and k; bf16 on AMX tiles where the processor has them.
class KeyProducts {
  public:
    static constexpr std::int64_t mostRows = 32;

    // query [kv_heads, rows, head_dim], rows close together; keys [kv_heads, count, head_dim]: f32 or bf16,
    // both alike. `keys` are packed or converted once, here, unless `packedKeys` is what attention left of
    // them.
    KeyProducts(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& packedKeys = {});

    // Keys are taken in pieces that begin at multiples of this, and logits need room for whole ones.
    static constexpr std::int64_t keyStep = 32;

    // rows [first, first + count), at most mostRows, by keys [begin, end).
    struct Piece {
        std::int64_t head, first, count, begin, end;
    };
    // logits[i·stride + j] of row first + i and key begin + j, for a `stride` of at least the piece's keys,
    // rounded up to keyStep; there may be rubbish behind them, and there is room for mostRows rows. On any
    // thread.
    void multiply(const Piece& piece, float* logits, std::int64_t stride) const;

  private:
    bool m_amx;
    at::Tensor m_query; // as given, or f32
    at::Tensor m_keys;  // [kv_heads, count, head_dim] f32, or packed for tiles
};

} // namespace kvprism::model
