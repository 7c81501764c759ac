// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/survival_index.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace kvprism::views {

class Navigator;

// The document from its beginning to where a step had read: above what the step kept, below what it is
// predicted to keep, and between them how many tokens each pixel gains (upwards) and loses (downwards). A
// click locks the tokens that change there; Left/Right go from one to the next, Enter locks it.
class WhatIfStrip final : public QWidget {
    Q_OBJECT
  public:
    WhatIfStrip(Navigator* navigator, QWidget* parent);

    // Two plans of the same step: the same tokens held.
    void setSteps(const trace::CompressionStep& recorded, const trace::CompressionStep& predicted);
    void clear();
    QPoint pointOf(int token) const;
    const std::vector<int>& changedTokens() const { return m_changed; } // ascending

    QSize sizeHint() const override { return {320, minimumSizeHint().height()}; }
    QSize minimumSizeHint() const override { return {200, 14 * 8}; }

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Pixel {
        TierCounts recorded, predicted;
        int gained = 0, lost = 0;
    };
    struct Token {
        int position = 0;
        trace::Tier recorded = trace::Tier::dropped, predicted = trace::Tier::dropped;
    };
    struct Areas {
        QRect recorded, change, predicted, axis;
    };
    Areas areas() const;
    int pixelOf(int position) const;
    void gather();
    void move(int by);
    std::vector<int> changedAt(int x) const;
    QStringList linesAt(int x) const;
    void paintBand(QPainter& painter, const QRect& rect, TierCounts Pixel::*counts) const;
    void paintChange(QPainter& painter, const QRect& rect) const;

    Navigator* m_navigator;
    int m_end = 0; // positions read
    std::vector<Token> m_tokens;
    std::vector<int> m_changed;
    std::vector<Pixel> m_pixels;
    int m_cursor = -1; // index into m_changed
    std::optional<QPoint> m_pointer;
};

} // namespace kvprism::views
