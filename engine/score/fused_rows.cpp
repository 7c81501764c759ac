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

struct Keys {
    std::int64_t begin, end;
};

std::size_t size(std::int64_t count) {
    return static_cast<std::size_t>(count);
}

} // namespace

// A tile is up to KeyProducts::mostRows rows of one KV head, counted as row · group + head of the group.
// Calls onRow(part, row, index in the tile, logits, their keys, log-sum-exp) for each, perhaps in several
// pieces of keys, and then onTile(part, KV head, first). `Part(held)` is what a share collects.
template <class Part, class Row, class Tile>
std::vector<Part> FusedRows::overTiles(const Row& onRow, const Tile& onTile) const {
    constexpr std::int64_t tileRows = model::KeyProducts::mostRows;
    const std::int64_t kvHeads = view.query.size(0), group = view.query.size(2), dim = view.query.size(3);
    const std::int64_t stacked = rows.count * group, tiles = (stacked + tileRows - 1) / tileRows;
    const std::int64_t keys = view.keys.size(1), units = kvHeads * tiles;
    const model::KeyProducts products(
        view.query.narrow(1, rows.first, rows.count).reshape({kvHeads, stacked, dim}), view.keys,
        view.byProducts.packedKeys);
    const at::Tensor& known = view.byProducts.logSumExp;
    const float* knownLse = known.defined() ? known.const_data_ptr<float>() + rows.first * group : nullptr;
    // With a log-sum-exp from elsewhere a piece of the keys will do, whose logits stay in the nearest caches;
    // else a row is needed as a whole.
    const std::int64_t needed = knownLse ? std::min(keys, held) : keys;
    const std::int64_t piece = knownLse ? 512 : std::max<std::int64_t>(1, needed);
    const std::int64_t stride =
        (std::min(piece, needed) / model::KeyProducts::keyStep + 1) * model::KeyProducts::keyStep;
    std::vector<Part> parts(size(std::min(units, mostShares)));
    const auto shares = static_cast<std::int64_t>(parts.size());
    at::parallel_for(0, shares, 1, [&](std::int64_t firstShare, std::int64_t lastShare) {
        thread_local std::vector<float> logits;
        logits.resize(std::max(logits.size(), size(tileRows * stride)));
        for (std::int64_t share = firstShare; share < lastShare; ++share) {
            Part part(held);
            for (std::int64_t unit = units * share / shares; unit < units * (share + 1) / shares; ++unit) {
                const std::int64_t kv = unit / tiles, first = unit % tiles * tileRows;
                const std::int64_t count = std::min(tileRows, stacked - first);
                const auto visible = [&](std::int64_t i) {
                    return std::min(needed, past + rows.first + (first + i) / group + 1);
                };
                for (std::int64_t begin = 0; begin < visible(count - 1); begin += piece) {
                    const std::int64_t end = std::min(begin + piece, visible(count - 1));
                    products.multiply({kv, first, count, begin, end}, logits.data(), stride);
                    for (std::int64_t i = 0; i < count; ++i) {
                        const Keys seen{begin, std::min(end, visible(i))};
                        const float* line = logits.data() + i * stride;
                        if (seen.begin < seen.end)
                            onRow(part, (first + i) / group, i, line, seen,
                                  knownLse ? knownLse[kv * known.size(1) + first + i]
                                           : logSumExp(line, seen.end));
                    }
                }
                onTile(part, kv, first);
            }
            parts[size(share)] = std::move(part);
        }
    });
    return parts;
}

std::vector<float> FusedRows::sums() const {
    struct Part {
        std::vector<float> all, tile; // of the tile under way: short sums lose less
        Part() = default;
        explicit Part(std::int64_t held) : all(size(held)), tile(size(held)) {}
    };
    const auto parts = overTiles<Part>(
        [&](Part& part, std::int64_t, std::int64_t, const float* logits, const Keys& seen, float lse) {
            const std::int64_t end = std::min(held, seen.end);
            addWeights(logits, end - seen.begin, lse, part.tile.data() + seen.begin);
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
        std::vector<float> scores;
        std::vector<std::int32_t> where; // KV head · stacked rows + row · group + head of the group
        std::vector<float> best;         // of the tile under way, logarithms
        std::vector<std::int32_t> bestRow;
        Part() = default;
        explicit Part(std::int64_t held)
            : scores(size(held)), where(size(held)),
              best(size(held), -std::numeric_limits<float>::infinity()), bestRow(size(held)) {}
    };
    const std::int64_t group = view.query.size(2), stacked = std::max<std::int64_t>(1, rows.count * group);
    const float* norm = norms.const_data_ptr<float>();
    const auto parts = overTiles<Part>(
        [&](Part& part, std::int64_t row, std::int64_t index, const float* logits, const Keys& seen,
            float lse) {
            const std::int64_t end = std::min({held, seen.end, counted[size(row)]});
            raiseWeights(logits, end - seen.begin, lse, static_cast<std::int32_t>(index),
                         part.best.data() + seen.begin, part.bestRow.data() + seen.begin);
        },
        [&](Part& part, std::int64_t kv, std::int64_t first) {
            raiseScores(part.best.data(), part.bestRow.data(), norm + kv * held, held,
                        static_cast<std::int32_t>(kv * stacked + first), part.scores.data(),
                        part.where.data());
            std::fill(part.best.begin(), part.best.end(), -std::numeric_limits<float>::infinity());
        });
    Part highest(held);
    for (const Part& part : parts)
        for (std::size_t j = 0; j < highest.scores.size(); ++j) {
            const bool larger = part.scores[j] > highest.scores[j];
            highest.scores[j] = larger ? part.scores[j] : highest.scores[j];
            highest.where[j] = larger ? part.where[j] : highest.where[j];
        }
    Peaks peaks{std::move(highest.scores), std::vector<std::uint16_t>(size(held)),
                std::vector<std::uint16_t>(size(held))};
    for (std::size_t j = 0; j < peaks.scores.size(); ++j) {
        const std::int64_t kv = highest.where[j] / stacked, row = highest.where[j] % stacked;
        peaks.heads[j] = static_cast<std::uint16_t>(kv * group + row % group);
        peaks.rows[j] = static_cast<std::uint16_t>(row / group);
    }
    return peaks;
}

} // namespace kvprism::score
