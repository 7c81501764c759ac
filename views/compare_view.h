// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QStackedLayout;

namespace kvprism::views {

class CompareCounts;
class CompareHead;
class ComparedAnswers;
class DifferenceMap;
class Navigator;
class RunComparison;
class TraceModel;

// Two runs over the same tokens beside one another: what they ran with, who holds which token after each
// step, how far they agree, and what they answered.
class CompareView final : public QWidget {
    Q_OBJECT
  public:
    CompareView(TraceModel* model, Navigator* navigator, RunComparison* comparison,
                QWidget* parent = nullptr);

    void setNames(const QString& a, const QString& b); // of the two runs, for people
    // While B is being read from its recording, or why that failed; empty: what the comparison itself says.
    void setNotice(const QString& sentence);

    CompareHead* head() const { return m_head; }
    DifferenceMap* map() const { return m_map; }
    CompareCounts* counts() const { return m_counts; }
    ComparedAnswers* answers() const { return m_answers; }
    QString emptySentence() const; // shown while there is nothing to compare

    QSize sizeHint() const override { return {720, 560}; }
    QSize minimumSizeHint() const override { return {240, 240}; }

  Q_SIGNALS:
    void chooseRequested(); // a second run
    void swapRequested();
    void closeRequested();

  private:
    void updateState();

    const RunComparison* m_comparison;
    QStackedLayout* m_pages;
    QLabel* m_empty;
    CompareHead* m_head;
    DifferenceMap* m_map;
    CompareCounts* m_counts;
    ComparedAnswers* m_answers;
    QString m_notice;
};

} // namespace kvprism::views
