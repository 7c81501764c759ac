// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

class Navigator;
class RunComparison;

// After each step of A that can be compared, how many of the read tokens both, one or neither of two runs
// hold: a bar from what both hold up to what neither does, and below it the numbers, where they have room,
// with the Jaccard index.
class ComparedSteps final : public QWidget {
    Q_OBJECT
  public:
    ComparedSteps(const RunComparison* comparison, const Navigator* navigator, QWidget* parent);

    bool hasNumbers() const; // whether they have room
    QSize sizeHint() const override { return {960, 300}; }
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int lineHeight() const;
    int gutter() const; // left of the bars
    int steps() const;
    double left(int step) const;
    QRect bars() const;
    void paintHeights(QPainter& painter, int most) const;
    void paintBar(QPainter& painter, int step, int most) const;
    void paintNumbers(QPainter& painter) const;
    void paintSteps(QPainter& painter) const;

    const RunComparison* m_comparison;
    const Navigator* m_navigator;
};

} // namespace kvprism::views
