// SPDX-License-Identifier: GPL-3.0-or-later
// One block over the kept tokens: the engine's forward pass, what of it no engine is faster than, and a
// decoder of plain operators.
#include "engine/eval/parts.h"
#include "engine/eval/stock_forward.h"
#include "engine/eval/stock_parts.h"
#include "engine/eval/stream.h"
#include "engine/model/decoder.h"

namespace kvprism::eval {

namespace {

constexpr const char* part = "block";

void addPoints(Bench& bench, FusedProducts& products, const AttentionRows& attention, double productsMs,
               double attentionMs, double blockMs) {
    const double layers = bench.config().layers;
    const double operations = layers * products.operationsOfLayer(), bytes = layers * products.bytesOfLayer();
    const double seen = layers * attention.operations(), moved = layers * attention.bytes();
    auto& points = bench.result.points;
    points.push_back({"matrix products of a block", operations, bytes, productsMs / 1000, false});
    points.push_back({"attention of a block", seen, moved, attentionMs / 1000, false});
    points.push_back({"block", operations + seen, bytes + moved, blockMs / 1000, true});
}

Result<Series> stockRounds(const Bench& bench, std::int32_t rows) {
    const StockDecoder stock(bench.weights(), rows);
    const at::Tensor ids = at::tensor(randomIds(bench, rows), at::kInt).to(bench.device());
    const auto table = model::rotaryTable(positionsFrom(rows, rows), bench.config().headDim,
                                          bench.config().rope, bench.device());
    bench.tell("block of plain operators");
    return bench.clock
        .alternate(std::min(bench.request.rounds, 3), {[&] { (void)stock.forward(ids, table); }})
        .front();
}

} // namespace

Status measureBlock(Bench& bench) {
    bench.tell("block");
    const std::int32_t rows = bench.request.blockSize;
    auto store = filledStore(bench, rows, 2 * rows);
    if (!store)
        return store.error();
    FusedProducts products(bench.weights(), rows);
    const AttentionRows attention = AttentionRows::random(bench.weights(), rows, rows);
    const std::vector<std::int32_t> ids = randomIds(bench, rows);
    const std::vector<StreamPos> positions = positionsFrom(rows, rows);
    Status status;
    const Work block = [&] {
        const auto hidden = model::forward(bench.weights(), *store, ids, positions, {}, bench.stop);
        if (!hidden)
            status = hidden.error();
        store->truncate(rows);
    };
    const Work multiply = [&] { products.runAll(); };
    const Work attend = [&] {
        for (std::int32_t layer = 0; layer < bench.config().layers; ++layer)
            attendInTwoCalls(attention);
    };
    const Work both = [&] {
        for (const model::LayerWeights& layer : bench.weights().layers) {
            products.runLayer(layer);
            attendInTwoCalls(attention);
        }
    };
    const auto series = bench.clock.alternate(bench.request.rounds, {block, both, multiply, attend});
    if (!status)
        return status;
    GpuBenchRow row =
        rowOf(part, "block", "block of " + std::to_string(rows) + " over as many kept, all layers", series[0],
              "its matrix products and attention alone", series[1]);
    row.floor = 1.08;
    row.aim = 1.05;
    bench.result.rows.push_back(row);
    bench.result.rows.push_back(
        rowOf(part, "products", "matrix products of the block (libtorch)", series[2], "", {}));
    bench.result.rows.push_back(rowOf(
        part, "attention", bench.ops ? "attention of the block (cuDNN)" : "attention of the block (libtorch)",
        series[3], "", {}));
    addPoints(bench, products, attention, series[2].median(), series[3].median(), series[0].median());

    const auto stock = stockRounds(bench, rows);
    if (!stock)
        return stock.error();
    bench.result.rows.push_back(rowOf(part, "block_stock", "the same block", series[0],
                                      "a decoder of plain libtorch operators", *stock));
    return {};
}

} // namespace kvprism::eval
