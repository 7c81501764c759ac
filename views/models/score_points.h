// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kvprism::views {

// One thing that the candidates of a step can be looked at by: a recorded column, or what LSH found.
struct ScoreKind {
    enum class Source { column, collisions, distance, u };
    Source source = Source::column;
    std::string name; // the column's: "pooled", "other:exact", …; of LSH's "collisions", "distance", "u"
    std::optional<int> selector{}; // the part of the run that chose by it: index into Run::selectors
    bool smallestFirst = false;    // less is better: key norms, distances
    bool drawn = false;            // weights of a draw: the cut-off is one of the draw, not of these
    friend bool operator==(const ScoreKind&, const ScoreKind&) = default;
};

// What is recorded of a step's candidates: first what the run's parts chose by, in their order, then the rest
// in the order of the record. Empty where nothing was scored.
std::vector<ScoreKind> scoreKinds(const trace::Run& run, const trace::CompressionStep& step);

// The first step in which something was scored, or nothing.
std::optional<int> firstScoredStep(const std::vector<std::shared_ptr<const trace::CompressionStep>>& steps);

// The candidates of one step by one kind of score. A value; immutable.
class ScorePoints {
  public:
    struct Point {
        int token = 0; // stream position
        float value = 0;
        int rank = 0; // 1 … ranked(); 0: a part before this one had taken it
        trace::Tier tier = trace::Tier::dropped;
        trace::Reason reason = trace::Reason::belowCut;
        std::uint8_t selector = trace::noSelector;

        bool kept() const { return tier != trace::Tier::dropped; }
    };

    ScorePoints() = default;
    ScorePoints(const trace::Run& run, const trace::CompressionStep& step, const ScoreKind& kind);

    const ScoreKind& kind() const { return m_kind; }
    const std::vector<Point>& points() const { return m_points; } // every candidate, ascending by position
    // Points by rank, best first, without those that a part before had taken. Where a part of the run chose
    // by this kind: by its own rule. Else by value, the lower position first where they are equal, what is no
    // number last.
    const std::vector<std::size_t>& byRank() const { return m_byRank; }
    int ranked() const { return static_cast<int>(m_byRank.size()); }
    int chosen() const {
        return m_chosen;
    } // the first so many of byRank() were chosen by it; 0 where it chose none
    int kept() const { return m_kept; }                // of all candidates, by whichever part
    std::optional<float> cut() const { return m_cut; } // the value of the last that was chosen by it

    const Point& ranking(int rank) const { return m_points[m_byRank[static_cast<std::size_t>(rank - 1)]]; }
    std::optional<std::size_t> find(int token) const; // among points()
    // How far beyond the cut-off it lies, negative where it missed it; nothing where there is none.
    std::optional<double> margin(const Point& point) const;

  private:
    void rank(const trace::Run& run, const trace::CompressionStep& step,
              const std::vector<std::size_t>& rows);

    ScoreKind m_kind;
    std::vector<Point> m_points;
    std::vector<std::size_t> m_byRank;
    int m_chosen = 0;
    int m_kept = 0;
    std::optional<float> m_cut;
};

} // namespace kvprism::views
