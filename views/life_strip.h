// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

namespace kvprism::views {

class Navigator;
class TraceModel;

// One token's life: a cell per step in the colour of its tier, the current step marked. A click goes there.
class LifeStrip final : public QWidget {
    Q_OBJECT
  public:
    LifeStrip(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);
    void setToken(std::optional<int> token);
    QSize sizeHint() const override { return {200, 24}; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

  private:
    TraceModel* m_model;
    Navigator* m_navigator;
    std::optional<int> m_token;
};

} // namespace kvprism::views
