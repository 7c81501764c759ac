// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/column_work.h"

// The column kernel for compute capability 9.0 (Hopper): wgmma, TMA, one warpgroup that fetches and three
// that multiply keys in registers by queries in shared memory.
namespace kvprism::kernels {

int hopperKeysPerTile();
bool hopperTakes(int headDim);

// Writes, for each thread block and tile of keys that it worked on, what it found at work.partOf(block,
// tile): parts (and for peaks places) [work.parts()].
Launched columnPartsHopper(const ColumnScores& in, const ColumnWork& work, bool peak, float* parts,
                           std::int32_t* places, Stream stream);

} // namespace kvprism::kernels
