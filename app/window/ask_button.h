// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>

namespace kvprism::app {

// The one button in the window that stands out, as the accent's colour: Ask, or Stop while a run goes on.
class AskButton final : public QPushButton {
    Q_OBJECT
  public:
    using QPushButton::QPushButton;

    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace kvprism::app
