// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/torch.h"

namespace kvprism::model {

// x [rows, in] · weightᵀ [out, in] (+ bias [out], may be undefined) → [rows, out]. Many rows are dealt out to
// the threads in equal pieces: oneDNN splits them in multiples of 256, so that of 560 rows one of two threads
// gets 512. The pieces follow from the number of rows alone, so that a few threads, at most one for each 128
// rows, give the same bits; more leave it all to oneDNN, which promises nothing.
at::Tensor linearRows(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias = {});

} // namespace kvprism::model
