// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

class ElidedLabel;
class Navigator;
class TokenMarks;
class TraceModel;

// Says what is locked or brushed, whether it is pinned or evicted and from when on that holds, and lets go of
// it: its button, or Esc wherever the window forwards it. Hidden while nothing is selected.
class SelectionChip final : public QWidget {
    Q_OBJECT
  public:
    SelectionChip(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    // `askAgain`: how a run with the marks is asked for, for people ("Ctrl+Shift+Return"). Outlives the chip.
    void setMarks(const TokenMarks* marks, const QString& askAgain);

    QString text() const;
    void clearSelection();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void updateText();
    QString markText() const; // empty where the selection is neither pinned nor evicted

    TraceModel* m_model;
    Navigator* m_navigator;
    const TokenMarks* m_marks = nullptr;
    QString m_askAgain;
    ElidedLabel* m_label;
};

} // namespace kvprism::views
