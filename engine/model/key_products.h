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

    // query [kv_heads, rows, head_dim], keys [kv_heads, count, head_dim]: f32 or bf16, both alike. `keys` are
    // packed or converted once, here.
    KeyProducts(const at::Tensor& query, const at::Tensor& keys);

    std::int64_t stride() const { return m_stride; } // between the rows of logits, at least count
    // logits[i·stride() + j] for rows [first, first + rows), at most mostRows, and keys [0, seen); there may
    // be rubbish behind them, and there is room for mostRows rows. On any thread.
    void multiply(std::int64_t head, std::int64_t first, std::int64_t rows, std::int64_t seen,
                  float* logits) const;

  private:
    bool m_amx;
    at::Tensor m_query; // as given, or f32
    at::Tensor m_keys;  // [kv_heads, count, head_dim] f32, or packed for tiles
    std::int64_t m_stride;
};

} // namespace kvprism::model
