// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace kvprism::kernels {

enum class Number { f32, bf16 };

constexpr float log2OfE = 1.4426950408889634f; // exp(x) = exp2(x · this), which the hardware has

} // namespace kvprism::kernels
