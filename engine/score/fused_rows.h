// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/decoder.h"
#include "engine/score/scorer.h"

#include <cstdint>
#include <vector>

namespace kvprism::score {

// One layer's scores of the flash backend: rows' weights are reduced over the rows tile by tile and never
// form a matrix. Same bits for any number of threads.
struct FusedRows {
    const model::LayerView& view;
    ScoredRows rows;
    std::int64_t past = 0; // keys before the forward's rows: row r sees past + r + 1
    std::int64_t held = 0; // keys that get a score: the first so many

    // Σ over query heads and rows of the weights, [held].
    std::vector<float> sums() const;

    // The largest weight · ‖v‖ over query heads and rows, and where it was; 0 where no row counts.
    struct Peaks {
        std::vector<float> scores;        // [held]
        std::vector<std::uint16_t> heads; // [held]
        std::vector<std::uint16_t> rows;  // [held], counted from rows.first
    };
    // norms [kv_heads, held] f32; counted[i]: how many of the first keys row rows.first + i may speak for.
    Peaks peaks(const at::Tensor& norms, const std::vector<std::int64_t>& counted) const;

  private:
    template <class Part, class Row, class Tile>
    std::vector<Part> overTiles(const Row& onRow, const Tile& onTile) const;
};

} // namespace kvprism::score
