// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/kernels/column_work.h"

// How a thread block walks through its units.
namespace kvprism::kernels {

// Units in a row that have one tile of keys.
struct Stretch {
    int kvHead, keyTile;
    int first, count; // of the tile's units, empty ones aside; there may be none
};

class Stretches {
  public:
    __device__ Stretches(const ColumnWork& work, std::int64_t begin, std::int64_t end)
        : m_work(work), m_next(begin), m_end(end), m_head(static_cast<int>(begin / work.unitsOfHead)) {
        m_start = m_head * work.unitsOfHead;
    }
    __device__ bool next(Stretch& stretch) {
        if (m_next >= m_end)
            return false;
        while (m_start + m_work.unitsOfTile(m_tile) <= m_next) {
            m_start += m_work.unitsOfTile(m_tile);
            if (++m_tile == m_work.keyTiles) {
                m_tile = 0;
                ++m_head;
            }
        }
        const std::int64_t stop = m_start + m_work.unitsOfTile(m_tile);
        const std::int64_t last = stop < m_end ? stop : m_end;
        const int first = past(m_next), end = past(last);
        stretch = {m_head, m_tile, first, end - first};
        m_next = last;
        return true;
    }

  private:
    // Of the tile's own units, how many are before this one of all.
    __device__ int past(std::int64_t unit) const {
        const int own = static_cast<int>(unit - m_start) - ColumnWork::emptyUnits;
        return own > 0 ? own : 0;
    }

    const ColumnWork& m_work;
    std::int64_t m_next, m_end, m_start = 0; // m_start: of the tile's units
    int m_head, m_tile = 0;
};

// The units of a stretch, one after the other. Numbers are short: one thread fetches, and a long division
// would be what all wait for.
class UnitWalk {
  public:
    __device__ UnitWalk(const ColumnWork& work, const Stretch& stretch)
        : m_left(stretch.count), m_firstTile(work.firstRowTile(stretch.keyTile)), m_rowTiles(work.rowTiles) {
        const int tiles = m_rowTiles - m_firstTile;
        m_head = stretch.first / tiles;
        m_tile = m_firstTile + stretch.first % tiles;
    }
    __device__ bool more() const { return m_left > 0; }
    __device__ int head() const { return m_head; } // query head of the group
    __device__ int tile() const { return m_tile; } // of rows
    __device__ void next() {
        --m_left;
        if (++m_tile == m_rowTiles) {
            m_tile = m_firstTile;
            ++m_head;
        }
    }

  private:
    int m_left, m_firstTile, m_rowTiles, m_head, m_tile;
};

} // namespace kvprism::kernels
