// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/run.h"

#include <cstdint>

namespace kvprism::test {

// A number that depends on its arguments alone, evenly spread over 64 bits.
std::uint64_t mixed(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0);

// The same as a real number in [0, 1).
double fraction(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0);

// `prefixTokens` tokens of an instruction, then English-looking prose up to `tokens` in all: words whole and
// in pieces, digits one by one, punctuation, paragraphs, and here and there a character that takes two or
// three tokens.
trace::TokenTable syntheticTokens(std::int32_t tokens, std::int32_t prefixTokens, std::uint64_t seed);

} // namespace kvprism::test
