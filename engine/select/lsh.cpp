// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/lsh.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace kvprism::select {

std::int32_t collidingTables(std::span<const std::uint16_t> token, std::span<const std::uint16_t> queries) {
    std::int32_t colliding = 0;
    for (std::size_t table = 0; table < token.size(); ++table)
        for (std::size_t query = table; query < queries.size(); query += token.size())
            if (queries[query] == token[table]) {
                ++colliding;
                break;
            }
    return colliding;
}

std::int32_t mostMatchingBits(std::span<const std::uint16_t> token, std::span<const std::uint16_t> queries,
                              std::int32_t bits) {
    if (token.empty())
        return 0;
    std::int32_t most = 0;
    const auto all = static_cast<std::int32_t>(token.size()) * bits;
    for (std::size_t query = 0; query + token.size() <= queries.size(); query += token.size()) {
        std::int32_t different = 0;
        for (std::size_t table = 0; table < token.size(); ++table)
            different += std::popcount(static_cast<unsigned>(token[table] ^ queries[query + table]));
        most = std::max(most, all - different);
    }
    return most;
}

double twoTablesCollide(std::int32_t matching, std::int32_t tables, std::int32_t bits) {
    if (tables < 1 || bits < 1)
        return 0;
    const double p = static_cast<double>(matching) / (static_cast<double>(tables) * bits);
    const double table = std::pow(p, bits); // one table collides
    return 1 - std::pow(1 - table, tables) - tables * table * std::pow(1 - table, tables - 1);
}

std::vector<float> survivalOf(std::span<const std::int32_t> matching, std::int32_t tables,
                              std::int32_t bits) {
    std::vector<float> values; // by matching bits
    for (std::int32_t equal = 0; equal <= tables * bits; ++equal)
        values.push_back(static_cast<float>(std::max(0.0, twoTablesCollide(equal, tables, bits))));
    std::vector<float> u;
    for (const std::int32_t equal : matching)
        u.push_back(values[static_cast<std::size_t>(equal)]);
    return u;
}

std::vector<std::int32_t> completeLsh(trace::LshColumns& lsh) {
    const auto tables = static_cast<std::size_t>(lsh.tables);
    const std::size_t held = tables == 0 ? 0 : lsh.signatures.size() / tables;
    std::vector<std::int32_t> matching(held);
    lsh.collisions.resize(held);
    for (std::size_t row = 0; row < held; ++row) {
        const auto token = std::span<const std::uint16_t>(lsh.signatures).subspan(row * tables, tables);
        matching[row] = mostMatchingBits(token, lsh.promptSignatures, lsh.bits);
        lsh.collisions[row] = static_cast<std::uint8_t>(collidingTables(token, lsh.promptSignatures));
    }
    lsh.u = survivalOf(matching, lsh.tables, lsh.bits);
    return matching;
}

} // namespace kvprism::select
