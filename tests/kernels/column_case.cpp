// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/kernels/column_case.h"

#include "engine/kernels/bf16.h"

#include <cmath>
#include <limits>
#include <sstream>

namespace kvprism::test {

std::string ColumnCase::name() const {
    std::ostringstream text;
    text << shape.rows << " rows from " << shape.firstRow << ", " << shape.keyCount << " keys, " << shape.past
         << " past, exclusion " << shape.exclusion << ", " << shape.queryHeads << "/" << shape.kvHeads
         << " heads of " << shape.headDim;
    return text.str();
}

namespace {

using kernels::ColumnScores;

std::vector<std::uint16_t> normal(Checks& checks, std::int64_t count) {
    std::normal_distribution<float> distribution;
    std::vector<std::uint16_t> values(static_cast<std::size_t>(count));
    for (auto& value : values)
        value = kernels::bf16OfFloat(distribution(checks.random()));
    return values;
}

// Log-sum-exps of the rows over everything that they see; with an exclusion that is more than what they count
// for.
void fillLogSums(ColumnCase& made) {
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

// A question over more tiles of keys than a device has processors: of many heads with few keys each, or of
// many rows.
void askOfManyTiles(Checks& checks, ColumnScores& in, bool manyHeads) {
    in.kvHeads = manyHeads ? checks.between(250, 300) : checks.between(9, 12);
    in.queryHeads = in.kvHeads * checks.between(1, manyHeads ? 4 : 8);
    in.rows = manyHeads ? checks.between(1, 16) : checks.between(1, 64);
    in.past = manyHeads ? checks.between(60, 130) : checks.between(1000, 1500);
    in.firstRow = 0;
    in.keyCount = in.past + checks.between(0, in.rows);
}

} // namespace

ColumnCase randomColumnCase(Checks& checks, int round) {
    constexpr int dims[] = {64, 128, 80, 96, 256, 128, 64, 8};
    ColumnCase made;
    ColumnScores& in = made.shape;
    in.headDim = dims[round % 8];
    in.kvHeads = checks.between(1, 3);
    in.queryHeads = in.kvHeads * checks.between(1, 8);
    in.rows = round % 5 == 0 ? 1 : checks.between(1, 300);
    in.past = round % 3 == 0 ? 0 : checks.between(1, 400);
    in.firstRow = round % 4 == 0 ? checks.between(1, 200) : 0;
    in.keyCount = in.past + in.firstRow + (round % 7 == 0 ? checks.between(0, in.rows) : in.rows);
    in.keyCount = std::max(in.keyCount, 1);
    if (round % 8 == 5 || round % 8 == 6)
        askOfManyTiles(checks, in, round % 16 < 8);
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

} // namespace kvprism::test
