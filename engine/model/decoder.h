// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/base/types.h"
#include "engine/cache/kv_store.h"
#include "engine/model/attention.h"
#include "engine/model/torch.h"
#include "engine/model/weights.h"

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

namespace kvprism::model {

// What a layer's attention saw, shown while its K/V of all rows are in the store.
struct LayerView {
    LayerIndex layer;
    at::Tensor query;               // [kv_heads, rows, group, head_dim], rotated, multiplied by 1/√head_dim
    at::Tensor keys;                // [kv_heads, past + rows, head_dim], rotated
    at::Tensor values;              // the same
    at::Tensor cached;              // the keys as the store holds them: rotated or not
    AttentionByProducts byProducts; // of this attention
};
using LayerObserver = std::function<void(const LayerView&)>;

// Runs `ids` at `positions` behind what the store holds: writes their K/V to the next slots and extends the
// store. Where the store keeps keys un-rotated, `positions` count for nothing: rows and keys are rotated at
// their slots. Returns the last hidden states [ids, hidden], before the final norm. Stopped between operators
// (error interrupted), or without the weights' file (error io): the store then holds what it held before.
// Needs free slots in the store for all rows.
Result<at::Tensor> forward(const Weights& weights, cache::KvStore& store, std::span<const std::int32_t> ids,
                           std::span<const StreamPos> positions, const LayerObserver& observer,
                           std::stop_token stop);

// Rotates every key of the store at its slot, once and for all: for a memory that will not be compacted any
// more. Tokens behind it then stand at the positions used(), used() + 1, …
void settleRotation(const Weights& weights, cache::KvStore& store);

// Whether every value of row `row` of [rows, …] is a number: a damaged model makes infinities or NaN of
// every text. The first only asks, and does not wait for a GPU: a tensor of one bool.
at::Tensor askFinite(const at::Tensor& rows, std::int64_t row);
bool isFinite(const at::Tensor& rows, std::int64_t row);
// The error (malformed) for that. `doing`: "reads", "answers".
Error noNumbers(const Weights& weights, const std::string& doing);

// Logits of hidden states: [rows, vocabulary] f32.
at::Tensor logits(const Weights& weights, const at::Tensor& hidden);

// Negative log-likelihood of targets[i] after hidden row i, natural logarithm: [rows] f32, in pieces of
// bounded memory.
Result<at::Tensor> negativeLogLikelihood(const Weights& weights, const at::Tensor& hidden,
                                         std::span<const std::int32_t> targets, std::stop_token stop);

} // namespace kvprism::model
