// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPointF>
#include <QRectF>

#include <functional>
#include <optional>
#include <span>
#include <vector>

class QPainter;
class QPalette;

// Many tokens as marks in a plot.
namespace kvprism::views {

struct MarkLook {
    QColor colour;
    bool filled = true; // a disc; else a ring
};

// What is dropped: a quiet ring; what was chosen: a disc in the shade of its selector. Entry 0 is the ring,
// entry 1 what was kept without having been chosen, entry 2 + i selector i.
std::vector<MarkLook> markLooks(const QPalette& palette, std::size_t selectors);
std::size_t markLook(bool kept, std::uint8_t selector, std::size_t looks);

struct CloudMark {
    QPointF at;
    std::size_t look = 0;
};

// The mark nearest to a point, of `count` marks whose x ascends, no further away than `reach` pixels. A mark
// whose y is no number is passed over.
std::optional<std::size_t> nearestMark(std::size_t count, const std::function<QPointF(std::size_t)>& markAt,
                                       const QPointF& point, double reach = 24);

// A radius with which `marks` marks fill no more than a fair part of the area; 1.5 … 3.5.
double markRadius(const QRectF& area, std::size_t marks);

// Draws in the order of the looks, so that the later ones lie in front. Marks of one look on the same pixel
// are drawn once, so that the cost follows the picture; returns how many were drawn.
int drawMarks(QPainter& painter, const QRectF& area, std::span<const CloudMark> marks,
              std::span<const MarkLook> looks, double radius);

} // namespace kvprism::views
