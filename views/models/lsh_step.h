// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace kvprism::views {

// Candidates by what became of them: dropped, kept without a selector, kept by the run's first part, by its
// second.
struct OutcomeCounts {
    std::array<int, 4> of{};
    int dropped() const { return of[0]; }
    int kept() const { return of[1] + of[2] + of[3]; }
    int all() const { return dropped() + kept(); }
    friend bool operator==(const OutcomeCounts&, const OutcomeCounts&) = default;
};

// A bucket of one table that a candidate or a query token fell into; or a stretch of such buckets.
struct BucketUse {
    int first = 0; // buckets [first, end)
    int end = 0;
    OutcomeCounts candidates;
    int queries = 0; // query tokens
};

// A candidate as the two rules of LSH see it.
struct HashedToken {
    int token = 0;
    std::size_t row = 0;     // of step.held
    std::size_t outcome = 0; // index into OutcomeCounts::of
    int collisions = 0;
    std::optional<float> distance;
    float u = 0;
    int frequencyRank = 0; // 1 … candidates
    int magicpigRank = 0;  // by magicpig_baseline
};

// One token's bits beside those of the query token that shares most of them (of equal ones the first).
struct BitComparison {
    int query = 0; // row of the query tokens
    int equalBits = 0;
    std::vector<std::uint16_t> token; // [tables]
    std::vector<std::uint16_t> other; // [tables], the query token's
    std::vector<bool> collides;       // [tables]: some query token has the same bucket
};

// What hashing found at a step. Counts candidates only. A value; immutable, keeps the step alive.
class LshStep {
  public:
    LshStep() = default;
    LshStep(const trace::Run& run, std::shared_ptr<const trace::CompressionStep> step);

    bool empty() const { return m_candidates.empty(); } // nothing was hashed
    int tables() const { return m_step ? m_step->held.lsh.tables : 0; }
    int bits() const { return m_step ? m_step->held.lsh.bits : 0; }
    int buckets() const { return 1 << bits(); } // a table's
    bool hasSignatures() const;                 // recordings without text leave them out
    int queries() const;                        // query tokens; 0 where their signatures were left out

    const std::vector<HashedToken>& candidates() const { return m_candidates; }   // ascending by position
    std::optional<std::size_t> find(int token) const;                             // among candidates()
    const std::vector<std::size_t>& byFrequency() const { return m_byFrequency; } // candidates(), best first

    // The buckets of a table that are in use, in at most `columns` equal stretches, ascending. Empty without
    // signatures.
    std::vector<BucketUse> use(int table, int columns) const;
    int columnOf(int bucket, int columns) const; // the stretch that it lies in
    int bucketOf(const HashedToken& token, int table) const;
    // By collisions, 0 … tables.
    const std::vector<OutcomeCounts>& histogram() const { return m_histogram; }
    std::optional<BitComparison>
    compare(int token) const; // nothing for what is no candidate, or without signatures

    // Candidates by frequency rank, best first.
    std::vector<int> tokensIn(int table, const BucketUse& stretch) const;
    std::vector<int> tokensWith(int collisions) const;

  private:
    void rank(const trace::Run& run);

    std::shared_ptr<const trace::CompressionStep> m_step;
    std::vector<HashedToken> m_candidates;
    std::vector<std::size_t> m_byFrequency;
    std::vector<OutcomeCounts> m_histogram;
};

} // namespace kvprism::views
