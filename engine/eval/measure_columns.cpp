// SPDX-License-Identifier: GPL-3.0-or-later
// What each key is worth to all rows of a block, for one layer, beside the attention of the same rows and
// keys: the kernels get the rows' log-sum-exps, as attention leaves them. The layers of a block take turns,
// as they do in a reading, so that no cache holds the keys.
#include "engine/eval/parts.h"
#include "engine/eval/stock_parts.h"

#include <limits>

namespace kvprism::eval {

namespace {

constexpr const char* part = "columns";
constexpr int layers = 4;

struct Layer {
    AttentionRows attention;
    KernelTrials::Columns columns;
};

// Σ over the rows of the whole softmax matrix, as eager attention makes it: [kv_heads, past + rows] f32.
at::Tensor eagerSums(const AttentionRows& in) {
    const std::int64_t rows = in.query.size(0), heads = in.query.size(1), dim = in.query.size(2);
    const std::int64_t kvHeads = in.keys.size(0), keyCount = in.keys.size(1);
    const at::Tensor query = in.query.transpose(0, 1).reshape({kvHeads, heads / kvHeads * rows, dim});
    const at::Tensor mask =
        at::full({rows, keyCount}, -std::numeric_limits<float>::infinity(), in.query.options())
            .triu(keyCount - rows + 1);
    const at::Tensor logits = (at::bmm(query, in.keys.transpose(1, 2)) * in.scale)
                                  .view({kvHeads, heads / kvHeads, rows, keyCount})
                                  .add_(mask);
    return at::softmax(logits, -1, at::kFloat).sum(at::IntArrayRef({1, 2}));
}

GpuBenchRow goalRow(const char* name, const char* what, const Series& value, const Series& twoCalls,
                    double floor, double aim) {
    GpuBenchRow row = rowOf(part, name, what, value, "the two attention calls (cuDNN)", twoCalls);
    row.floor = floor;
    row.aim = aim;
    return row;
}

void addRows(Bench& bench, const std::vector<Series>& series, const Series& eager, std::size_t scratchBytes,
             double error) {
    GpuBenchRow sums =
        goalRow("column_sums", "column sums of all rows, one layer", series[0], series[2], 0.60, 0.50);
    sums.note = "largest difference from the materialised sums " + std::to_string(error) + " of the largest";
    GpuBenchRow scratch;
    scratch.part = part;
    scratch.name = "column_scratch";
    scratch.what = "scratch memory of that";
    scratch.unit = "MiB";
    scratch.value = static_cast<double>(scratchBytes) / (1 << 20);
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
    if (!bench.kernels)
        return unavailable("the kernels are a GPU's.");
    bench.tell("column sums and peaks");
    const std::int64_t rows = bench.request.blockSize;
    std::vector<Layer> all;
    for (int i = 0; i < layers; ++i) {
        AttentionRows attention = AttentionRows::random(bench.weights(), rows, rows);
        KernelTrials::Columns columns{attention.query, attention.keys, rowSums2(attention), attention.scale};
        all.push_back({std::move(attention), std::move(columns)});
    }
    const std::size_t scratchBytes = bench.kernels->columnScratchBytes(all[0].columns);
    const at::TensorOptions options = bench.weights().embedding.options();
    const at::Tensor scratch = at::empty({static_cast<std::int64_t>(scratchBytes)}, options.dtype(at::kByte));
    const at::Tensor sums = at::zeros({bench.config().kvHeads, 2 * rows}, options.dtype(at::kFloat));
    const at::Tensor best = at::empty_like(sums), place = at::empty_like(sums, at::kInt);
    bench.kernels->addColumnSums(all[0].columns, scratch, sums);
    const at::Tensor exact = eagerSums(all[0].attention);
    const double error = ((sums - exact).abs().max() / exact.abs().max()).item<double>();

    int turn = 0;
    const auto next = [&]() -> const Layer& { return all[static_cast<std::size_t>(turn++ % layers)]; };
    constexpr int times = 2 * layers;
    const auto series =
        bench.clock.alternate(bench.request.rounds,
                              {[&] { bench.kernels->addColumnSums(next().columns, scratch, sums); },
                               [&] { bench.kernels->columnPeaks(next().columns, scratch, best, place); },
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
