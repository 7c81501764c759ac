// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/needles.h"
#include "views/models/token_marks.h"

#include <QObject>
#include <QUndoStack>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace kvprism::app {

// What the person marked in the document: tokens pinned or evicted for the next run, and needles to follow.
// One history undoes all of it, as long as the document stays. Lives on the window's thread.
class Marking final : public QObject {
    Q_OBJECT
  public:
    explicit Marking(views::Navigator* navigator, QObject* parent = nullptr);

    QUndoStack* history() { return &m_history; }
    views::TokenMarks* marks() { return &m_marks; }
    views::Needles* needles() { return &m_needles; }

    // The selected tokens; nothing happens where none are.
    void pinSelection();
    void evictSelection();
    void releaseSelection();
    void markSelection(); // as a needle

    // Of the document that is shown. Another one (by its hash; empty: not known) has marks of its own, which
    // come back with it; what was done before cannot be undone any more.
    void setDocument(const std::string& sha256, int tokens);
    bool isOf(const std::string& sha256) const { return sha256 == m_document; }

  private:
    template <class Act> void withSelection(const Act& act);

    views::Navigator* m_navigator;
    QUndoStack m_history;
    views::TokenMarks m_marks;
    views::Needles m_needles;
    std::string m_document;
    int m_tokens = 0;
    struct Kept {
        views::TokenMarks::State marks;
        std::vector<views::Needles::Range> needles;
    };
    std::map<std::pair<std::string, int>, Kept> m_kept; // of other documents, by hash and tokens
};

} // namespace kvprism::app
