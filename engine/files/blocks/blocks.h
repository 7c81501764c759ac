// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace kvprism::files {

// Values of `count` whole blocks of each layout, as f32; `from` and `to` have the room. Products and sums are
// rounded one after another, never fused, so that every processor gives the bits of the `gguf` package.
using FromBlocks = void(const std::byte* __restrict from, float* __restrict to, std::size_t count);

// One value a block.
FromBlocks fromF32, fromF16, fromBf16;
// 32 values a block: blocks_of_32.cpp.
FromBlocks fromQ40, fromQ41, fromQ50, fromQ51, fromQ80, fromIq4Nl;
// 256 values a block: blocks_of_256.cpp.
FromBlocks fromQ2K, fromQ3K, fromQ4K, fromQ5K, fromQ6K, fromIq4Xs;

} // namespace kvprism::files
