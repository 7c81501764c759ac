// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

class Navigator;
class RunComparison;

// The current step of two runs in numbers: the four classes with a bar of their shares, and the Jaccard index
// with its line over the steps. A click on the line goes to that step, Left and Right move by one.
class CompareCounts final : public QWidget {
    Q_OBJECT
  public:
    CompareCounts(const RunComparison* comparison, Navigator* navigator, QWidget* parent);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QString summary() const;      // as a sentence; also for screen readers
    int centreOf(int step) const; // x on the line

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void updateText();
    void goTo(int x);
    int steps() const;
    QRect lineArea() const;
    void paintFigures(QPainter& painter) const;
    void paintLine(QPainter& painter) const;

    const RunComparison* m_comparison;
    Navigator* m_navigator;
};

} // namespace kvprism::views
