// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/survival_tiles.h"
#include "views/tier_palette.h"

#include <QBrush>
#include <QPalette>
#include <QRect>
#include <QStringList>

#include <functional>
#include <vector>

class QPainter;

// What several views draw alike.
namespace kvprism::views {

// A tier's colour with its pattern, for areas; `ratio` is the device's pixel ratio.
QBrush tierBrush(trace::Tier tier, const QPalette& palette, qreal ratio = 1);

// A cell's colours: plain, and where its pattern has a mark.
struct CellColours {
    QRgb plain = 0;
    QRgb mark = 0;
    Pattern pattern = Pattern::none;
};
QBrush patternBrush(const CellColours& cell, qreal ratio);
QRgb blended(QRgb from, QRgb to, double share);

// A map of steps as pixels: line r of the picture shows stepOfLine[r]; a step that is not there stays ground.
// A gap of one pixel ends each run of equal steps where `gaps` is set.
struct MapRaster {
    std::vector<int> stepOfLine; // one per line of the picture
    bool gaps = false;
    QRgb ground = 0;
};
// `colourRow` fills in the cells of one of the `steps` steps, `width` of them.
QImage drawRaster(const MapRaster& raster, int width, int steps,
                  const std::function<void(int step, std::vector<CellColours>& cells)>& colourRow);
// The survival map's; unread cells stay ground.
QImage drawCells(SurvivalTiles& tiles, const SurvivalIndex& index, const MapRaster& raster,
                 const QPalette& palette);

// A filled diamond: the mark of a needle.
void drawNeedle(QPainter& painter, const QPointF& centre, double radius, const QColor& ink);

// A small raised label near `anchor`, kept inside `bounds`: first line strong, others quiet.
void drawHoverLabel(QPainter& painter, const QPoint& anchor, const QRect& bounds, const QStringList& lines,
                    const QPalette& palette);
QRect hoverLabelRect(const QPoint& anchor, const QRect& bounds, const QStringList& lines); // where it stands

// Swatches with their names, from the left, on as many lines as the width asks for.
struct LegendKey {
    QBrush swatch;
    QString title;
};
void drawLegend(QPainter& painter, const QRect& rect, const std::vector<LegendKey>& keys,
                const QPalette& palette);
QSize legendSize(const std::vector<LegendKey>& keys, int width);
std::vector<LegendKey> tierKeys(const QPalette& palette, qreal ratio = 1); // and "Not read yet"

QColor withAlpha(QColor colour, double alpha);

// A whole number with the locale's group separators.
QString grouped(qint64 number);

} // namespace kvprism::views
