// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/comparison.h"

#include <QObject>
#include <QPointer>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <vector>

namespace kvprism::views {

class TraceModel;

// Who holds a token after a step. Unread: not read by then, or the other run has no step that ends there.
enum class KeptBy : std::uint8_t { both = 0, onlyA = 1, onlyB = 2, neither = 3, unread = 4 };

// Every token of a stretch, counted once.
struct KeptCounts {
    int both = 0, onlyA = 0, onlyB = 0, neither = 0, unread = 0;

    int held() const { return both + onlyA + onlyB; } // by one of them at least
    int read() const { return held() + neither; }
    int of(KeptBy who) const;
    double jaccard() const; // both of held; 1 where nothing is held
    friend bool operator==(const KeptCounts&, const KeptCounts&) = default;
};

// The shown run A beside another one, B, over the same tokens. A step of A stands beside the step of B after
// which exactly as much was read (the step that ends at the same token): with equal blocks that is every
// step, else those where blocks end together, and always the last. What only looks like a difference because
// one of the two has read on is never shown. Both may still grow. Lives on the window's thread.
class RunComparison final : public QObject {
    Q_OBJECT
  public:
    explicit RunComparison(TraceModel* a, QObject* parent = nullptr);

    void setOther(TraceModel* b); // nullptr: none; it may be destroyed while it is set
    const TraceModel* a() const { return m_a; }
    const TraceModel* b() const;

    bool ready() const { return m_ready; }          // both have a run, over the same tokens
    QString obstacle() const { return m_obstacle; } // why the two cannot be compared; empty where they can
    QStringList notices() const;                    // what to know when reading the comparison

    std::optional<int> partnerOf(int step) const;        // B's step that stands beside A's
    int comparedSteps() const;                           // of A's, those with a partner
    std::optional<int> lastComparedStep(int step) const; // the last one up to `step`

    KeptBy at(int step, int token) const;
    // Tokens [first, end) after A's `step`, in time that grows with the logarithm of what is held.
    KeptCounts count(int step, int first, int end) const;
    KeptCounts count(int step) const; // of the whole stream

  Q_SIGNALS:
    void runsChanged(); // another B, or another run in one of them
    void stepsChanged();
    void answersChanged();

  private:
    void recheck();
    void follow(TraceModel* model);
    const std::vector<StreamPos>& heldByBoth(int step, int partner) const;

    TraceModel* m_a;
    QPointer<TraceModel> m_b;
    bool m_ready = false;
    QString m_obstacle;
    mutable std::vector<std::optional<std::vector<StreamPos>>> m_both; // by A's step, when first asked for
};

} // namespace kvprism::views
