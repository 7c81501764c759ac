// SPDX-License-Identifier: GPL-3.0-or-later
// What each kernel of a step takes on this GPU in the shape of Llama-3.1-8B, 4,096 kept and a block of 4,096:
// median of 20, in microseconds. Not a test: machines are noisy.
#include "engine/base/median.h"
#include "engine/kernels/bf16.h"
#include "engine/kernels/column_scores.h"
#include "engine/kernels/raise_peaks.h"
#include "engine/kernels/ranking.h"
#include "engine/kernels/row_kernels.h"
#include "tests/kernels/event_timer.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <optional>
#include <random>

namespace kvprism::test {

namespace {

constexpr int layers = 32, kvHeads = 8, group = 4, headDim = 128, held = 8192, kept = 4096;

template <class Launch> void time(const char* what, const Launch& launch) {
    EventTimer timer;
    std::vector<double> times;
    for (int round = 0; round < 23; ++round) {
        const double ms = timer.milliseconds([&] {
            const kernels::Launched launched = launch();
            check(static_cast<cudaError_t>(launched.code), launched.what ? launched.what : what);
        });
        if (round >= 3)
            times.push_back(ms * 1000);
    }
    std::printf("%9.1f  %s\n", median(times), what);
}

std::vector<std::uint16_t> randomBf16(std::size_t count) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<std::uint16_t> values(count), pattern(65521); // random enough, and quick to make
    for (auto& value : pattern)
        value = kernels::bf16OfFloat(normal(random));
    for (std::size_t i = 0; i < count; ++i)
        values[i] = pattern[i % pattern.size()];
    return values;
}

// Some rows over 8,192 keys of `planes` KV heads, of which the first `past` are not the rows' own.
struct Columns {
    DeviceMemory<std::uint16_t> query, keys;
    DeviceMemory<float> lse2, best;
    DeviceMemory<std::int32_t> place;
    std::optional<DeviceMemory<unsigned char>> scratch;
    kernels::ColumnScores in;

    Columns(int rows, int planes, int past)
        : query(randomBf16(std::size_t(rows) * planes * group * headDim)),
          keys(randomBf16(std::size_t(planes) * held * headDim)),
          lse2(std::vector<float>(std::size_t(planes) * group * padded(rows), 20.0f)),
          best(std::size_t(planes) * held), place(std::size_t(planes) * held) {
        in.query = query.data();
        in.keys = keys.data();
        in.lse2 = lse2.data();
        in.rows = rows;
        in.past = past;
        in.keyCount = held;
        in.queryHeads = planes * group;
        in.kvHeads = planes;
        in.headDim = headDim;
        in.capacity = held;
        in.lseStride = padded(rows);
        in.scale = 0.088f;
        scratch.emplace(kernels::columnScratchBytes(in));
        in.scratch = scratch->data();
    }
    static std::size_t padded(int rows) {
        return std::size_t(rows + kernels::columnScoreRows - 1) / kernels::columnScoreRows *
               kernels::columnScoreRows;
    }
    void time() {
        test::time("column peaks",
                   [&] { return kernels::columnPeaks(in, best.data(), place.data(), nullptr); });
        test::time("column sums", [&] { return kernels::addColumnSums(in, best.data(), nullptr); });
    }
};

void timeBlock() {
    std::puts("4,096 rows over 4,096 kept and their own, one layer");
    Columns(held / 2, kvHeads, held / 2).time();
}

void timeScoring(int rows) {
    constexpr int planes = layers * kvHeads;
    Columns columns(rows, planes, held);
    std::printf("%d question rows over 8,192 keys of 32 layers\n", rows);
    columns.time();
    DeviceMemory<float> norms(std::vector<float>(std::size_t(planes) * held, 1.0f));
    DeviceMemory<float> scores(std::vector<float>(held, 0.0f));
    DeviceMemory<std::uint16_t> layer(held), head(held), row(held);
    DeviceMemory<unsigned char> winners(kernels::raisePeaksScratchBytes(held));
    kernels::RaisePeaks call;
    call.in = columns.in;
    call.best = columns.best.data();
    call.place = columns.place.data();
    call.valueNorms = norms.data();
    call.kvHeadsOfLayer = kvHeads;
    call.scratch = winners.data();
    call.scores = scores.data();
    call.layers = layer.data();
    call.heads = head.data();
    call.rows = row.data();
    check(cudaMemset(columns.best.data(), 0, std::size_t(planes) * held * 4), "cudaMemset");
    check(cudaMemset(columns.place.data(), 0, std::size_t(planes) * held * 4), "cudaMemset");
    time("raise peaks", [&] {
        check(cudaMemsetAsync(scores.data(), 0, held * 4), "cudaMemset");
        return kernels::raisePeaks(call, nullptr);
    });
}

void timeChoosing() {
    std::vector<std::int32_t> all(held);
    std::iota(all.begin(), all.end(), 0);
    std::vector<float> raw(held);
    std::mt19937 random(1);
    for (float& value : raw)
        value = std::uniform_real_distribution<float>()(random);
    DeviceMemory<std::int32_t> positions(all), ranked(held);
    DeviceMemory<float> scores(raw), pooled(held);
    std::puts("8,192 candidates");
    time("pool over 15", [&] {
        return kernels::poolScores({positions.data(), scores.data(), pooled.data(), held, 15, false},
                                   nullptr);
    });
    DeviceMemory<unsigned char> scratch(kernels::rankingScratchBytes(held));
    kernels::Ranking ranking;
    ranking.rows = positions.data();
    ranking.values = pooled.data();
    ranking.ranked = ranked.data();
    ranking.count = held;
    ranking.scratch = scratch.data();
    time("rank", [&] { return kernels::rank(ranking, nullptr); });
}

void timeCompaction() {
    constexpr int planes = layers * kvHeads;
    DeviceMemory<std::uint16_t> keys(std::size_t(planes) * held * headDim),
        values(std::size_t(planes) * held * headDim);
    DeviceMemory<float> norms(std::size_t(planes) * held);
    std::vector<std::int32_t> rows;
    for (int row = 0; row < held; ++row)
        if (row < 1024 || row >= held - 1024 || (row % 3 == 0 && static_cast<int>(rows.size()) < kept - 1024))
            rows.push_back(row);
    DeviceMemory<std::int32_t> list(rows);
    kernels::Compact call;
    call.parts[0] = {keys.data(), headDim * 2};
    call.parts[1] = {values.data(), headDim * 2};
    call.parts[2] = {norms.data(), 4};
    call.planes = planes;
    call.capacity = held;
    call.kept = list.data();
    call.count = static_cast<std::int32_t>(rows.size());
    std::printf("8,192 slots to %zu\n", rows.size());
    time("compact keys, values and norms", [&] { return kernels::compact(call, nullptr); });
    call.parts[2] = {};
    time("compact keys and values", [&] { return kernels::compact(call, nullptr); });
}

} // namespace

} // namespace kvprism::test

int main() {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
        std::puts("No GPU answers here.");
        return 77;
    }
    kvprism::test::timeBlock();
    for (const int rows : {16, 64, 72, 128})
        kvprism::test::timeScoring(rows);
    kvprism::test::timeChoosing();
    kvprism::test::timeCompaction();
    return 0;
}
