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
    static QString summary(const trace::DenseReference& reference); // one sentence

    QString hint() const; // of the bar that is pointed at; empty: none
    QSize sizeHint() const override { return {240, 56}; }
    QSize minimumSizeHint() const override { return {80, 56}; }

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    void point(std::optional<int> token);
    QRectF barOf(int token) const;
    QString tokenText(int token) const;

    trace::DenseReference m_reference;
    std::optional<int> m_pointed;
};

} // namespace kvprism::views
