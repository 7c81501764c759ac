// SPDX-License-Identifier: GPL-3.0-or-later
// What the device can do at best: how fast it moves bytes, how fast it multiplies matrices.
#include "engine/eval/parts.h"

namespace kvprism::eval {

Status measureCeilings(Bench& bench) {
    bench.tell("copy and matrix product");
    const at::TensorOptions options = bench.weights().embedding.options();
    const bool small = bench.device().is_cpu();
    const std::int64_t bytes = small ? 64LL << 20 : 1LL << 30, side = small ? 512 : 8192;
    const at::Tensor from = at::zeros({bytes}, options.dtype(at::kByte)), to = at::empty_like(from);
    const at::Tensor a = at::randn({side, side}, options), b = at::randn({side, side}, options);
    at::Tensor product = at::empty({side, side}, options);
    constexpr int times = 5;
    const auto series = bench.clock.alternate(
        bench.request.rounds, {[&] { to.copy_(from); }, [&] { at::mm_out(product, a, b.t()); }}, times);
    const double moved = 2.0 * static_cast<double>(bytes);
    const double operations = 2.0 * static_cast<double>(side * side * side);
    bench.result.bytesPerSecond = moved / (series[0].median() / 1000);
    bench.result.operationsPerSecond = operations / (series[1].median() / 1000);
    bench.result.points.push_back({.name = "matrix product " + std::to_string(side) + "³",
                                   .operations = operations,
                                   .bytes = static_cast<double>(3 * product.nbytes()),
                                   .seconds = series[1].median() / 1000,
                                   .ours = false});
    return {};
}

} // namespace kvprism::eval
