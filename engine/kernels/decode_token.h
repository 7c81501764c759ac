// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/launch.h"

#include <cstddef>
#include <cstdint>

// One token of an answer in one launch: all layers of a decoder of the Llama family, its head and the greedy
// choice. At batch 1 nothing but the weights' way from memory counts, so one grid that fills the device stays
// for the whole token, and in each of its thread blocks one warp does nothing but fetch: it knows what its
// block will multiply next, and is ahead of it by as much as shared memory holds, also where the others wait
// for each other between the steps of a layer. Needs a GPU of compute capability 9.0.
namespace kvprism::kernels {

// Matrices are bf16 [out, in], row after row; all memory is the device's, aligned to 16 bytes.
struct DecodeLayer {
    const float *attentionNorm = nullptr, *feedForwardNorm = nullptr; // [hidden]
    const std::uint16_t* queryKeyValue = nullptr;     // [(query_heads + 2·kv_heads)·head_dim, hidden]
    const std::uint16_t* queryKeyValueBias = nullptr; // [(query_heads + 2·kv_heads)·head_dim], or null
    const float *queryNorm = nullptr,
                *keyNorm = nullptr; // [head_dim] each or null: RMSNorm of each head before it is rotated
    const std::uint16_t* attentionOutput = nullptr;   // [hidden, query_heads·head_dim]
    const std::uint16_t* gateUp = nullptr;            // [2·feed_forward, hidden]: gate, then up
    const std::uint16_t* down = nullptr;              // [hidden, feed_forward]
    std::uint16_t *keys = nullptr, *values = nullptr; // [kv_heads, capacity, head_dim]; keys rotated
    float* valueNorms = nullptr;                      // ‖v‖₂ [kv_heads, capacity], or null
};

struct DecodeShape {
    std::int32_t layers = 0, hidden = 0, queryHeads = 0, kvHeads = 0, headDim = 0, feedForward = 0,
                 vocabulary = 0;
    std::int64_t capacity = 0; // slots of a head
    float epsilon = 0;         // of all norms
};

// What a launch begins with, and leaves for the next: several can be queued with nobody looking.
struct DecodeState {
    std::int32_t token = 0;    // whose hidden state is computed; then the one that was chosen
    std::int32_t slot = 0;     // that its key and value go to: as many are used
    std::int64_t position = 0; // that they are rotated for
    std::int64_t made = 0;     // tokens that were chosen
};

struct DecodeToken {
    DecodeShape shape;
    const DecodeLayer* layers = nullptr;      // [layers]
    const std::uint16_t* embedding = nullptr; // bf16 [vocabulary, hidden]
    const float* finalNorm = nullptr;         // [hidden]
    const std::uint16_t* head = nullptr;      // bf16 [vocabulary, hidden]; may be the embedding
    // [head_dim/2]: pair (i, i + head_dim/2) is turned by position · frequencies[i] (RoPE, arXiv 2104.09864).
    const double* frequencies = nullptr;
    DecodeState* state = nullptr;
    float* logits = nullptr;     // [vocabulary]
    std::int32_t* ids = nullptr; // [idsRoom] or null: ids[made] is set while there is room
    std::int64_t idsRoom = 0;
    void* scratch = nullptr; // decodeScratchBytes(), zeroed before the first launch; of one stream
};

// Null if the current device takes the shape, or a sentence that says why it does not.
const char* decodeRefusal(const DecodeShape& shape);

std::size_t decodeScratchBytes(const DecodeShape& shape);

// Logits behind the state's token, the most likely of them (ties: the lowest id) and the state for the next
// launch; the same bits every time. Rounded to bf16 are what the projections read and queries, keys and
// values; the residual stream and everything else is f32. Changes nothing where no slot is free.
Launched decodeToken(const DecodeToken& in, Stream stream);

} // namespace kvprism::kernels
