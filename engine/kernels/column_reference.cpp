// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/column_reference.h"

#include "engine/kernels/bf16.h"

#include <cmath>
#include <limits>

namespace kvprism::kernels {

namespace {

// Calls take(kv head, key, query head of the group, row, logit·log₂e − lse2) of every pair that counts.
template <class Take> void forEachPair(const ColumnScores& in, const Take& take) {
    const std::int32_t group = in.queryHeads / in.kvHeads;
    for (std::int32_t head = 0; head < in.queryHeads; ++head)
        for (std::int32_t row = 0; row < in.rows; ++row) {
            const std::uint16_t* query = in.query + (std::int64_t(row) * in.queryHeads + head) * in.headDim;
            for (std::int32_t key = 0; key < in.keyCount; ++key) {
                if (in.firstRow + row < key - in.past + in.exclusion)
                    continue;
                const std::uint16_t* other =
                    in.keys + (std::int64_t(head / group) * in.capacity + key) * in.headDim;
                double product = 0;
                for (std::int32_t d = 0; d < in.headDim; ++d)
                    product += double(floatOfBf16(query[d])) * double(floatOfBf16(other[d]));
                const double lse2 = in.lse2[head * in.lseStride + row];
                take(head / group, key, head % group, row,
                     product * double(in.scale) * std::log2(std::exp(1.0)) - lse2);
            }
        }
}

} // namespace

std::vector<double> columnSumsReference(const ColumnScores& in) {
    std::vector<double> sums(static_cast<std::size_t>(in.kvHeads) * static_cast<std::size_t>(in.keyCount));
    forEachPair(in, [&](std::int32_t head, std::int32_t key, std::int32_t, std::int32_t, double x) {
        sums[static_cast<std::size_t>(std::int64_t(head) * in.keyCount + key)] += std::exp2(x);
    });
    return sums;
}

ColumnPeaksReference columnPeaksReference(const ColumnScores& in, std::int32_t placeRows) {
    const std::int32_t placesOfHead = (in.rows + placeRows - 1) / placeRows;
    const std::int64_t places = std::int64_t(in.queryHeads / in.kvHeads) * placesOfHead;
    const auto keys = static_cast<std::size_t>(in.kvHeads) * static_cast<std::size_t>(in.keyCount);
    constexpr double none = -std::numeric_limits<double>::infinity();
    ColumnPeaksReference result{std::vector<double>(keys, none), std::vector<std::int32_t>(keys),
                                std::vector<double>(keys * static_cast<std::size_t>(places), none)};
    forEachPair(
        in, [&](std::int32_t head, std::int32_t key, std::int32_t ofGroup, std::int32_t row, double x) {
            const auto at = static_cast<std::size_t>(std::int64_t(head) * in.keyCount + key);
            const std::int32_t place = ofGroup * placesOfHead + row / placeRows;
            double& ofPlace =
                result.bestOfPlaces[at * static_cast<std::size_t>(places) + static_cast<std::size_t>(place)];
            ofPlace = std::max(ofPlace, x);
            if (x > result.best[at]) {
                result.best[at] = x;
                result.place[at] = place;
            }
        });
    return result;
}

} // namespace kvprism::kernels
