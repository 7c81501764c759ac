// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/answer.h"

#include <QWidget>

#include <memory>
#include <vector>

class QBoxLayout;
class QLabel;
class QVBoxLayout;

namespace kvprism::views {

class ComparedDivergence;
class RunComparison;

// One question's two answers, side by side where there is room, and how far each is from the dense run's.
// Words that the other answer does not have are marked quietly.
class AnswerPair final : public QWidget {
    Q_OBJECT
  public:
    using Shared = std::shared_ptr<const trace::Answer>; // nullptr: none
    struct Side {
        Shared answer;
        QString missing; // what stands where there is no answer
        int streamTokens = 0;
        bool keepsAll = false; // the run dropped nothing
    };
    AnswerPair(const Side& a, const Side& b, QWidget* parent);

    QString question() const;
    const ComparedDivergence* divergence() const { return m_divergence; }

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void addSide(const Side& side, const QString& letter, QLabel*& text);
    void updateTexts();

    Side m_a, m_b;
    QLabel* m_question;
    QBoxLayout* m_sides;
    ComparedDivergence* m_divergence;
    QLabel* m_textA = nullptr;
    QLabel* m_textB = nullptr;
};

// The answers of two runs, pair by pair in the order in which they were given.
class ComparedAnswers final : public QWidget {
    Q_OBJECT
  public:
    ComparedAnswers(const RunComparison* comparison, QWidget* parent);
    const std::vector<AnswerPair*>& pairs() const { return m_pairs; }

  private:
    void rebuild();

    const RunComparison* m_comparison;
    QVBoxLayout* m_column;
    QLabel* m_empty;
    std::vector<AnswerPair*> m_pairs;
};

} // namespace kvprism::views
