// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

namespace kvprism::views {

class Navigator;
class OverlapModel;

// How alike each selector's choice is to the reference, step by step: a line from 0 to 1 for each selector,
// the current step marked. A click goes to a step; Left/Right, Home/End as well, Up/Down tells the next
// selector.
class JaccardPlot final : public QWidget {
    Q_OBJECT
  public:
    JaccardPlot(OverlapModel* model, Navigator* navigator, QWidget* parent);

    void setSteps(int steps); // along the axis: those that the run will have
    QPoint pointOf(int method, int step) const;
    std::optional<int> stepAt(const QPoint& point) const; // of those that the run has
    bool drawsMeans() const;                              // more steps than pixels

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Areas {
        QRect names, lines, values; // lines: the plots, as high as all rows
        int row = 0;
    };
    Areas areas() const;
    double xOf(const Areas& at, double step) const;
    QStringList linesOf(int method, int step) const;
    int methodAt(const QPoint& point) const; // −1: none
    void describe();
    void paintRow(QPainter& painter, const Areas& at, int method) const;
    void paintLine(QPainter& painter, const QRect& rect, int method) const;
    void paintSteps(QPainter& painter, const Areas& at) const;

    OverlapModel* m_model;
    Navigator* m_navigator;
    int m_steps = 1;
    int m_cursor = 0; // the selector that is told
    std::optional<QPoint> m_pointer;
};

} // namespace kvprism::views
