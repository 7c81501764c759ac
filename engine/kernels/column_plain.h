// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/column_work.h"

// The column kernel for compute capability 8.0 and up, and for head dimensions that the other does not take:
// matrix fragments from shared memory, nothing overlapped.
namespace kvprism::kernels {

int plainKeysPerTile();
int plainBlocksPerProcessor();

// As columnPartsHopper.
Launched columnPartsPlain(const ColumnScores& in, const ColumnWork& work, bool peak, float* parts,
                          std::int32_t* places, Stream stream);

} // namespace kvprism::kernels
