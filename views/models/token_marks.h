// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/token_ranges.h"
#include "views/models/navigator.h"

#include <QObject>

#include <utility>

class QUndoStack;

namespace kvprism::views {

// Tokens that the person wants kept or dropped whatever they are worth, for the next run over the same
// stream. Every change can be undone. Lives on the window's thread.
class TokenMarks final : public QObject {
    Q_OBJECT
  public:
    struct State {
        select::TokenRanges pins;      // stay
        select::TokenRanges evictions; // go; no token is in both
        friend bool operator==(const State&, const State&) = default;
    };

    // `history` is the window's, and outlives the marks.
    explicit TokenMarks(QUndoStack* history, QObject* parent = nullptr);

    const State& state() const { return m_state; }
    bool empty() const { return m_state.pins.empty() && m_state.evictions.empty(); }

    void pin(Navigator::TokenRange range);
    void evict(Navigator::TokenRange range);
    void release(Navigator::TokenRange range); // neither
    void releaseAll();
    // Another stream, and the marks that it had: positions mean something else there. Cannot be undone; the
    // history is the owner's to clear.
    void take(State marks) { set(std::move(marks)); }

  Q_SIGNALS:
    void changed();

  private:
    class Change;
    void push(const QString& what, State next);
    void set(State next);

    QUndoStack* m_history;
    State m_state;
};

// The tokens that an action means: the brushed range, else the locked tokens from the first to the last.
// Nothing where nothing is selected.
std::optional<Navigator::TokenRange> selectedRange(const Navigator& navigator);

} // namespace kvprism::views
