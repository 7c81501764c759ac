// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/eval/parts.h"
#include "engine/eval/stream.h"

#include <vector>

namespace kvprism::eval {

// The forward pass of a block, and of rows behind it, over what a store holds, from an idle device to an idle
// one. The store is afterwards as it was.
class BlockForward {
  public:
    BlockForward(const Bench& bench, cache::KvStore& store);

    // Milliseconds of the wall to `into`, if there is one; with the look at the block's last row that a
    // reading takes.
    Status run(std::int32_t rows, Series* into);

  private:
    const Bench& m_bench;
    cache::KvStore& m_store;
    std::int32_t m_kept;
    std::vector<std::int32_t> m_ids;
    std::vector<StreamPos> m_positions;
};

} // namespace kvprism::eval
