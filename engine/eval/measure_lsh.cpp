// SPDX-License-Identifier: GPL-3.0-or-later
// LSH from the keys in the store to the candidates in their order, in all its variants, beside plain
// operators.
#include "engine/eval/parts.h"
#include "engine/score/lsh_scorer.h"

#include <utility>

namespace kvprism::eval {

namespace {

constexpr const char* part = "lsh";
constexpr std::int32_t tables = 8, bits = 10;

// The default variant: most colliding tables first, then the nearest to the rows' mean.
at::Tensor stockRanking(const model::LshRequest& in) {
    const std::int64_t held = in.candidates.size(0), rows = in.keys.size(1) - held;
    at::Tensor vectors = in.keys.to(at::kFloat).mean(0);
    vectors = vectors - vectors.narrow(0, 0, held).mean(0, true);
    const at::Tensor places = at::bitwise_left_shift(at::ones({bits}, vectors.options().dtype(at::kInt)),
                                                     at::arange(bits, vectors.options().dtype(at::kInt)));
    const at::Tensor ones = at::mm(vectors, in.projection).gt(0).view({-1, tables, bits});
    const at::Tensor signatures = at::sum(ones * places, at::IntArrayRef({2}));
    const at::Tensor same =
        signatures.narrow(0, 0, held).unsqueeze(1) == signatures.narrow(0, held, rows).unsqueeze(0);
    const at::Tensor collisions = at::sum(same.any(1), at::IntArrayRef({1}));
    const at::Tensor queries = vectors.narrow(0, held, rows);
    const at::Tensor apart = vectors.narrow(0, 0, held) - queries.mean(0, true);
    const at::Tensor distances = at::sum(at::square(apart), at::IntArrayRef({1})).sqrt();
    const at::Tensor byDistance = at::argsort(distances, true, -1, false);
    return byDistance.index_select(0, at::argsort(collisions.index_select(0, byDistance), true, -1, true));
}

model::LshRequest randomCase(const Bench& bench) {
    const files::ModelConfig& config = bench.config();
    const at::TensorOptions options = bench.weights().embedding.options();
    const std::int64_t held = bench.request.candidates;
    const auto projection = score::lshProjection(config.headDim, tables, bits, 1);
    model::LshRequest in;
    in.keys = at::randn({config.kvHeads, held + bench.request.promptRows, config.headDim}, options);
    in.candidates = at::ones({held}, options.dtype(at::kByte));
    in.projection =
        at::tensor(projection, at::kFloat).view({config.headDim, tables * bits}).to(bench.device());
    in.firstQuery = held;
    in.queries = bench.request.promptRows;
    in.tables = tables;
    in.bits = bits;
    return in;
}

using Distance = model::LshRequest::Distance;
using Order = model::RankRequest::Order;
constexpr std::pair<Distance, const char*> distances[] = {
    {Distance::none, "no tie-break"},
    {Distance::l2, "l2"},
    {Distance::maxSim, "max_sim"},
    {Distance::mahalanobis, "mahalanobis"},
    {Distance::partitionedCentroid, "partitioned_centroid"}};
constexpr std::pair<Order, const char*> orders[] = {{Order::frequency, "frequency"},
                                                    {Order::survival, "survival"}};

void hashAndRank(model::DeviceOps& ops, const model::LshRequest& in, const at::Tensor& rows, Order order) {
    const model::LshTensors found = ops.lsh(in);
    (void)ops.rank({order, rows, found.distances, found.collisions, found.matching});
}

} // namespace

Status measureLsh(Bench& bench) {
    if (!bench.ops)
        return unavailable("the kernels are a GPU's.");
    bench.tell("LSH");
    model::LshRequest in = randomCase(bench);
    const at::Tensor rows = at::arange(in.candidates.size(0), in.candidates.options().dtype(at::kInt));
    constexpr int times = 10;
    const auto stock = bench.clock.alternate(bench.request.rounds, {[&] { (void)stockRanking(in); }}, times);
    GpuBenchRow slowest;
    std::string all;
    for (const auto& [distance, distanceName] : distances)
        for (const auto& [order, orderName] : orders) {
            in.distance = distance;
            const auto series = bench.clock.alternate(
                bench.request.rounds, {[&, by = order] { hashAndRank(*bench.ops, in, rows, by); }}, times);
            const std::string variant = std::string(orderName) + ", " + distanceName;
            GpuBenchRow row = rowOf(part, "lsh", "slowest variant: " + variant, series[0],
                                    "plain libtorch operators (frequency, l2)", stock[0]);
            all += (all.empty() ? "" : "; ") + variant + " " + std::to_string(row.value) + " ms";
            if (row.value > slowest.value)
                slowest = std::move(row);
        }
    GpuBenchRow goal = slowest;
    slowest.name = "lsh_stock";
    slowest.what = "the same";
    goal.what = std::to_string(bench.request.candidates) + " candidates, " +
                std::to_string(bench.request.promptRows) + " rows, L 8, K 10; " + goal.what;
    goal.baselineName = "1 ms";
    goal.baseline = 1;
    goal.ratio = goal.value;
    goal.floor = 0.3;
    goal.aim = 0.15;
    goal.note = all;
    bench.result.rows.insert(bench.result.rows.end(), {goal, slowest});
    return {};
}

} // namespace kvprism::eval
