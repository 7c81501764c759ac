// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/fused_rows.h"

#include "engine/model/key_products.h"
#include "engine/score/row_reductions.h"

#include <algorithm>
#include <limits>

namespace kvprism::score {

namespace {

// Shares of the work, each summed up by itself: many enough for any machine, and never its number of threads.
constexpr std::int64_t mostShares = 8;

std::size_t size(std::int64_t count) {
    return static_cast<std::size_t>(count);
}

} // namespace

// A tile is up to KeyProducts::mostRows rows of one KV head, counted as row · group + head of the group.
// Calls onRow(part, row, index in the tile, logits, visible keys, log-sum-exp) for each and then onTile(part,
// KV head, first). `Part(held)` is what a share collects.
template <class Part, class Row, class Tile>
std::vector<Part> FusedRows::overTiles(const Row& onRow, const Tile& onTile) const {
    constexpr std::int64_t tileRows = model::KeyProducts::mostRows;
    const std::int64_t kvHeads = view.query.size(0), group = view.query.size(2), dim = view.query.size(3);
    const std::int64_t stacked = rows.count * group, tiles = (stacked + tileRows - 1) / tileRows;
    const std::int64_t keys = view.keys.size(1), units = kvHeads * tiles;
    const model::KeyProducts products(
        view.query.narrow(1, rows.first, rows.count).reshape({kvHeads, stacked, dim}), view.keys);
    std::vector<Part> parts(size(std::min(units, mostShares)), Part(held));
    const auto shares = static_cast<std::int64_t>(parts.size());
    at::parallel_for(0, shares, 1, [&](std::int64_t begin, std::int64_t end) {
        thread_local std::vector<float> logits;
        logits.resize(std::max(logits.size(), size(tileRows * products.stride())));
        for (std::int64_t share = begin; share < end; ++share)
            for (std::int64_t unit = units * share / shares; unit < units * (share + 1) / shares; ++unit) {
                const std::int64_t kv = unit / tiles, first = unit % tiles * tileRows;
                const std::int64_t count = std::min(tileRows, stacked - first);
                const auto visible = [&](std::int64_t i) {
                    return std::min(keys, past + rows.first + (first + i) / group + 1);
                };
                products.multiply(kv, first, count, visible(count - 1), logits.data());
                Part& part = parts[size(share)];
                for (std::int64_t i = 0; i < count; ++i) {
                    const float* line = logits.data() + i * products.stride();
                    onRow(part, (first + i) / group, i, line, visible(i), logSumExp(line, visible(i)));
                }
                onTile(part, kv, first);
            }
    });
    return parts;
}

std::vector<float> FusedRows::sums() const {
    struct Part {
        std::vector<float> all, tile; // of the tile under way: short sums lose less
        explicit Part(std::int64_t held) : all(size(held)), tile(size(held)) {}
    };
    const auto parts = overTiles<Part>(
        [&](Part& part, std::int64_t, std::int64_t, const float* logits, std::int64_t visible, float lse) {
            addWeights(logits, std::min(held, visible), lse, part.tile.data());
        },
        [](Part& part, std::int64_t, std::int64_t) {
            for (std::size_t j = 0; j < part.all.size(); ++j)
                part.all[j] += part.tile[j];
            std::fill(part.tile.begin(), part.tile.end(), 0.0F);
        });
    std::vector<float> sums(size(held));
    for (const Part& part : parts)
        for (std::size_t j = 0; j < sums.size(); ++j)
            sums[j] += part.all[j];
    return sums;
}

FusedRows::Peaks FusedRows::peaks(const at::Tensor& norms, const std::vector<std::int64_t>& counted) const {
    struct Part {
        Peaks peaks;
        std::vector<float> best; // of the tile under way, logarithms
        std::vector<std::int32_t> bestRow;
        explicit Part(std::int64_t held)
            : peaks{std::vector<float>(size(held)), std::vector<std::uint16_t>(size(held)),
                    std::vector<std::uint16_t>(size(held))},
              best(size(held), -std::numeric_limits<float>::infinity()), bestRow(size(held)) {}
    };
    const std::int64_t group = view.query.size(2);
    const float* norm = norms.const_data_ptr<float>();
    const auto parts = overTiles<Part>(
        [&](Part& part, std::int64_t row, std::int64_t index, const float* logits, std::int64_t visible,
            float lse) {
            raiseWeights(logits, std::min({held, visible, counted[size(row)]}), lse,
                         static_cast<std::int32_t>(index), part.best.data(), part.bestRow.data());
        },
        [&](Part& part, std::int64_t kv, std::int64_t first) {
            exponentiate(part.best.data(), held);
            for (std::int64_t j = 0; j < held; ++j) {
                const float score = part.best[size(j)] * norm[kv * held + j];
                if (score <= part.peaks.scores[size(j)])
                    continue;
                const std::int64_t row = first + part.bestRow[size(j)];
                part.peaks.scores[size(j)] = score;
                part.peaks.heads[size(j)] = static_cast<std::uint16_t>(kv * group + row % group);
                part.peaks.rows[size(j)] = static_cast<std::uint16_t>(row / group);
            }
            std::fill(part.best.begin(), part.best.end(), -std::numeric_limits<float>::infinity());
        });
    Peaks peaks = parts.empty() ? Part(held).peaks : parts.front().peaks;
    for (const Part& part : parts)
        for (std::size_t j = 0; j < peaks.scores.size(); ++j)
            if (part.peaks.scores[j] > peaks.scores[j]) {
                peaks.scores[j] = part.peaks.scores[j];
                peaks.heads[j] = part.peaks.heads[j];
                peaks.rows[j] = part.peaks.rows[j];
            }
    return peaks;
}

} // namespace kvprism::score
