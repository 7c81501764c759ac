// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/column_reference.h"
#include "engine/kernels/column_scores.h"
#include "tests/kernels/checks.h"
#include "tests/kernels/column_case.h"
#include "tests/kernels/device_memory.h"

#include <cmath>
#include <optional>

namespace kvprism::test {

namespace {

using kernels::ColumnScores;

// The case on the device.
class OnDevice {
  public:
    explicit OnDevice(const ColumnCase& made)
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
        const ColumnCase made = randomColumnCase(checks, round);
        OnDevice device(made);
        const auto sums = device.sums();
        const auto wanted = columnSumsReference(made.shape);
        for (std::size_t i = 0; i < sums.size(); ++i)
            checks.near(double(sums[i]), wanted[i], 2e-5, 1e-6,
                        "sum of key " + std::to_string(i) + ", " + made.name());
        checks.expect(device.sums() == sums, "sums have the same bits twice, " + made.name());

        const auto [best, place] = device.peaks();
        const auto peaks = columnPeaksReference(made.shape, kernels::columnPlaceRows(made.shape));
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
