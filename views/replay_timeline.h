// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

namespace kvprism::views {

class Navigator;
class TraceModel;

// Blocks from left to right with the kept count drawn into them, the budget, a playhead that can be dragged,
// and marks: where locked tokens were dropped, and the answers.
class ReplayTimeline final : public QWidget {
    Q_OBJECT
  public:
    ReplayTimeline(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    int centreOf(int step) const; // x
    int stepAt(int x) const;
    QSize sizeHint() const override { return {480, 48}; }
    QSize minimumSizeHint() const override { return {160, 40}; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    QRect track() const;
    int left(int step) const;
    int steps() const;
    void paintBlocks(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintPlayhead(QPainter& painter) const;
    QStringList hoverLines(int step) const;

    TraceModel* m_model;
    Navigator* m_navigator;
    std::optional<QPoint> m_pointer;
};

} // namespace kvprism::views
