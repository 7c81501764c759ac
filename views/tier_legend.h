// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

// The tiers' colours, patterns and names in one line.
class TierLegend final : public QWidget {
    Q_OBJECT
  public:
    explicit TierLegend(QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace kvprism::views
