// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/eval/block_forward.h"

#include "engine/model/decoder.h"

#include <span>

namespace kvprism::eval {

BlockForward::BlockForward(const Bench& bench, cache::KvStore& store)
    : m_bench(bench), m_store(store), m_kept(store.used()), m_ids(randomIds(bench, store.capacity())),
      m_positions(positionsFrom(m_kept, store.capacity())) {}

Status BlockForward::run(std::int32_t rows, Series* into) {
    const auto count = static_cast<std::size_t>(rows);
    Status status;
    const double ms = m_bench.clock.wallMs([&] {
        const auto hidden = model::forward(m_bench.weights(), m_store, std::span(m_ids).first(count),
                                           std::span(m_positions).first(count), {}, m_bench.stop);
        if (hidden)
            (void)model::isFinite(*hidden, m_bench.request.blockSize - 1);
        else
            status = hidden.error();
    });
    m_store.truncate(m_kept);
    if (into)
        into->values.push_back(ms);
    return status;
}

} // namespace kvprism::eval
