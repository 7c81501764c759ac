// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/launch.h"
#include "engine/kernels/number.h"

#include <cstddef>
#include <cstdint>

// What LSH knows of each held token (LASER-KV page, section 4), from the keys in the store: the GPU's twin of
// engine/score/lsh_scorer and engine/select/lsh. Sums go in the order of head_dim, so that the signatures
// have the same bits as on the CPU.
namespace kvprism::kernels {

enum class Distance { none, l2, maxSim, mahalanobis, partitionedCentroid };

struct LshTokens {
    Number type = Number::bf16;
    const void* keys = nullptr; // [kv_heads, capacity, head_dim] of the last layer, as the store holds them
    std::int64_t capacity = 0;
    std::int32_t kvHeads = 0, headDim = 0;
    std::int32_t held = 0;                    // tokens that get numbers: slots 0 … held − 1
    std::int32_t firstQuery = 0, queries = 0; // slots of the scoring rows
    const std::uint8_t* candidates = nullptr; // [held]: 1 where the token is one; the mean is theirs
    const float* projection = nullptr;        // [head_dim, tables·bits]
    std::int32_t tables = 0, bits = 0;        // up to 64 tables of up to 16 bits
    Distance distance = Distance::none;
    void* scratch = nullptr; // lshScratchBytes()
};

struct LshColumns {
    std::uint16_t* signatures = nullptr;      // [held, tables]
    std::uint16_t* querySignatures = nullptr; // [queries, tables]
    std::uint8_t* collisions = nullptr;       // [held]: tables in which any query has the same signature
    std::int32_t* matching = nullptr;         // [held]: equal bits with the query that has most of them
    float* distances = nullptr;               // [held]; not written for Distance::none or without queries
};

Launched lshColumns(const LshTokens& in, const LshColumns& out, Stream stream);
std::size_t lshScratchBytes(const LshTokens& in);

} // namespace kvprism::kernels
