// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/bf16.h"
#include "engine/kernels/column_reference.h"
#include "engine/kernels/column_scores.h"
#include "tests/kernels/checks.h"
#include "tests/kernels/device_memory.h"

#include <cmath>
#include <limits>
#include <optional>
#include <sstream>

namespace kvprism::test {

namespace {

using kernels::ColumnScores;

struct Case {
    ColumnScores shape; // pointers are of the host
    std::vector<std::uint16_t> query, keys;
    std::vector<float> lse2;

    std::string name() const {
        std::ostringstream text;
        text << shape.rows << " rows from " << shape.firstRow << ", " << shape.keyCount << " keys, "
             << shape.past << " past, exclusion " << shape.exclusion << ", " << shape.queryHeads << "/"
             << shape.kvHeads << " heads of " << shape.headDim;
        return text.str();
    }
};

std::vector<std::uint16_t> normal(Checks& checks, std::int64_t count) {
    std::normal_distribution<float> distribution;
    std::vector<std::uint16_t> values(static_cast<std::size_t>(count));
    for (auto& value : values)
        value = kernels::bf16OfFloat(distribution(checks.random()));
    return values;
}

// Log-sum-exps of the rows over everything that they see; with an exclusion that is more than what they count
// for.
void fillLogSums(Case& made) {
    const ColumnScores& in = made.shape;
    for (int head = 0; head < in.queryHeads; ++head)
        for (int row = 0; row < in.rows; ++row) {
            const std::uint16_t* query = in.query + (std::int64_t(row) * in.queryHeads + head) * in.headDim;
            double sum = 0;
            for (int key = 0; key < in.keyCount && key - in.past <= in.firstRow + row; ++key) {
                const std::uint16_t* other =
                    in.keys + (head / (in.queryHeads / in.kvHeads) * in.capacity + key) * in.headDim;
                double product = 0;
                for (int d = 0; d < in.headDim; ++d)
                    product +=
                        double(kernels::floatOfBf16(query[d])) * double(kernels::floatOfBf16(other[d]));
                sum += std::exp(product * double(in.scale));
            }
            made.lse2[static_cast<std::size_t>(head * in.lseStride + row)] =
                static_cast<float>(std::log2(sum));
        }
}

Case randomCase(Checks& checks, int round) {
    constexpr int dims[] = {64, 128, 80, 96, 256, 128, 64, 8};
    Case made;
    ColumnScores& in = made.shape;
    in.headDim = dims[round % 8];
    in.kvHeads = checks.between(1, 3);
    in.queryHeads = in.kvHeads * checks.between(1, 8);
    in.rows = round % 5 == 0 ? 1 : checks.between(1, 300);
    in.past = round % 3 == 0 ? 0 : checks.between(1, 400);
    in.firstRow = round % 4 == 0 ? checks.between(1, 200) : 0;
    in.keyCount = in.past + in.firstRow + (round % 7 == 0 ? checks.between(0, in.rows) : in.rows);
    in.keyCount = std::max(in.keyCount, 1);
    in.exclusion = round % 2 == 0 ? 0 : checks.between(1, 80);
    in.capacity = in.keyCount + checks.between(0, 9);
    in.lseStride =
        (in.rows + kernels::columnScoreRows - 1) / kernels::columnScoreRows * kernels::columnScoreRows;
    in.scale = 1.0f / std::sqrt(static_cast<float>(in.headDim));
    made.query = normal(checks, std::int64_t(in.rows) * in.queryHeads * in.headDim);
    made.keys = normal(checks, std::int64_t(in.kvHeads) * in.capacity * in.headDim);
    made.lse2.assign(static_cast<std::size_t>(in.queryHeads * in.lseStride),
                     std::numeric_limits<float>::infinity());
    in.query = made.query.data();
    in.keys = made.keys.data();
    in.lse2 = made.lse2.data();
    fillLogSums(made);
    return made;
}

// The case on the device.
class OnDevice {
  public:
    explicit OnDevice(const Case& made)
        : m_query(made.query), m_keys(made.keys), m_lse2(made.lse2), in(made.shape) {
        in.query = m_query.data();
        in.keys = m_keys.data();
        in.lse2 = m_lse2.data();
        m_scratch.emplace(kernels::columnScratchBytes(in));
        in.scratch = m_scratch->data();
        m_values = static_cast<std::size_t>(in.kvHeads) * static_cast<std::size_t>(in.keyCount);
    }
    std::vector<float> sums() {
        DeviceMemory<float> sums(std::vector<float>(m_values, 0.0f));
        finish(kernels::addColumnSums(in, sums.data(), nullptr));
        return sums.values();
    }
    std::pair<std::vector<float>, std::vector<std::int32_t>> peaks() {
        DeviceMemory<float> best(m_values);
        DeviceMemory<std::int32_t> place(m_values);
        finish(kernels::columnPeaks(in, best.data(), place.data(), nullptr));
        return {best.values(), place.values()};
    }

  private:
    static void finish(const kernels::Launched& launched) {
        if (!launched.ok()) {
            std::fprintf(stderr, "%s\n", launched.what ? launched.what : "launch");
            check(static_cast<cudaError_t>(launched.code), "launch");
            std::exit(1);
        }
        check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    }
    DeviceMemory<std::uint16_t> m_query, m_keys;
    DeviceMemory<float> m_lse2;
    std::optional<DeviceMemory<unsigned char>> m_scratch;
    std::size_t m_values = 0;
    ColumnScores in;
};

} // namespace

void checkColumnScores(Checks& checks) {
    for (int round = 0; round < checks.rounds(); ++round) {
        const Case made = randomCase(checks, round);
        OnDevice device(made);
        const auto sums = device.sums();
        const auto wanted = columnSumsReference(made.shape);
        for (std::size_t i = 0; i < sums.size(); ++i)
            checks.near(double(sums[i]), wanted[i], 2e-5, 1e-6,
                        "sum of key " + std::to_string(i) + ", " + made.name());
        checks.expect(device.sums() == sums, "sums have the same bits twice, " + made.name());

        const auto [best, place] = device.peaks();
        const auto peaks = columnPeaksReference(made.shape);
        const std::size_t places = peaks.bestOfPlaces.size() / peaks.best.size();
        for (std::size_t i = 0; i < best.size(); ++i) {
            const std::string what = "peak of key " + std::to_string(i) + ", " + made.name();
            checks.near(std::exp2(double(best[i])), std::exp2(peaks.best[i]), 2e-5, 1e-9, what);
            const bool real = place[i] >= 0 && static_cast<std::size_t>(place[i]) < places;
            checks.expect(real, "place of " + what);
            if (real) // ties within rounding may be anywhere
                checks.near(std::exp2(peaks.bestOfPlaces[i * places + static_cast<std::size_t>(place[i])]),
                            std::exp2(peaks.best[i]), 2e-5, 1e-9, "place of " + what);
        }
        checks.expect(device.peaks() == std::pair(best, place),
                      "peaks have the same bits twice, " + made.name());
    }
}

} // namespace kvprism::test
