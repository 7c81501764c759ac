// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace kvprism::app {

// Replay has plain keys (Space, Left, Right, Home, End) as shortcuts of the whole window. A control that has
// the focus and uses such a key itself (Space presses a button) keeps it; a field that is written in keeps
// all of them, until the mouse is pressed on a picture or a text. Ctrl+E and Ctrl+K are the window's wherever
// the focus is. Install on the application.
class KeyGuard final : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace kvprism::app
