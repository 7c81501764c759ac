// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/store.h"
#include "views/models/step_ranks.h"
#include "views/models/survival_index.h"
#include "views/models/token_text.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace kvprism::views {

class Navigator;

// What crossed from the producer since the last delivery, in order. Immutable once sent.
struct TraceBatch {
    std::shared_ptr<const trace::Run> run; // set where a new run begins with this batch
    std::vector<std::shared_ptr<const trace::CompressionStep>> steps;
    std::vector<trace::StepApplied> applied;
    std::vector<std::shared_ptr<const trace::Answer>> answers;
    std::optional<trace::RunEnd> end;
};

// The shown run, live or replayed: the one source that all views read. Lives on the window's thread.
class TraceModel final : public QObject {
    Q_OBJECT
  public:
    explicit TraceModel(QObject* parent = nullptr);

    // What views see. Under a curtain: the run as if it had come no further than the steps before it.
    const trace::TraceStore& store() const { return m_front ? *m_front : m_whole; }
    const trace::TraceStore& whole() const { return m_whole; } // whatever is covered
    const trace::Run* run() const { return m_whole.run(); }
    int stepCount() const { return static_cast<int>(store().steps().size()); }
    // Steps that the run will have when it is finished: ⌈N/S⌉, and no fewer than there are.
    int expectedSteps() const;
    int tokenCount() const { return m_survival.tokens(); } // N

    const SurvivalIndex& survival() const { return m_survival; }
    const TokenText& text() const { return m_text; }
    // Of one of the steps there are: ranked when first asked for, then kept.
    const StepRanks& ranks(int step) const;

    void append(const TraceBatch& batch); // a batch with a run replaces what was shown, curtain and all
    void clear();

    // Covers the steps from `step` on (0 … stepCount()), the answers and the end, until the curtain is
    // lifted; what comes meanwhile waits behind it. So no view can show what a person is asked to guess.
    void drawCurtain(int step);
    void liftCurtain();
    std::optional<int> curtain() const; // the first covered step

  Q_SIGNALS:
    void runChanged();                       // another run, or none
    void stepsAppended(int first, int last); // indices, inclusive
    void answersChanged();
    void ended();
    void curtainDrawn();  // steps and answers that were there are not
    void curtainLifted(); // before what it covered is said to come

  private:
    void showRest(bool answers, bool end);

    std::shared_ptr<const trace::Run> m_run; // of both
    trace::TraceStore m_whole;
    std::optional<trace::TraceStore> m_front; // before the curtain
    SurvivalIndex m_survival;
    TokenText m_text;
    mutable std::vector<std::unique_ptr<const StepRanks>> m_ranks; // by step; nullptr: not asked for yet
};

// Keeps what can be moved over equal to what the model has.
void bindExtent(TraceModel* model, Navigator* navigator);

} // namespace kvprism::views
