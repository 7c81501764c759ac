// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/select/config.h"

#include <QWidget>

class QComboBox;
class QLineEdit;

namespace kvprism::app {

// Whether rows of a prompt may score, in this method or in a part of it.
bool readingCanBeChosen(const select::Config& config);

// The two ways to read, chosen where the question is typed: for this question, with the best memory for it,
// or once for any question. Beside the second stands what the reader looks for, which can be edited.
class ReadingChoice final : public QObject {
    Q_OBJECT
  public:
    explicit ReadingChoice(QWidget* parent);

    // What the strategy says; an error disables the choice.
    void show(const Result<select::Config>& config);

    // Nothing will be read, since a saved memory answers; until show() is called.
    void suspend(const QString& reason);

    QComboBox* way() const { return m_way; }             // to be placed by whoever owns it
    QWidget* standingLine() const { return m_standing; } // shown where a standing prompt reads

  Q_SIGNALS:
    void scoringChosen(const std::string& scoring); // "question", "standing"
    void standingPromptChosen(const std::string& prompt);

  private:
    QComboBox* m_way;
    QWidget* m_standing;
    QLineEdit* m_looksFor;
};

} // namespace kvprism::app
