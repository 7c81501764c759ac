// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/step.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace kvprism::views {

// How many of a stretch of tokens stand where after a step. Every token is counted once.
struct TierCounts {
    std::array<int, 5> byTier{}; // indexed by trace::Tier; dropped: read, and no longer held
    int unread = 0;

    int of(trace::Tier tier) const { return byTier[static_cast<std::size_t>(tier)]; }
    int read() const { return byTier[0] + byTier[1] + byTier[2] + byTier[3] + byTier[4]; }
    int kept() const { return read() - of(trace::Tier::dropped); }
    friend bool operator==(const TierCounts&, const TierCounts&) = default;
};

// What became of every token, grown step by step, so that no view has to look through whole steps. Exact: it
// answers as TraceStore does, in time that depends on what is asked and not on the length of the stream.
class SurvivalIndex {
  public:
    void reset(int tokens);
    void append(std::shared_ptr<const trace::CompressionStep> step); // in order
    void truncate(int steps);                                        // as if the later ones had not come

    int tokens() const { return m_tokens; }
    int steps() const { return static_cast<int>(m_steps.size()); }
    int readEnd(int step) const; // tokens below it are read after `step`; 0 for step −1

    std::optional<int> readAt(int token) const;    // the step whose block holds it
    std::optional<int> droppedAt(int token) const; // the step after which it is no longer held
    std::optional<trace::Tier> tier(int step, int token) const;

    // Tokens [first, end) after `step`; a step that is not there yet has read nothing.
    TierCounts count(int step, int first, int end) const;

    // Counts stretch after stretch of one step, faster than count() where the stretches follow one another.
    class Sweep {
      public:
        Sweep(const SurvivalIndex& index, int step);
        TierCounts count(int first, int end); // as SurvivalIndex::count()

      private:
        const trace::CompressionStep* m_record = nullptr; // nullptr: a step that is not there
        std::size_t m_rows = 0;
        int m_tokens = 0;
        int m_readEnd = 0;
        int m_at = -1;         // tokens below it lie before m_row
        std::size_t m_row = 0; // of the record
    };

    // Of the steps since each of [first, end) was read, the share after which it was held; nothing where none
    // is read.
    std::optional<double> heldShare(int first, int end) const;

  private:
    // Where every `markSpacing`th row of a step stands among the tiers, so that a count scans less than that.
    using Mark = std::array<std::uint32_t, 5>; // rows before it, by tier
    struct Step {
        std::shared_ptr<const trace::CompressionStep> record;
        std::vector<Mark> marks;
    };
    static constexpr std::size_t markSpacing = 64;

    std::array<int, 5> keptBefore(const Step& step, int token) const;
    void markDropped(const trace::CompressionStep& step);
    void sumLives() const;

    int m_tokens = 0;
    std::vector<Step> m_steps;
    std::vector<std::int32_t> m_dropped; // −1: held or unread
    // Prefix sums over tokens, made when they are first asked for after a step.
    mutable std::vector<std::int64_t> m_heldSteps;
    mutable std::vector<std::int64_t> m_readSteps;
    mutable bool m_summed = false;
};

} // namespace kvprism::views
