// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/linear_rows.h"

#include <omp.h>

namespace kvprism::model {

namespace {

constexpr std::int64_t pieceRows = 128; // at least: each packs the weights for itself

// An even number where there are several, for two threads.
std::int64_t piecesOf(std::int64_t rows) {
    const std::int64_t pieces = rows / pieceRows;
    return pieces < 2 ? 1 : pieces / 2 * 2;
}

} // namespace

at::Tensor linearRows(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    const std::int64_t rows = x.size(0), pieces = piecesOf(rows);
    if (x.is_cuda() || at::get_num_threads() > pieces)
        return bias.defined() ? at::linear(x, weight, bias) : at::linear(x, weight);
    const at::Tensor transposed = weight.t();
    at::Tensor out = at::empty({rows, weight.size(0)}, x.options());
    at::parallel_for(0, pieces, 1, [&](std::int64_t begin, std::int64_t end) {
        const c10::InferenceMode inference; // is a thread's own
        // This thread's and this region's: oneDNN would choose its steps for the number of threads that there
        // are, although a piece has one.
        const int before = omp_get_max_threads();
        omp_set_num_threads(1);
        for (std::int64_t piece = begin; piece < end; ++piece) {
            const std::int64_t first = rows * piece / pieces, count = rows * (piece + 1) / pieces - first;
            const at::Tensor part = x.narrow(0, first, count);
            at::Tensor target = out.narrow(0, first, count);
            if (bias.defined())
                at::addmm_out(target, bias, part, transposed);
            else
                at::mm_out(target, part, transposed);
        }
        omp_set_num_threads(before);
    });
    return out;
}

} // namespace kvprism::model
