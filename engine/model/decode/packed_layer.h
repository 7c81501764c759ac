// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/model/decode/packed_matrix.h"
#include "engine/model/weights.h"

#include <cstdint>
#include <vector>

// The weights as single tokens use them: where the file has a matrix in a type that we can multiply as it is,
// that one, and no copy of it; else the tensor that blocks of tokens use.
namespace kvprism::model {

// One product of a layer, made of one matrix or of several on top of one another.
struct PackedProjection {
    struct Piece {
        PackedMatrix matrix;
        std::int64_t first = 0;   // row of the product that its row 0 is
        std::int64_t headDim = 0; // > 0: the file interleaves the halves of its heads of this many rows
    };
    std::vector<Piece> pieces;
    std::int64_t rows = 0;
};

struct PackedLayer {
    PackedProjection queryKeyValue, attentionOutput, gate, up, down;
    std::vector<float> queryKeyValueBias; // empty where the family has none
};

struct PackedWeights {
    std::vector<PackedLayer> layers;
    PackedProjection head;
};

// What it points to belongs to `weights` and its file.
PackedWeights packWeights(const Weights& weights);

// out[r] (+)= Σ_c projection[r, c]·x[c] for one thread's share of the rows: share `rank` of `size`, in pieces
// of whole rows. The same bits for every size.
void multiplyShare(const PackedProjection& projection, std::span<const float> x, int rank, int size,
                   float* out, bool add);

} // namespace kvprism::model
