// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/dense_reference.h"

#include <QWidget>

#include <optional>

namespace kvprism::views {

// How far a run's next-token distributions are from those of the dense run, a bar for each token of the dense
// answer; tokens where the likeliest one differs are marked below. Left and Right move along it.
class DivergenceStrip final : public QWidget {
    Q_OBJECT
  public:
    explicit DivergenceStrip(QWidget* parent);

    void show(const trace::DenseReference& reference);
    void setScale(float most) { m_scale = most; } // nats of a full bar; 0: the largest there is
    static QString
    summary(const trace::DenseReference& reference); // what the dense run says, and how far it is
    static QString distance(const trace::DenseReference& reference); // "… nats a token away from it (…)"

    QString hint() const; // of the bar that is pointed at; empty: none
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void point(std::optional<int> token);
    float most() const; // nats of a full bar
    int titleHeight() const;
    double stepWidth() const; // of a bar with its gap
    QRectF barOf(int token) const;
    void paintTitle(QPainter& painter) const;
    QString tokenText(int token) const;

    trace::DenseReference m_reference;
    std::optional<int> m_pointed;
    float m_scale = 0;
};

} // namespace kvprism::views
