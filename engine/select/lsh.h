// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/step.h"

#include <cstdint>
#include <span>
#include <vector>

// From LSH signatures to the numbers that the rules rank by (LASER-KV page, section 4). Without tensors, so
// that engine, views and tests compute the same.
namespace kvprism::select {

// Tables in which any query token has the same signature as the token. `token` [tables], `queries` [n,
// tables].
std::int32_t collidingTables(std::span<const std::uint16_t> token, std::span<const std::uint16_t> queries);

// Equal bits of all tables, with the query token that has most of them: 0 … tables·bits; 0 without query
// tokens.
std::int32_t mostMatchingBits(std::span<const std::uint16_t> token, std::span<const std::uint16_t> queries,
                              std::int32_t bits);

// MagicPIG's probability that two or more of L tables of K bits collide, where single bits agree with
// probability p = matching / (L·K): u = 1 − (1−p^K)^L − L·p^K·(1−p^K)^(L−1) (arXiv 2410.16179). Grows with
// `matching`.
double twoTablesCollide(std::int32_t matching, std::int32_t tables, std::int32_t bits);

// u of tokens with these matching bits, as it is recorded.
std::vector<float> survivalOf(std::span<const std::int32_t> matching, std::int32_t tables, std::int32_t bits);

// Fills `collisions` and `u` of every held token from the signatures, and returns its most matching bits.
std::vector<std::int32_t> completeLsh(trace::LshColumns& lsh);

} // namespace kvprism::select
