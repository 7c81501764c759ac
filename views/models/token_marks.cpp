// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/token_marks.h"

#include <QPointer>
#include <QUndoCommand>
#include <QUndoStack>

namespace kvprism::views {

class TokenMarks::Change final : public QUndoCommand {
  public:
    Change(TokenMarks* marks, const QString& what, State before, State after)
        : QUndoCommand(what), m_marks(marks), m_before(std::move(before)), m_after(std::move(after)) {}
    void undo() override { apply(m_before); }
    void redo() override { apply(m_after); }

  private:
    void apply(const State& state) {
        if (m_marks)
            m_marks->set(state);
    }

    QPointer<TokenMarks> m_marks;
    State m_before, m_after;
};

TokenMarks::TokenMarks(QUndoStack* history, QObject* parent) : QObject(parent), m_history(history) {}

void TokenMarks::pin(Navigator::TokenRange range) {
    State next = m_state;
    next.pins.add({range.first, range.last});
    next.evictions.remove({range.first, range.last});
    push(tr("Pin tokens"), std::move(next));
}

void TokenMarks::evict(Navigator::TokenRange range) {
    State next = m_state;
    next.evictions.add({range.first, range.last});
    next.pins.remove({range.first, range.last});
    push(tr("Evict tokens"), std::move(next));
}

void TokenMarks::release(Navigator::TokenRange range) {
    State next = m_state;
    next.pins.remove({range.first, range.last});
    next.evictions.remove({range.first, range.last});
    push(tr("Release tokens"), std::move(next));
}

void TokenMarks::releaseAll() {
    push(tr("Release all tokens"), State());
}

void TokenMarks::push(const QString& what, State next) {
    if (next != m_state)
        m_history->push(new Change(this, what, m_state, std::move(next)));
}

void TokenMarks::set(State next) {
    if (next == m_state)
        return;
    m_state = std::move(next);
    Q_EMIT changed();
}

std::optional<Navigator::TokenRange> selectedRange(const Navigator& navigator) {
    if (navigator.range())
        return navigator.range();
    if (navigator.locked().empty())
        return std::nullopt;
    return Navigator::TokenRange{*navigator.locked().begin(), *navigator.locked().rbegin()};
}

} // namespace kvprism::views
