// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace kvprism {

// exp(x) for x ≤ 0, without branches: 2^n · 2^f with |f| ≤ 1/2, 2^f by its Taylor polynomial of degree 7
// (relative error below 1e-8, so f32 rounding decides). What is below exp(−87) is 0.
[[gnu::always_inline]] inline float expOf(float x) { // GCC does not inline it into clones by itself
    const float scaled = std::max(x, -87.0F) * 1.44269504F;
    const float whole =
        scaled + 12582912.0F - 12582912.0F; // rounds: 1.5 · 2^23 leaves no room for a fraction
    const float t = (scaled - whole) * 0.69314718F;
    float sum = 1.0F / 5040;
    sum = sum * t + 1.0F / 720;
    sum = sum * t + 1.0F / 120;
    sum = sum * t + 1.0F / 24;
    sum = sum * t + 1.0F / 6;
    sum = sum * t + 0.5F;
    sum = sum * t + 1;
    sum = sum * t + 1;
    const float power = std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
    return x < -87.0F ? 0.0F : sum * power;
}

} // namespace kvprism
