// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/answer.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace kvprism::views {

// Where an answer came from: memory, tokens, time, how it ended.
QString answerNote(const trace::Answer& answer, int streamTokens);

// Selectable text of several lines.
QLabel* readableLabel(QWidget* parent);

// One question with its answer, streaming or settled, and a line that says where the answer came from.
class AnswerEntry final : public QWidget {
    Q_OBJECT
  public:
    AnswerEntry(const QString& question, QWidget* parent);

    void append(const QString& text);
    void settle(const trace::Answer& answer, int streamTokens);
    void breakOff(const QString& why);

    QString question() const { return m_questionText; }
    QString answer() const { return m_answerText; }
    QString note() const;

  private:
    void showAnswer(bool streaming);

    QString m_questionText;
    QString m_answerText;
    QLabel* m_question;
    QLabel* m_answer;
    QLabel* m_note;
    QToolButton* m_copy;
};

} // namespace kvprism::views
