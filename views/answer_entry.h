// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/answer.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace kvprism::views {

class AnswerText;
class DivergenceStrip;
class EvidenceList;
class Navigator;
class TraceModel;

// What is to be said of where an answer came from beside its numbers.
struct AnswerOrigin {
    QString note;  // empty: nothing
    QString offer; // another way to ask the same; empty: none
    QString tip;   // what that would do
};

// Where an answer came from: memory, tokens, time, how it ended.
QString answerNote(const trace::Answer& answer, int streamTokens);

// Selectable text of several lines.
QLabel* readableLabel(QWidget* parent);

// One question with its answer, streaming or settled: the words with what they attended to, the
// passages of the document behind them, how a dense run would have answered, and a line of numbers.
class AnswerEntry final : public QWidget {
    Q_OBJECT
  public:
    AnswerEntry(const QString& question, const TraceModel* model, Navigator* navigator, QWidget* parent);

    void append(const QString& text);
    void settle(const trace::Answer& answer, int streamTokens, const AnswerOrigin& origin = {});
    void breakOff(const QString& why);

    QString question() const { return m_questionText; }
    QString answer() const { return m_answerText; }
    QString note() const;
    AnswerText* words() const { return m_answer; }
    EvidenceList* evidence() const { return m_evidence; }
    QString copyText() const; // question, answer and evidence
    QToolButton* offer() const { return m_offer; }

  Q_SIGNALS:
    void offerTaken(const QString& question);

  private:
    void showAnswer(bool streaming);
    void showDense(const trace::Answer& answer);
    void orderFocus();
    void pick(int word);

    QString m_questionText;
    QString m_answerText;
    QLabel* m_question;
    AnswerText* m_answer;
    EvidenceList* m_evidence;
    QLabel* m_dense;
    DivergenceStrip* m_divergence;
    QLabel* m_note;
    QToolButton* m_offer;
    QToolButton* m_copy;
    Navigator* m_navigator;
};

} // namespace kvprism::views
