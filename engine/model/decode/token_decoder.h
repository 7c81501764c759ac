// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/base/types.h"
#include "engine/cache/kv_store.h"
#include "engine/model/decode/crew.h"
#include "engine/model/decode/decode_attention.h"
#include "engine/model/decode/packed_layer.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace kvprism::model {

// One token at a time through the whole model, for answers: model::forward() of one row (which stays its test
// oracle), but with the weights as the file packs them, f32 activations, and one gathering of threads a token
// instead of one an operator. Engine thread; its crew lives as long as it does.
class TokenDecoder {
  public:
    TokenDecoder(const Weights& weights, int threads);

    // Runs `id` at `position` behind what the store holds, which needs a free slot and keys that are rotated
    // as stored. Returns the logits [vocabulary], which the next call overwrites. A stop is seen between
    // layers (error interrupted: the store then holds what it held before).
    Result<std::span<const float>> next(cache::KvStore& store, std::int32_t id, StreamPos position,
                                        std::stop_token stop);

  private:
    struct Step; // what the threads of one call share
    void work(Step& step, int rank);
    bool runLayer(Step& step, std::int32_t index, int rank);
    void attend(const Step& step, std::int32_t index, int rank);
    void normed(const at::Tensor& weight, std::vector<float>& out) const; // of the hidden state

    const Weights& m_weights;
    PackedWeights m_packed;
    Crew m_crew;
    std::vector<float> m_hidden;        // [hidden]
    std::vector<float> m_queryKeyValue; // [(query_heads + 2·kv_heads)·head_dim]
    std::vector<AttentionPart> m_parts; // [kv_heads, chunks]
    std::vector<float> m_gate, m_up;    // [feed_forward]; gate: their product in the end
    std::vector<float> m_logits;        // [vocabulary]
};

} // namespace kvprism::model
