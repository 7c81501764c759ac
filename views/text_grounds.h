// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/style.h"

#include <QColor>
#include <QPalette>
#include <QString>

#include <vector>

// The grounds on which letters stand, so that views and the test of their contrast speak of the same colours.
namespace kvprism::views {

// A brushed range lies as a veil of the accent over whatever ground there is.
QColor brushVeil(const Shades& shades);
QColor brushed(const Shades& shades, const QColor& ground);

// A bar beside a step's row of a map, with its number on it.
QColor sideBar(const Shades& shades, bool current);

// A candidate of the text by its standing among the others, 0 (the last) … 1 (the first).
QColor scoreTint(const QPalette& palette, double standing);

// The palest of faded, quiet and plain ink that can still be read there: contrast ≥ 4.5.
QColor fadedInkOn(const Shades& shades, const QColor& ground);

// Every ink on every ground that letters in it stand on, by name. A view that draws letters on a ground which
// is not here belongs here.
struct TextOnGround {
    QString what;
    QColor ink;
    QColor ground;
};
std::vector<TextOnGround> textOnGrounds(const QPalette& palette);

} // namespace kvprism::views
