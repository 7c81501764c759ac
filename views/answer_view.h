// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/answer_entry.h"

#include <QString>
#include <QWidget>

#include <functional>
#include <utility>
#include <vector>

class QLabel;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace kvprism::trace {
struct Answer;
}

namespace kvprism::views {

class Navigator;
class TraceModel;

// The conversation: questions and the answers that were given from the memory. An answer that streams in
// settles when it arrives in the model; what was said before a stop or a failure stays. A recording that is
// opened replaces the conversation by its own; a run that follows beginAnswer() continues it.
class AnswerView final : public QWidget {
    Q_OBJECT
  public:
    AnswerView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);
    ~AnswerView() override;

    // Where each answer came from, and the other way to ask it.
    void setOrigin(std::function<AnswerOrigin(const trace::Answer&)> origin) { m_origin = std::move(origin); }

    void beginAnswer(const QString& question);
    void
    appendLiveText(const QString& text); // whole characters, in order; ignored where no answer is awaited
    void breakOff(const QString& note);  // the awaited answer will not come, and why
    void clearConversation();

    int count() const { return static_cast<int>(m_entries.size()); }
    QString questionAt(int index) const;
    QString answerAt(int index) const;
    QString noteAt(int index) const; // the line below the answer
    bool isAwaiting() const { return m_live != nullptr; }

    QToolButton* offerAt(int index) const; // of asking the same in another way

    QSize sizeHint() const override { return {360, 420}; }

  Q_SIGNALS:
    void offerTaken(const QString& question);

  private:
    AnswerEntry* addEntry(const QString& question);
    void resetForRun();
    void takeAnswers();
    void settleEnd();
    void coverAnswers();
    void scrollToNewest();
    void updateHints();

    TraceModel* m_model;
    Navigator* m_navigator;
    QScrollArea* m_scroll;
    QLabel* m_covered;
    QVBoxLayout* m_column;
    QLabel* m_empty;
    QLabel* m_memoryNote;
    std::vector<AnswerEntry*> m_entries;
    AnswerEntry* m_live = nullptr;
    std::function<AnswerOrigin(const trace::Answer&)> m_origin;
    bool m_following = true; // the newest question is kept in sight
    std::size_t m_taken = 0; // answers of the model's run that are shown
};

} // namespace kvprism::views
