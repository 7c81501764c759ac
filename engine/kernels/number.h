// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace kvprism::kernels {

enum class Number { f32, bf16 };

} // namespace kvprism::kernels
