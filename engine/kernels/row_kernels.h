// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/launch.h"
#include "engine/kernels/number.h"

#include <cstdint>

// What a decoder layer does between its matrix products, row by row: the GPU's twins of
// engine/model/row_ops.h. All memory is the device's, contiguous where nothing else is said, and aligned to
// 16 bytes; sums are f32.
namespace kvprism::kernels {

// residual += delta (null: nothing), then normed = residual / √(mean(residual²) + ε) · weight (RMSNorm, arXiv
// 1910.07467).
struct AddNorm {
    Number type = Number::bf16;
    void* residual = nullptr;      // [rows, width]
    const void* delta = nullptr;   // [rows, width]
    const float* weight = nullptr; // [width]
    void* normed = nullptr;        // [rows, width]
    std::int32_t rows = 0, width = 0;
    float epsilon = 0;
};
Launched addNorm(const AddNorm& in, Stream stream);

// out = silu(gate) · up (SwiGLU, arXiv 2002.05202).
struct GatedProduct {
    Number type = Number::bf16;
    const void* gateUp = nullptr; // [rows, 2·width]: gate before up
    void* out = nullptr;          // [rows, width]
    std::int32_t rows = 0, width = 0;
};
Launched gatedProduct(const GatedProduct& in, Stream stream);

// Splits the fused projection: queries rotated, keys and values written to slots first … first + rows − 1 of
// the store.
struct RotateAndStore {
    Number type = Number::bf16;
    const void* projected = nullptr;                // [rows, (query_heads + 2·kv_heads)·head_dim]
    const float *cosine = nullptr, *sine = nullptr; // [rows, head_dim/2], half-split (RoPE, arXiv 2104.09864)
    const float *queryNorm = nullptr,
                *keyNorm = nullptr;          // [head_dim] each or null: RMSNorm of each head before
    void* query = nullptr;                   // [rows, query_heads, head_dim]
    void *keys = nullptr, *values = nullptr; // [kv_heads, capacity, head_dim]
    float* valueNorms = nullptr;             // ‖v‖₂ [kv_heads, capacity], or null
    std::int64_t capacity = 0;
    std::int32_t rows = 0, first = 0, queryHeads = 0, kvHeads = 0, headDim = 0;
    float epsilon = 0;      // of the norms
    float queryScale = 1;   // that queries are multiplied by before they are rounded
    bool rotateKeys = true; // else they are stored as they are
};
Launched rotateAndStore(const RotateAndStore& in, Stream stream);

// Keys of the store, un-rotated, to `out`, rotated by their slots: row j of the tables for slot j.
struct RotateKeys {
    Number type = Number::bf16;
    const void* keys = nullptr;                     // [kv_heads, capacity, head_dim]
    void* out = nullptr;                            // [kv_heads, outCapacity, head_dim]; may be the same
    const float *cosine = nullptr, *sine = nullptr; // [count, head_dim/2]
    std::int64_t capacity = 0, outCapacity = 0;
    std::int32_t count = 0, kvHeads = 0, headDim = 0;
};
Launched rotateKeys(const RotateKeys& in, Stream stream);

// Attention over two sets of keys, each with its log-sum-exp, as one over both (the parts' weights are
// exp(lse − lse of both)).
struct MergeParts {
    Number type = Number::bf16;
    const void *first = nullptr,
               *second = nullptr; // [rows, heads, head_dim] by the strides below; first may be null
    const float *firstLse = nullptr, *secondLse = nullptr; // [heads, rows], natural logarithm
    std::int64_t rowStride = 0, headStride = 0;            // of both, in numbers
    void* out = nullptr;                                   // [rows, heads, head_dim]
    float* lse2 = nullptr; // [heads, lseStride] as column_scores.h wants it, +∞ behind the rows; or null
    std::int64_t lseStride = 0;
    std::int32_t rows = 0, heads = 0, headDim = 0;
};
Launched mergeParts(const MergeParts& in, Stream stream);

// Rows `kept` (ascending, unique) of every plane move to its beginning, in place; several arrays at once.
struct Compact {
    struct Part {
        void* data = nullptr;      // [planes, capacity, rowBytes]; null: there is none
        std::int32_t rowBytes = 0; // a multiple of 4
    };
    static constexpr int mostParts = 3;
    Part parts[mostParts];
    std::int64_t planes = 0, capacity = 0;
    const std::int32_t* kept = nullptr;
    std::int32_t count = 0;
};
Launched compact(const Compact& in, Stream stream);

} // namespace kvprism::kernels
