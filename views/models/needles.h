// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/navigator.h"

#include <QObject>

#include <vector>

class QUndoStack;

namespace kvprism::views {

// Passages that the user marked to follow: ranges of tokens in the order of the stream, none of them twice.
// Marking and taking away can be undone, as long as the document stays. Lives on the window's thread.
class Needles final : public QObject {
    Q_OBJECT
  public:
    using Range = Navigator::TokenRange;

    // Commands go to `undo`, which must outlive this.
    explicit Needles(QUndoStack* undo, QObject* parent = nullptr);

    const std::vector<Range>& ranges() const { return m_ranges; }
    bool contains(const Range& range) const;

    void add(const std::vector<Range>& ranges); // one command; those that are marked already are left out
    void remove(const Range& range);
    // Another document, and the needles that it had: what the stack has of those before does nothing any
    // more.
    void take(std::vector<Range> ranges);

  Q_SIGNALS:
    void changed();

  private:
    class Change;
    void insert(const std::vector<Range>& ranges);
    void erase(const std::vector<Range>& ranges);

    QUndoStack* m_undo;
    std::vector<Range> m_ranges;
    int m_document = 0; // counts clear()
};

} // namespace kvprism::views
