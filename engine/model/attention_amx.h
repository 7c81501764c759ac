// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/attention_avx512.h"
#include "engine/model/torch.h"

namespace kvprism::model {

// True where the processor has AMX BF16 tiles and AVX-512 BF16, the system lets this process use them, and
// the kernel knows this head_dim.
bool canAttendAmx(std::int64_t headDim);

// attendAvx512 with its two products on AMX tiles, for calls of many rows: such processors do ten times as
// many of them there. Softmax over chunks of keys with a running maximum; accuracy as attendAvx512. Same bits
// for any number of threads.
// Returns the packed keys: [kv_heads, roundUp(past + rows, 32)·head_dim] kShort.
at::Tensor attendAmx(const AttentionCall& call, std::int64_t headDim);

} // namespace kvprism::model
