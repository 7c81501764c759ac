// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/lsh_scorer.h"

#include "engine/select/counter_random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kvprism::score {

namespace {

// In (0, 1).
double uniform(std::uint64_t seed, std::uint64_t column, std::uint64_t row) {
    return (static_cast<double>(select::randomBits(seed, column, row) >> 11) + 0.5) * 0x1p-53;
}

at::Tensor averagedOverHeads(const at::Tensor& keys) { // [kv_heads, n, dim] → [n, dim] f32
    return keys.to(at::kFloat).mean(0);
}

// The centroids of p = max(1, min(8, ⌊m/16⌋)) parts of the query tokens, in order.
at::Tensor centroids(const at::Tensor& queries) {
    const std::int64_t rows = queries.size(0);
    const std::int64_t parts = std::max<std::int64_t>(1, std::min<std::int64_t>(8, rows / 16));
    std::vector<at::Tensor> means;
    for (std::int64_t part = 0; part < parts; ++part) {
        const std::int64_t begin = part * rows / parts, end = (part + 1) * rows / parts;
        means.push_back(queries.narrow(0, begin, end - begin).mean(0));
    }
    return at::stack(means);
}

} // namespace

std::vector<float> lshProjection(std::int32_t dim, std::int32_t tables, std::int32_t bits,
                                 std::uint64_t seed) {
    const std::int32_t columns = tables * bits;
    std::vector<float> projection(static_cast<std::size_t>(dim) * static_cast<std::size_t>(columns));
    for (std::int32_t row = 0; row < dim; ++row)
        for (std::int32_t column = 0; column < columns; ++column) {
            const auto d = static_cast<std::uint64_t>(row), c = static_cast<std::uint64_t>(column);
            const double radius = std::sqrt(-2 * std::log(uniform(seed, 2 * c, d)));
            const double angle = 2 * std::numbers::pi * uniform(seed, 2 * c + 1, d);
            projection[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                       static_cast<std::size_t>(column)] = static_cast<float>(radius * std::cos(angle));
        }
    return projection;
}

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "fma", "default")))
#endif
void lshSignature(const float* vector, std::int32_t dim, const std::vector<float>& projection, std::int32_t tables,
                  std::int32_t bits, std::uint16_t* signature) {
    constexpr std::int32_t most = 64 * 16;
    const std::int32_t columns = std::min(tables * bits, most);
    float sums[most] = {};
    for (std::int32_t d = 0; d < dim; ++d) {
        const float x = vector[d];
        const float* row =
            projection.data() + static_cast<std::size_t>(d) * static_cast<std::size_t>(columns);
        for (std::int32_t column = 0; column < columns; ++column)
            sums[column] = std::fma(x, row[column], sums[column]);
    }
    for (std::int32_t table = 0; table < tables; ++table) {
        unsigned bucket = 0;
        for (std::int32_t bit = 0; bit < bits; ++bit)
            bucket |= static_cast<unsigned>(sums[table * bits + bit] > 0) << bit;
        signature[table] = static_cast<std::uint16_t>(bucket);
    }
}

std::vector<float> tieBreakDistances(select::TieBreak tieBreak, const at::Tensor& vectors,
                                     const at::Tensor& queries) {
    const std::int64_t rows = queries.size(0);
    if (tieBreak == select::TieBreak::none || rows == 0)
        return {};
    const at::Tensor x = vectors.to(at::kDouble), q = queries.to(at::kDouble);
    const at::Tensor mean = q.mean(0, true); // [1, dim]
    at::Tensor distances;
    switch (tieBreak) {
    case select::TieBreak::maxSim:
        distances = at::cdist(x, q, 2, 2).amin(1); // 2: never by way of a product, which would round
        break;
    case select::TieBreak::partitionedCentroid:
        distances = at::cdist(x, centroids(q), 2, 2).amin(1);
        break;
    case select::TieBreak::mahalanobis:
        if (rows >= 2) {
            const at::Tensor variance = at::mean(at::square(q - mean), 0, true) + 1e-8;
            distances = at::sqrt(at::sum(at::square(x - mean) / variance, at::IntArrayRef({1})));
            break;
        }
        [[fallthrough]];
    default:
        distances = at::sqrt(at::sum(at::square(x - mean), at::IntArrayRef({1})));
    }
    const at::Tensor result = distances.to(at::kFloat).contiguous();
    return {result.data_ptr<float>(), result.data_ptr<float>() + result.numel()};
}

void LshScorer::add(const model::LayerView& view) {
    if (view.layer.value != m_options.lastLayer)
        return;
    const auto held = static_cast<std::int64_t>(m_tokens.held.size());
    m_keys = averagedOverHeads(view.cached.narrow(1, 0, held));
    m_queries = averagedOverHeads(
        view.cached.narrow(1, m_tokens.memory() + m_options.rows.first, m_options.rows.count));
}

void LshScorer::finish(select::StepScores& scores) {
    const auto dim = static_cast<std::int32_t>(m_keys.size(1));
    std::vector<std::int64_t> rows;
    for (std::size_t row = 0; row < m_tokens.candidates.size(); ++row)
        if (m_tokens.candidates[row])
            rows.push_back(static_cast<std::int64_t>(row));
    const at::Tensor index = at::tensor(rows, at::kLong);
    const at::Tensor mean = m_keys.index_select(0, index).to(at::kDouble).mean(0, true).to(at::kFloat);
    const at::Tensor tokens = (m_keys - mean).contiguous();
    const at::Tensor queries = (m_queries - mean).contiguous();

    trace::LshColumns& lsh = scores.lsh;
    lsh.tables = m_options.tables;
    lsh.bits = m_options.bits;
    const auto projection = lshProjection(dim, m_options.tables, m_options.bits, m_options.seed);
    const auto hash = [&](const at::Tensor& vectors, std::vector<std::uint16_t>& signatures) {
        signatures.resize(static_cast<std::size_t>(vectors.size(0) * m_options.tables));
        for (std::int64_t row = 0; row < vectors.size(0); ++row)
            lshSignature(vectors.data_ptr<float>() + row * dim, dim, projection, m_options.tables,
                         m_options.bits, signatures.data() + row * m_options.tables);
    };
    hash(tokens, lsh.signatures);
    hash(queries, lsh.promptSignatures);
    lsh.distances = tieBreakDistances(m_options.tieBreak, tokens, queries);
}

} // namespace kvprism::score
