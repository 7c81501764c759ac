// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QDockWidget;
class QToolButton;

namespace kvprism::app {

// A quiet title for a panel: its name, and small buttons to take it out of the window and to close it.
// Dragging it moves the panel, a double click takes it out or back.
class DockTitle final : public QWidget {
    Q_OBJECT
  public:
    explicit DockTitle(QDockWidget* dock);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QDockWidget* m_dock;
};

} // namespace kvprism::app
