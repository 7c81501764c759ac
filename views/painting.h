// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/survival_tiles.h"

#include <QBrush>
#include <QPalette>
#include <QRect>
#include <QStringList>

class QPainter;

// What several views draw alike.
namespace kvprism::views {

// A tier's colour with its pattern, for areas; `ratio` is the device's pixel ratio.
QBrush tierBrush(trace::Tier tier, const QPalette& palette, qreal ratio = 1);

// Part of a survival map as pixels: row r of the picture's height shows steps[r]; a step that is −1, or whose
// cell is unread, stays ground. A gap of one pixel ends each run of equal steps where `gaps` is set.
struct MapRaster {
    std::vector<int> stepOfLine; // one per line of the picture
    bool gaps = false;
    QRgb ground = 0;
};
QImage drawCells(SurvivalTiles& tiles, const SurvivalIndex& index, const MapRaster& raster,
                 const QPalette& palette);

// A small raised label near `anchor`, kept inside `bounds`: first line strong, others quiet.
void drawHoverLabel(QPainter& painter, const QPoint& anchor, const QRect& bounds, const QStringList& lines,
                    const QPalette& palette);

// One swatch and name per tier and "Not read yet", from the left; returns the width used.
int drawTierLegend(QPainter& painter, const QRect& rect, const QPalette& palette);
int tierLegendWidth(const QPalette& palette);

// A whole number with the locale's group separators.
QString grouped(qint64 number);

} // namespace kvprism::views
