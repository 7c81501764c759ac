// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/column_scores.h"

#ifdef __CUDACC__
#define KVPRISM_BOTH __host__ __device__
#else
#define KVPRISM_BOTH
#endif

// How the column kernels share their work out. A unit is one tile of keys of one KV head against one tile of
// rows of one query head. Units stand in the order KV head, tile of keys, query head, tile of rows; what no
// row of it sees is left out. A tile of keys that is seen begins with a few empty units, for what it takes to
// begin and to end with it, and every thread block takes the same number in a row, so that none waits for the
// others.
namespace kvprism::kernels {

struct ColumnWork {
    std::int32_t keysPerTile = 0, keyTiles = 0, rowTiles = 0, group = 0, kvHeads = 0, keyCount = 0;
    std::int32_t shift = 0, rows = 0; // key j is seen from row j − shift on
    std::int64_t unitsOfHead = 0;
    std::int32_t blocks = 0;

    KVPRISM_BOTH std::int32_t firstRowOf(std::int32_t key) const {
        const std::int32_t row = key - shift;
        return row < 0 ? 0 : row;
    }
    KVPRISM_BOTH std::int32_t firstRowTile(std::int32_t keyTile) const {
        const std::int32_t tile = firstRowOf(keyTile * keysPerTile) / columnScoreRows;
        return tile < rowTiles ? tile : rowTiles;
    }
    static constexpr std::int32_t emptyUnits = 4; // measured: the same from 2 to 8
    KVPRISM_BOTH std::int64_t unitsOfTile(std::int32_t keyTile) const {
        const std::int32_t tiles = rowTiles - firstRowTile(keyTile);
        return tiles > 0 ? emptyUnits + std::int64_t(group) * tiles : 0;
    }
    KVPRISM_BOTH std::int64_t units() const { return unitsOfHead * kvHeads; }
    // Units [beginOf(b), beginOf(b + 1)) are those of thread block b.
    KVPRISM_BOTH std::int64_t beginOf(std::int32_t block) const { return units() * block / blocks; }
    KVPRISM_BOTH std::int32_t blockOf(std::int64_t unit) const {
        auto block = static_cast<std::int32_t>(unit * blocks / units());
        while (beginOf(block + 1) <= unit)
            ++block;
        while (beginOf(block) > unit)
            --block;
        return block;
    }
    // Where a thread block puts what it found of a tile (of all heads): each pair has a place of its own,
    // since both numbers only grow.
    KVPRISM_BOTH std::int64_t partOf(std::int32_t block, std::int32_t tile) const {
        return (std::int64_t(block) + tile) * keysPerTile;
    }
    KVPRISM_BOTH std::int64_t parts() const {
        return (std::int64_t(blocks) + std::int64_t(kvHeads) * keyTiles) * keysPerTile;
    }
};

inline ColumnWork columnWork(const ColumnScores& in, std::int32_t keysPerTile, std::int32_t blocks) {
    ColumnWork work;
    work.keysPerTile = keysPerTile;
    work.keyTiles = (in.keyCount + keysPerTile - 1) / keysPerTile;
    work.rowTiles = (in.rows + columnScoreRows - 1) / columnScoreRows;
    work.group = in.queryHeads / in.kvHeads;
    work.kvHeads = in.kvHeads;
    work.keyCount = in.keyCount;
    work.shift = in.past - in.exclusion + in.firstRow;
    work.rows = in.rows;
    for (std::int32_t tile = 0; tile < work.keyTiles; ++tile)
        work.unitsOfHead += work.unitsOfTile(tile);
    const std::int64_t all = work.units();
    work.blocks = static_cast<std::int32_t>(all < blocks ? (all > 0 ? all : 1) : blocks);
    return work;
}

} // namespace kvprism::kernels
