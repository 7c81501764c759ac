// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/overlap.h"

#include <QObject>
#include <QTimer>

#include <optional>
#include <vector>

namespace kvprism::views {

class Navigator;
class TraceModel;

// What each selector would keep at the navigator's step, and how alike their choices are at every step that
// had to choose. While it is active it works in slices of one step, the navigator's first, so that the window
// stays at hand.
class OverlapModel final : public QObject {
    Q_OBJECT
  public:
    struct Method {
        const select::MethodSpec* spec = nullptr;
        bool recorded = false;                              // in some step: it can be asked
        select::Remedy remedy = select::Remedy::fullDetail; // where it is not
        bool included = true;                               // in the combinations
    };

    OverlapModel(const TraceModel* model, const Navigator* navigator, QObject* parent);

    void setActive(bool active); // compares steps only while somebody looks
    void compareAll();           // at once, for a picture

    bool isReadable() const { return m_config.has_value(); }         // a run whose settings are understood
    const std::vector<Method>& methods() const { return m_methods; } // those recorded first, as registered
    int recordedMethods() const;
    void setIncluded(int method, bool included); // index into methods()
    // What the others are compared with: an index into methods(); −1: what the run really kept.
    int reference() const { return m_reference; }
    void setReference(int method);

    int step() const { return m_step; }     // that sets() and the rest are of; −1 where there is none
    std::optional<int> firstChoice() const; // the first step that had to choose
    bool chooses(int step) const;
    const select::KeptSets& sets() const { return m_sets; }                                 // of step()
    const std::vector<select::Combination>& combinations() const { return m_combinations; } // of the included
    int tokensNobodyKeeps() const;                                                          // of the included
    bool keeps(const select::Combination& combination, int method) const;

    struct SetSize {
        int tokens = 0;
        int kept = 0; // of them, really
    };
    SetSize sizeOf(int method) const; // at step()

    // Stream positions, ascending: of a combination; of all that a method would keep.
    std::vector<int> tokensOf(const select::Combination& combination) const;
    std::vector<int> tokensOf(int method) const;

    struct Likeness {
        double jaccard = 0;
        int both = 0, either = 0; // tokens
    };
    // Nothing while it is not compared yet, and where the step or the method had nothing to choose by.
    std::optional<Likeness> likeness(int step, int method) const;
    int comparedSteps() const { return m_compared; }
    int stepsToCompare() const { return m_choosing; }

  Q_SIGNALS:
    void changed();  // the step, its sets, the methods or the reference
    void compared(); // one more step

  private:
    struct Compared {
        std::vector<const select::MethodSpec*> methods;
        select::SharedTokens tokens;
    };

    void resetForRun();
    void addSteps();
    void makeStale();
    void workOn(); // one slice
    void refresh();
    void combine();
    void compare(int step, const select::KeptSets& sets);
    int bitOf(int method) const; // in m_sets; −1 where that step lacks its inputs
    std::uint32_t includedBits() const;
    std::vector<int> positionsWhere(std::uint32_t mask, std::uint32_t value) const;

    const TraceModel* m_model;
    const Navigator* m_navigator;
    QTimer m_slices;
    bool m_active = false;
    bool m_stale = true; // m_step and what follows from it
    std::optional<select::Config> m_config;
    std::vector<Method> m_methods;
    int m_reference = -1;
    int m_step = -1;
    select::KeptSets m_sets;
    std::vector<select::Combination> m_combinations;
    std::vector<std::optional<Compared>> m_steps;
    int m_compared = 0;
    int m_choosing = 0;
    std::size_t m_next = 0; // steps before it are compared, or had nothing to choose
};

} // namespace kvprism::views
