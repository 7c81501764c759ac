// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/timeline_mark.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace kvprism::views {

class Navigator;
class TraceModel;

// Blocks from left to right with the kept count drawn into them, the budget, a playhead that can be dragged,
// and marks: below it where locked tokens were dropped, above it needles (diamonds), pins (squares) and
// answers (discs).
class ReplayTimeline final : public QWidget {
    Q_OBJECT
  public:
    ReplayTimeline(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    // Drawn above the track and told by the pointer. Without a mark for answers, a disc at the end says that
    // there are some.
    void setMarks(const std::vector<TimelineMark>& marks);
    const std::vector<TimelineMark>& marks() const { return m_marks; }
    QStringList labelsAt(int step) const; // of its marks

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
    void paintDrops(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintPlayhead(QPainter& painter) const;
    void updateDescription();
    QStringList hoverLines(int step) const;

    TraceModel* m_model;
    Navigator* m_navigator;
    std::vector<TimelineMark> m_marks;
    std::optional<QPoint> m_pointer;
};

} // namespace kvprism::views
