// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/launch.h"

#include <cstddef>
#include <cstdint>

// From scores to a choice, on the device: the twins of engine/select/pool and engine/select/methods, which
// choose the same from the same numbers.
namespace kvprism::kernels {

// pooled[j] = (1/width)·Σ, or the maximum, of raw scores over stream positions j ± (width − 1)/2, in f64 and
// in the order of positions; what is not held counts 0.
struct PoolScores {
    const std::int32_t* positions = nullptr; // [count], ascending
    const float* raw = nullptr;              // [count]
    float* pooled = nullptr;                 // [count]
    std::int32_t count = 0, width = 1;
    bool maximum = false;
};
Launched poolScores(const PoolScores& in, Stream stream);

// What candidates are ordered by; ties go to the lower row everywhere.
enum class Order {
    score,     // the higher first; what is not a number last
    smallest,  // the smaller first
    frequency, // more collisions first, then the smaller distance (which may be missing)
    survival   // those that collide in two tables by matching bits, then the others, newest first
};
struct Ranking {
    Order order = Order::score;
    const std::int32_t* rows = nullptr;       // [count] of the candidates, ascending
    const float* values = nullptr;            // [held]: scores, or distances
    const std::uint8_t* collisions = nullptr; // [held]
    const std::int32_t* matching = nullptr;   // [held]
    std::int32_t* ranked = nullptr;           // [count]: rows, best first
    std::int32_t count = 0;
    void* scratch = nullptr; // rankingScratchBytes()
};
Launched rank(const Ranking& in, Stream stream);
std::size_t rankingScratchBytes(std::int32_t count);

} // namespace kvprism::kernels
