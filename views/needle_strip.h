// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/needles.h"

#include <QWidget>

namespace kvprism::views {

class Navigator;
class RunComparison;
class TraceModel;

// A needle's life in a run: for every step a bar of its tokens by tier, full height where all are held. For
// the second run of a comparison, a bar stands below the step that it is compared with.
class NeedleStrip final : public QWidget {
    Q_OBJECT
  public:
    // `comparison` is set for its second run: then `model` is that one's.
    NeedleStrip(const TraceModel* model, const RunComparison* comparison, Navigator* navigator,
                const Needles::Range& range, QWidget* parent);

    QSize sizeHint() const override { return {200, 28}; }
    int steps() const;
    double heldShare(int step) const; // as drawn, of the shown run's step; −1 where there is no bar

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

  private:
    int stepOfModel(int step) const; // −1: none

    const TraceModel* m_model;
    const RunComparison* m_comparison;
    Navigator* m_navigator;
    Needles::Range m_range;
};

} // namespace kvprism::views
