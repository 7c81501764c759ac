// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;

namespace kvprism::views {

class Navigator;
class TraceModel;

// Says what is locked or brushed, and lets go of it: its button, or Esc wherever the window forwards it.
// Hidden while nothing is selected.
class SelectionChip final : public QWidget {
    Q_OBJECT
  public:
    SelectionChip(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    QString text() const;
    void clearSelection();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void updateText();

    TraceModel* m_model;
    Navigator* m_navigator;
    QLabel* m_label;
};

} // namespace kvprism::views
