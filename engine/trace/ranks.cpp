// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/ranks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>

namespace kvprism::trace {

namespace {

constexpr std::string_view smallestFirst = "knorm"; // the one score of which less is better

} // namespace

const ScoreColumn* rankingColumn(const CompressionStep& step) {
    const auto& columns = step.held.scores;
    const auto pooled = std::find_if(columns.begin(), columns.end(),
                                     [](const ScoreColumn& column) { return column.name == "pooled"; });
    const auto own = std::find_if(columns.begin(), columns.end(), [](const ScoreColumn& column) {
        return !column.name.starts_with(otherPrefix);
    });
    const auto chosen = pooled != columns.end() ? pooled : own;
    if (chosen == columns.end() || chosen->values.size() != step.held.size())
        return nullptr;
    return &*chosen;
}

std::vector<std::size_t> rowsByScore(const CompressionStep& step) {
    const ScoreColumn* column = rankingColumn(step);
    if (!column)
        return {};
    const float sign = column->name == smallestFirst ? -1.0F : 1.0F;
    const auto key = [&](std::size_t row) {
        const float score = column->values[row];
        return std::isnan(score) ? -std::numeric_limits<float>::infinity() : sign * score;
    };
    std::vector<std::size_t> rows(column->values.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    // Rows ascend by position, so a stable order is the rule for equal scores.
    std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return key(a) > key(b); });
    return rows;
}

} // namespace kvprism::trace
