// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/lsh_step.h"

#include <QWidget>

#include <optional>

namespace kvprism::views {

class Navigator;

// How many candidates collide with the query tokens in 0, 1, … all tables, kept and dropped apart. A click
// asks for a bar's tokens. Keys: Left and Right the bar, Return its tokens, Esc lets go.
class CollisionHistogram final : public QWidget {
    Q_OBJECT
  public:
    CollisionHistogram(Navigator* navigator, QWidget* parent = nullptr);

    void setStep(const LshStep* step, std::size_t selectors); // has to live until the next call
    QPointF centreOf(int collisions) const;                   // in widget coordinates
    QStringList words(int collisions) const;

    QSize sizeHint() const override { return {200, 15 * 8}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

  Q_SIGNALS:
    void tokensWanted(int collisions, bool add);

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    int bars() const { return m_step ? static_cast<int>(m_step->histogram().size()) : 0; }
    QRectF area() const;
    QRectF slotOf(int collisions) const;
    std::optional<int> barAt(const QPoint& point) const;
    void setCurrent(int bar);
    void paintBar(QPainter& painter, int bar) const;

    Navigator* m_navigator;
    const LshStep* m_step = nullptr;
    std::size_t m_selectors = 0;
    int m_most = 1;
    std::optional<int> m_current; // of the keyboard
    std::optional<QPoint> m_pointer;
};

} // namespace kvprism::views
