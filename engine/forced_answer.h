// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/cache/kv_store.h"
#include "engine/model/decoder.h"

#include <cstdint>
#include <span>
#include <stop_token>

namespace kvprism {

// Goes through an answer that is known already, a few tokens at a time, as if the model wrote it: the
// question over the memory, then every token behind those before it. Engine thread.
class ForcedAnswer {
  public:
    struct Parts {
        const model::Weights& weights;
        cache::KvStore& store;                     // the memory, with room for question and answer
        StreamPos firstPosition;                   // of the question
        std::span<const std::int32_t> questionIds; // not empty
        std::span<const std::int32_t> answerIds;
    };
    explicit ForcedAnswer(const Parts& parts);
    ~ForcedAnswer(); // the store holds the memory alone again
    ForcedAnswer(const ForcedAnswer&) = delete;
    ForcedAnswer& operator=(const ForcedAnswer&) = delete;

    static constexpr std::int32_t rowsAtOnce = 32;

    // Answer tokens [first(), first() + rows) are predicted by the rows that next() returns, at most
    // rowsAtOnce: last hidden states [rows, hidden]. `observer` sees these rows' attention.
    bool done() const { return m_first == static_cast<std::int32_t>(m_parts.answerIds.size()); }
    std::int32_t first() const { return m_first; }
    Result<at::Tensor> next(const model::LayerObserver& observer, std::stop_token stop);
    void advance(const at::Tensor& rows) { m_first += static_cast<std::int32_t>(rows.size(0)); }

  private:
    Result<at::Tensor> forward(std::span<const std::int32_t> ids, const model::LayerObserver& observer,
                               std::stop_token stop);

    Parts m_parts;
    std::int32_t m_memory = 0; // slots
    std::int32_t m_first = 0;
};

} // namespace kvprism
