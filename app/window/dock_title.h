// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QDockWidget;
class QMainWindow;

namespace kvprism::app {

// A quiet title for a panel: its name, and small buttons to take it out of the window and to close it.
// Dragging it moves the panel, a double click takes it out or back. A panel among tabs has its name there,
// and no title; its tab is what is dragged.
class DockTitle final : public QWidget {
    Q_OBJECT
  public:
    DockTitle(QDockWidget* dock, QMainWindow* window);
    void followPlace(); // after any panel of the window was moved, shown or hidden

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QDockWidget* m_dock;
    QMainWindow* m_window;
    bool m_amongTabs = false;
};

} // namespace kvprism::app
