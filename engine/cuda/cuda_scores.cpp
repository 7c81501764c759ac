// SPDX-License-Identifier: GPL-3.0-or-later
// What scores and chooses: CudaOps's share of engine/score and engine/select.
#include "engine/cuda/cuda_ops.h"
#include "engine/cuda/launching.h"
#include "engine/kernels/column_scores.h"
#include "engine/kernels/lsh_kernels.h"
#include "engine/kernels/raise_peaks.h"
#include "engine/kernels/ranking.h"

namespace kvprism::cuda {

namespace {

const std::uint16_t* bits(const at::Tensor& tensor) {
    TORCH_CHECK(tensor.scalar_type() == at::kBFloat16, "column scores take bf16");
    return static_cast<const std::uint16_t*>(tensor.const_data_ptr());
}

template <class T> T* words(const at::Tensor& tensor) { // of a type that has no numbers of that name
    TORCH_CHECK(tensor.element_size() == sizeof(T) && tensor.is_contiguous(), "numbers of another size");
    return static_cast<T*>(tensor.data_ptr());
}

// `scratch` lives until the kernels are queued: the allocator gives it again in the stream's order.
kernels::ColumnScores columnScores(const model::ColumnRows& rows, at::Tensor& scratch) {
    TORCH_CHECK(rows.query.is_contiguous() && rows.lse2.is_contiguous(), "rows in one piece");
    kernels::ColumnScores in;
    in.query = bits(rows.query);
    in.keys = bits(rows.keys);
    in.lse2 = rows.lse2.const_data_ptr<float>();
    in.rows = small(rows.query.size(0));
    in.keyCount = small(rows.keys.size(1));
    in.past = small(rows.past);
    in.exclusion = small(rows.exclusion);
    in.firstRow = small(rows.firstRow);
    in.queryHeads = small(rows.query.size(1));
    in.kvHeads = small(rows.keys.size(0));
    in.headDim = small(rows.query.size(2));
    in.capacity = capacityOf(rows.keys);
    in.lseStride = rows.lse2.size(1);
    in.scale = 1; // queries are multiplied by theirs
    scratch = scratchFor(kernels::columnScratchBytes(in), rows.query);
    in.scratch = scratch.data_ptr();
    return in;
}

kernels::Distance distanceOf(model::LshRequest::Distance distance) {
    switch (distance) {
    case model::LshRequest::Distance::l2:
        return kernels::Distance::l2;
    case model::LshRequest::Distance::maxSim:
        return kernels::Distance::maxSim;
    case model::LshRequest::Distance::mahalanobis:
        return kernels::Distance::mahalanobis;
    case model::LshRequest::Distance::partitionedCentroid:
        return kernels::Distance::partitionedCentroid;
    case model::LshRequest::Distance::none:
        break;
    }
    return kernels::Distance::none;
}

kernels::Order orderOf(model::RankRequest::Order order) {
    switch (order) {
    case model::RankRequest::Order::smallest:
        return kernels::Order::smallest;
    case model::RankRequest::Order::frequency:
        return kernels::Order::frequency;
    case model::RankRequest::Order::survival:
        return kernels::Order::survival;
    case model::RankRequest::Order::score:
        break;
    }
    return kernels::Order::score;
}

} // namespace

void CudaOps::addColumnSums(const model::ColumnRows& rows, const at::Tensor& sums) {
    at::Tensor scratch;
    const kernels::ColumnScores in = columnScores(rows, scratch);
    check(kernels::addColumnSums(in, words<float>(sums), stream()));
}

void CudaOps::raisePeaks(const model::ColumnRows& rows, const at::Tensor& valueNorms, std::int64_t firstLayer,
                         std::int64_t kvHeadsOfLayer, model::RaisedPeaks& peaks) {
    at::Tensor scratch;
    kernels::RaisePeaks call;
    call.in = columnScores(rows, scratch);
    const at::TensorOptions options = rows.lse2.options();
    const at::Tensor best = at::empty({call.in.kvHeads, call.in.keyCount}, options);
    const at::Tensor place = at::empty({call.in.kvHeads, call.in.keyCount}, options.dtype(at::kInt));
    check(kernels::columnPeaks(call.in, words<float>(best), words<std::int32_t>(place), stream()));
    TORCH_CHECK(valueNorms.stride(0) == call.in.capacity, "norms lie as their values do");
    const at::Tensor winners = scratchFor(kernels::raisePeaksScratchBytes(call.in.keyCount), rows.query);
    call.best = best.const_data_ptr<float>();
    call.place = place.const_data_ptr<std::int32_t>();
    call.valueNorms = valueNorms.const_data_ptr<float>();
    call.firstLayer = small(firstLayer);
    call.kvHeadsOfLayer = small(kvHeadsOfLayer);
    call.scratch = winners.data_ptr();
    call.scores = words<float>(peaks.scores);
    call.layers = words<std::uint16_t>(peaks.origins);
    call.heads = call.layers + call.in.keyCount;
    call.rows = call.heads + call.in.keyCount;
    check(kernels::raisePeaks(call, stream()));
}

model::LshTensors CudaOps::lsh(const model::LshRequest& request) {
    const at::TensorOptions options = request.candidates.options();
    const std::int64_t held = request.candidates.size(0);
    model::LshTensors out{at::empty({held, request.tables}, options.dtype(at::kShort)),
                          at::empty({request.queries, request.tables}, options.dtype(at::kShort)),
                          at::empty({held}, options.dtype(at::kByte)),
                          at::empty({held}, options.dtype(at::kInt)),
                          {}};
    kernels::LshTokens in;
    in.type = numberOf(request.keys);
    in.keys = request.keys.const_data_ptr();
    in.capacity = capacityOf(request.keys);
    in.kvHeads = small(request.keys.size(0));
    in.headDim = small(request.keys.size(2));
    in.held = small(held);
    in.firstQuery = small(request.firstQuery);
    in.queries = small(request.queries);
    in.candidates = words<std::uint8_t>(request.candidates);
    in.projection = words<float>(request.projection);
    in.tables = request.tables;
    in.bits = request.bits;
    in.distance = distanceOf(request.distance);
    const at::Tensor scratch = scratchFor(kernels::lshScratchBytes(in), request.keys);
    in.scratch = scratch.data_ptr();
    kernels::LshColumns columns;
    columns.signatures = words<std::uint16_t>(out.signatures);
    columns.querySignatures = words<std::uint16_t>(out.querySignatures);
    columns.collisions = words<std::uint8_t>(out.collisions);
    columns.matching = words<std::int32_t>(out.matching);
    if (in.distance != kernels::Distance::none && in.queries > 0) {
        out.distances = at::empty({held}, options.dtype(at::kFloat));
        columns.distances = words<float>(out.distances);
    }
    check(kernels::lshColumns(in, columns, stream()));
    return out;
}

at::Tensor CudaOps::poolScores(const at::Tensor& positions, const at::Tensor& raw, bool maximum,
                               std::int32_t width) {
    at::Tensor pooled = at::empty_like(raw);
    kernels::PoolScores in;
    in.positions = words<std::int32_t>(positions);
    in.raw = words<float>(raw);
    in.pooled = words<float>(pooled);
    in.count = small(raw.size(0));
    in.width = width;
    in.maximum = maximum;
    check(kernels::poolScores(in, stream()));
    return pooled;
}

at::Tensor CudaOps::rank(const model::RankRequest& request) {
    at::Tensor ranked = at::empty_like(request.rows);
    kernels::Ranking in;
    in.order = orderOf(request.order);
    in.rows = words<std::int32_t>(request.rows);
    in.values = request.values.defined() ? words<float>(request.values) : nullptr;
    in.collisions = request.collisions.defined() ? words<std::uint8_t>(request.collisions) : nullptr;
    in.matching = request.matching.defined() ? words<std::int32_t>(request.matching) : nullptr;
    in.ranked = words<std::int32_t>(ranked);
    in.count = small(request.rows.size(0));
    const at::Tensor scratch = scratchFor(kernels::rankingScratchBytes(in.count), request.rows);
    in.scratch = scratch.data_ptr();
    check(kernels::rank(in, stream()));
    return ranked;
}

} // namespace kvprism::cuda
