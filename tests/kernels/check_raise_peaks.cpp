// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/bf16.h"
#include "engine/kernels/raise_peaks.h"
#include "tests/kernels/checks.h"
#include "tests/kernels/column_case.h"
#include "tests/kernels/device_memory.h"

#include <cmath>
#include <string>
#include <tuple>

namespace kvprism::test {

namespace {

// weight of a key for a row, times the norm of the key's value.
double scoreOf(const ColumnCase& made, const std::vector<float>& norms, int head, int row, int key) {
    const kernels::ColumnScores& in = made.shape;
    if (in.firstRow + row < key - in.past + in.exclusion)
        return 0;
    const int kvHead = head / (in.queryHeads / in.kvHeads);
    double product = 0;
    for (int d = 0; d < in.headDim; ++d)
        product += double(kernels::floatOfBf16(
                       in.query[(std::int64_t(row) * in.queryHeads + head) * in.headDim + d])) *
                   double(kernels::floatOfBf16(in.keys[(kvHead * in.capacity + key) * in.headDim + d]));
    const double lse2 = double(in.lse2[head * in.lseStride + row]);
    return std::exp2(product * double(in.scale) * std::log2(std::exp(1.0)) - lse2) *
           double(norms[static_cast<std::size_t>(kvHead * in.capacity + key)]);
}

struct Raised {
    std::vector<float> scores;
    std::vector<std::uint16_t> layers, heads, rows;
    friend bool operator==(const Raised&, const Raised&) = default;
};

void finish(const kernels::Launched& launched) {
    check(static_cast<cudaError_t>(launched.code), launched.what ? launched.what : "launch");
    check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
}

Raised raise(const ColumnCase& made, const std::vector<float>& norms, const Raised& before, int layers) {
    DeviceMemory<std::uint16_t> query(made.query), keys(made.keys);
    DeviceMemory<float> lse2(made.lse2), valueNorms(norms), scores(before.scores);
    DeviceMemory<std::uint16_t> layer(before.layers), head(before.heads), row(before.rows);
    kernels::RaisePeaks call;
    call.in = made.shape;
    call.in.query = query.data();
    call.in.keys = keys.data();
    call.in.lse2 = lse2.data();
    DeviceMemory<unsigned char> scratch(kernels::columnScratchBytes(call.in)),
        ofRaise(kernels::raisePeaksScratchBytes(call.in.keyCount));
    call.in.scratch = scratch.data();
    const auto count = static_cast<std::size_t>(call.in.kvHeads) * static_cast<std::size_t>(call.in.keyCount);
    DeviceMemory<float> best(count);
    DeviceMemory<std::int32_t> place(count);
    finish(kernels::columnPeaks(call.in, best.data(), place.data(), nullptr));
    call.best = best.data();
    call.place = place.data();
    call.valueNorms = valueNorms.data();
    call.firstLayer = 5;
    call.kvHeadsOfLayer = call.in.kvHeads / layers;
    call.scratch = ofRaise.data();
    call.scores = scores.data();
    call.layers = layer.data();
    call.heads = head.data();
    call.rows = row.data();
    finish(kernels::raisePeaks(call, nullptr));
    return {scores.values(), layer.values(), head.values(), row.values()};
}

} // namespace

void checkRaisePeaks(Checks& checks) {
    for (int round = 0; round < checks.rounds(); ++round) {
        const ColumnCase made = randomColumnCase(checks, round);
        const kernels::ColumnScores& in = made.shape;
        const int layers = in.kvHeads % 2 == 0 ? 2 : in.kvHeads, headsOfLayer = in.queryHeads / layers;
        std::vector<float> norms(static_cast<std::size_t>(in.kvHeads * in.capacity));
        for (float& norm : norms)
            norm = std::uniform_real_distribution<float>(0.5f, 2.0f)(checks.random());
        const auto keys = static_cast<std::size_t>(in.keyCount);
        Raised before{std::vector<float>(keys), std::vector<std::uint16_t>(keys, 7),
                      std::vector<std::uint16_t>(keys, 8), std::vector<std::uint16_t>(keys, 9)};
        for (float& score : before.scores) // half of them stay as they are
            score = checks.between(0, 1) ? 0.0f : 10.0f;
        const Raised raised = raise(made, norms, before, layers);
        for (int key = 0; key < in.keyCount; ++key) {
            const auto at = static_cast<std::size_t>(key);
            const std::string what = "raised peak of key " + std::to_string(key) + ", " + made.name();
            double most = 0;
            for (int head = 0; head < in.queryHeads; ++head)
                for (int row = 0; row < in.rows; ++row)
                    most = std::max(most, scoreOf(made, norms, head, row, key));
            const bool stays = double(before.scores[at]) >= most;
            checks.near(double(raised.scores[at]), stays ? double(before.scores[at]) : most, 2e-5, 1e-9,
                        what);
            if (stays || most == 0) {
                checks.expect(std::tuple(raised.layers[at], raised.heads[at], raised.rows[at]) ==
                                  std::tuple(7, 8, 9),
                              "origin stays, " + what);
                continue;
            }
            const int layer = raised.layers[at] - 5, row = raised.rows[at],
                      head = layer * headsOfLayer + raised.heads[at];
            const bool real =
                layer >= 0 && layer < layers && raised.heads[at] < headsOfLayer && row < in.rows;
            checks.expect(real, "origin of " + what);
            if (real)
                checks.near(scoreOf(made, norms, head, row, key), most, 2e-5, 1e-9, "origin of " + what);
        }
        checks.expect(raise(made, norms, before, layers) == raised, "raised peaks have the same bits twice");
    }
}

} // namespace kvprism::test
