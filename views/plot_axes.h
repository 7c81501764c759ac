// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPalette>
#include <QRectF>

class QPainter;

// Axes of the pictures that are drawn by hand.
namespace kvprism::views {

class ScoreScale;

// Thin lines across the area at the scale's round values, named at the left where `labels` is set, and one
// below.
void drawHeights(QPainter& painter, const QRectF& area, const ScoreScale& scale, const QPalette& palette,
                 bool labels = true);

// Round numbers below the area, from `first` at its left edge to `last` at its right.
void drawNumbers(QPainter& painter, const QRectF& area, double first, double last, const QPalette& palette);

} // namespace kvprism::views
