// SPDX-License-Identifier: GPL-3.0-or-later
// What each key is worth to all rows of a block, for one layer, beside the attention of the same rows and
// keys: the kernels get the rows' log-sum-exps, as attention leaves them. The layers of a block take turns,
// as they do in a reading, so that no cache holds the keys.
#include "engine/eval/parts.h"
#include "engine/eval/stock_parts.h"
#include "engine/model/device_memory.h"

#include <limits>

namespace kvprism::eval {

namespace {

constexpr const char* part = "columns";
constexpr int layers = 4;

struct Layer {
    AttentionRows attention;
    model::ColumnRows columns;
};

Layer randomLayer(const Bench& bench) {
    const std::int64_t rows = bench.request.blockSize;
    AttentionRows attention = AttentionRows::random(bench.weights(), rows, rows);
    model::ColumnRows columns;
    columns.query = attention.query;
    columns.keys = attention.keys;
    columns.lse2 = rowSums2(attention);
    columns.past = rows;
    return {std::move(attention), std::move(columns)};
}

// What a call takes of the device's memory beside what it is given, bytes.
double memoryOfCall(const Bench& bench, const Work& call) {
    model::resetPeak(bench.device());
    const std::int64_t before = model::memoryOf(bench.device()).peakBytes;
    call();
    return static_cast<double>(model::memoryOf(bench.device()).peakBytes - before);
}

// Σ over the rows of the whole softmax matrix, as eager attention makes it: [kv_heads, past + rows] f32.
at::Tensor eagerSums(const AttentionRows& in) {
    const std::int64_t rows = in.query.size(0), heads = in.query.size(1), dim = in.query.size(2);
    const std::int64_t kvHeads = in.keys.size(0), keyCount = in.keys.size(1);
    const at::Tensor query = in.query.transpose(0, 1).reshape({kvHeads, heads / kvHeads * rows, dim});
    const at::Tensor mask =
        at::full({rows, keyCount}, -std::numeric_limits<float>::infinity(), in.query.options())
            .triu(keyCount - rows + 1);
    const at::Tensor logits =
        at::bmm(query, in.keys.transpose(1, 2)).view({kvHeads, heads / kvHeads, rows, keyCount}).add_(mask);
    return at::softmax(logits, -1, at::kFloat).sum(at::IntArrayRef({1, 2}));
}

GpuBenchRow goalRow(const char* name, const char* what, const Series& value, const Series& twoCalls,
                    double floor, double aim) {
    GpuBenchRow row = rowOf(part, name, what, value, "the two attention calls (cuDNN)", twoCalls);
    row.floor = floor;
    row.aim = aim;
    return row;
}

void addRows(Bench& bench, const std::vector<Series>& series, const Series& eager, double scratchBytes,
             double error) {
    GpuBenchRow sums =
        goalRow("column_sums", "column sums of all rows, one layer", series[0], series[2], 0.60, 0.50);
    sums.note = "largest difference from the materialised sums " + std::to_string(error) + " of the largest";
    GpuBenchRow scratch;
    scratch.part = part;
    scratch.name = "column_scratch";
    scratch.what = "scratch memory of that";
    scratch.unit = "MiB";
    scratch.value = scratchBytes / (1 << 20);
    scratch.baselineName = "8 MiB";
    scratch.baseline = 8;
    scratch.ratio = scratch.value / scratch.baseline;
    scratch.floor = 8; // 64 MiB
    scratch.aim = 1;
    bench.result.rows.insert(
        bench.result.rows.end(),
        {sums, goalRow("column_peaks", "peaks of all rows, one layer", series[1], series[2], 0.50, 0.40),
         scratch,
         rowOf(part, "column_sums_stock", "column sums of all rows, one layer", series[0],
               "the softmax matrix, materialised and summed (libtorch)", eager)});
}

} // namespace

Status measureColumns(Bench& bench) {
    if (!bench.ops)
        return unavailable("the kernels are a GPU's.");
    bench.tell("column sums and peaks");
    const std::int64_t keyCount = 2LL * bench.request.blockSize, kvHeads = bench.config().kvHeads;
    std::vector<Layer> all;
    for (int i = 0; i < layers; ++i)
        all.push_back(randomLayer(bench));
    const at::TensorOptions numbers = bench.weights().embedding.options().dtype(at::kFloat);
    const at::Tensor sums = at::zeros({kvHeads, keyCount}, numbers),
                     norms = at::rand({kvHeads, keyCount}, numbers);
    model::RaisedPeaks peaks{at::zeros({keyCount}, numbers),
                             at::zeros({3, keyCount}, numbers.dtype(at::kShort))};
    const double scratchBytes = memoryOfCall(bench, [&] { bench.ops->addColumnSums(all[0].columns, sums); });
    const at::Tensor exact = eagerSums(all[0].attention);
    const double error = ((sums - exact).abs().max() / exact.abs().max()).item<double>();

    int turn = 0;
    const auto next = [&]() -> const Layer& { return all[static_cast<std::size_t>(turn++ % layers)]; };
    constexpr int times = 2 * layers;
    const auto series =
        bench.clock.alternate(bench.request.rounds,
                              {[&] { bench.ops->addColumnSums(next().columns, sums); },
                               [&] { bench.ops->raisePeaks(next().columns, norms, 0, kvHeads, peaks); },
                               [&] { attendInTwoCalls(next().attention); }},
                              times);
    const auto eager = bench.clock.alternate(std::min(bench.request.rounds, 3),
                                             {[&] { (void)eagerSums(next().attention); }});
    addRows(bench, series, eager[0], scratchBytes, error);
    const AttentionRows& one = all[0].attention;
    const double products = one.operations() / 2; // Q·Kᵀ alone
    const auto read = static_cast<double>(one.query.nbytes() + one.keys.nbytes());
    bench.result.points.push_back({"column sums", products, read, series[0].median() / 1000, true});
    bench.result.points.push_back({"column peaks", products, read, series[1].median() / 1000, true});
    return {};
}

} // namespace kvprism::eval
