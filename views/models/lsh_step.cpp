// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/lsh_step.h"

#include "engine/select/lsh.h"
#include "engine/select/method.h"
#include "engine/select/options.h"
#include "engine/select/plan.h"

#include <algorithm>
#include <span>

namespace kvprism::views {

using trace::LshColumns;
using trace::Tier;

namespace {

std::size_t outcomeOf(const trace::HeldTokens& held, std::size_t row) {
    if (held.tiers[row] == Tier::dropped)
        return 0;
    if (held.selectors[row] == trace::noSelector)
        return 1;
    return std::min<std::size_t>(2 + held.selectors[row], 3);
}

} // namespace

LshStep::LshStep(const trace::Run& run, std::shared_ptr<const trace::CompressionStep> step)
    : m_step(std::move(step)) {
    const trace::HeldTokens& held = m_step->held;
    const LshColumns& lsh = held.lsh;
    if (lsh.empty() || lsh.collisions.size() != held.size() || lsh.u.size() != held.size())
        return;
    m_histogram.resize(static_cast<std::size_t>(lsh.tables) + 1);
    for (std::size_t row = 0; row < held.size(); ++row) {
        if (!held.candidates[row])
            continue;
        HashedToken token{
            held.positions[row].value, row, outcomeOf(held, row), lsh.collisions[row], {}, lsh.u[row], 0, 0};
        if (row < lsh.distances.size())
            token.distance = lsh.distances[row];
        const auto collisions = std::min<std::size_t>(lsh.collisions[row], m_histogram.size() - 1);
        ++m_histogram[collisions].of[token.outcome];
        m_candidates.push_back(token);
    }
    rank(run);
}

// By both rules, whichever of them the run had.
void LshStep::rank(const trace::Run& run) {
    auto config = select::configOfRun(run);
    const auto methods = select::methodTable();
    const auto hashing = std::ranges::find_if(
        methods, [](const select::MethodSpec& method) { return method.scorer == select::ScorerKind::lsh; });
    if (!config || hashing == methods.end())
        return;
    std::vector<std::size_t> indexOfRow(m_step->held.size(), 0);
    for (std::size_t index = 0; index < m_candidates.size(); ++index)
        indexOfRow[m_candidates[index].row] = index;
    const select::Part part{.method = &*hashing, .scoring = hashing->scoring, .pool = {}, .poolWidth = 1};
    config->lshMode = select::LshMode::frequencyRank;
    for (const std::size_t row : select::rankCandidates(*m_step, *config, part)) {
        m_byFrequency.push_back(indexOfRow[row]);
        m_candidates[indexOfRow[row]].frequencyRank = static_cast<int>(m_byFrequency.size());
    }
    config->lshMode = select::LshMode::magicpigBaseline;
    int rank = 0;
    for (const std::size_t row : select::rankCandidates(*m_step, *config, part))
        m_candidates[indexOfRow[row]].magicpigRank = ++rank;
}

bool LshStep::hasSignatures() const {
    return m_step && tables() > 0 &&
           m_step->held.lsh.signatures.size() == m_step->held.size() * static_cast<std::size_t>(tables());
}

int LshStep::queries() const {
    if (!m_step || tables() == 0)
        return 0;
    return static_cast<int>(m_step->held.lsh.promptSignatures.size() / static_cast<std::size_t>(tables()));
}

std::optional<std::size_t> LshStep::find(int token) const {
    const auto found = std::ranges::lower_bound(m_candidates, token, {}, &HashedToken::token);
    if (found == m_candidates.end() || found->token != token)
        return std::nullopt;
    return static_cast<std::size_t>(found - m_candidates.begin());
}

int LshStep::columnOf(int bucket, int columns) const {
    const int count = std::clamp(columns, 1, buckets());
    // The stretch c is [c·buckets/count, (c+1)·buckets/count), rounded down.
    return static_cast<int>(((std::int64_t{bucket} + 1) * count - 1) / buckets());
}

int LshStep::bucketOf(const HashedToken& token, int table) const {
    const auto at = token.row * static_cast<std::size_t>(tables()) + static_cast<std::size_t>(table);
    return m_step->held.lsh.signatures[at];
}

std::vector<BucketUse> LshStep::use(int table, int columns) const {
    if (!hasSignatures() || table < 0 || table >= tables())
        return {};
    const int count = std::clamp(columns, 1, buckets());
    std::vector<BucketUse> stretches(static_cast<std::size_t>(count));
    for (const HashedToken& token : m_candidates)
        ++stretches[static_cast<std::size_t>(columnOf(bucketOf(token, table), count))]
              .candidates.of[token.outcome];
    const auto& prompt = m_step->held.lsh.promptSignatures;
    for (auto query = static_cast<std::size_t>(table); query < prompt.size();
         query += static_cast<std::size_t>(tables()))
        ++stretches[static_cast<std::size_t>(columnOf(prompt[query], count))].queries;
    for (int column = 0; column < count; ++column) {
        BucketUse& stretch = stretches[static_cast<std::size_t>(column)];
        stretch.first = static_cast<int>(std::int64_t{column} * buckets() / count);
        stretch.end = static_cast<int>((std::int64_t{column} + 1) * buckets() / count);
    }
    std::erase_if(stretches,
                  [](const BucketUse& use) { return use.candidates.all() == 0 && use.queries == 0; });
    return stretches;
}

std::optional<BitComparison> LshStep::compare(int token) const {
    const auto index = find(token);
    if (!index || !hasSignatures() || queries() == 0)
        return std::nullopt;
    const LshColumns& lsh = m_step->held.lsh;
    const auto count = static_cast<std::size_t>(tables());
    const auto own = std::span(lsh.signatures).subspan(m_candidates[*index].row * count, count);
    const std::span<const std::uint16_t> prompt(lsh.promptSignatures);
    BitComparison comparison{
        .query = 0, .equalBits = -1, .token = {own.begin(), own.end()}, .other = {}, .collides = {}};
    comparison.collides.resize(count, false);
    for (int query = 0; query < queries(); ++query) {
        const auto other = prompt.subspan(static_cast<std::size_t>(query) * count, count);
        for (std::size_t table = 0; table < count; ++table)
            if (other[table] == own[table])
                comparison.collides[table] = true;
        const int equal = select::mostMatchingBits(own, other, lsh.bits);
        if (equal <= comparison.equalBits)
            continue;
        comparison.query = query;
        comparison.equalBits = equal;
        comparison.other.assign(other.begin(), other.end());
    }
    return comparison;
}

std::vector<int> LshStep::tokensIn(int table, const BucketUse& stretch) const {
    std::vector<int> tokens;
    if (!hasSignatures())
        return tokens;
    for (const std::size_t index : m_byFrequency) {
        const int bucket = bucketOf(m_candidates[index], table);
        if (bucket >= stretch.first && bucket < stretch.end)
            tokens.push_back(m_candidates[index].token);
    }
    return tokens;
}

std::vector<int> LshStep::tokensWith(int collisions) const {
    std::vector<int> tokens;
    for (const std::size_t index : m_byFrequency)
        if (m_candidates[index].collisions == collisions)
            tokens.push_back(m_candidates[index].token);
    return tokens;
}

} // namespace kvprism::views
