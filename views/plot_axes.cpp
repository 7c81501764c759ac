// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plot_axes.h"

#include "views/models/score_scale.h"
#include "views/painting.h"
#include "views/style.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

void drawHeights(QPainter& painter, const QRectF& area, const ScoreScale& scale, const QPalette& palette,
                 bool labels) {
    const Shades& shades = shadesOf(palette);
    const QFont font = numberFont(TextSize::small);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    const int most = std::clamp(static_cast<int>(area.height()) / (3 * grid), 2, 8);
    const auto yOf = [&](double value) { return area.bottom() - scale.at(value) * area.height(); };
    const auto line = [&](double value, const QString& label) {
        const double y = std::floor(yOf(value)) + 0.5;
        painter.setPen(shades.rule);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        if (!labels)
            return;
        painter.setPen(shades.quietText);
        painter.drawText(QRectF(0, y - metrics.height() / 2.0, area.left() - grid / 2.0, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, label);
    };
    double lowest = area.bottom() + metrics.height();
    if (scale.logarithmic() && scale.hasFloor()) {
        line(0, QCoreApplication::translate("Scores", "less"));
        lowest = yOf(0);
    }
    for (const ScoreScale::Tick& tick : scale.ticks(most))
        line(tick.value, lowest - yOf(tick.value) >= metrics.height() ? tick.label : QString());
    painter.setPen(shades.rule);
    painter.drawLine(QPointF(area.left(), area.bottom() + 0.5), QPointF(area.right(), area.bottom() + 0.5));
}

// Round numbers along the bottom of an area, from `first` at its left to `last` at its right.
void drawNumbers(QPainter& painter, const QRectF& area, double first, double last, const QPalette& palette) {
    const Shades& shades = shadesOf(palette);
    const QFont font = numberFont(TextSize::small);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    const double room = metrics.horizontalAdvance(grouped(static_cast<qint64>(last))) + 3 * grid;
    const double every = std::max(1.0, roundStep((last - first) * room / std::max(area.width(), 1.0)));
    for (double value = std::ceil(first / every) * every; value <= last; value += every) {
        const double x = area.left() + (value - first) / (last - first) * area.width();
        painter.setPen(shades.rule);
        painter.drawLine(QPointF(x, area.bottom() + 1), QPointF(x, area.bottom() + 4));
        const QString label = grouped(static_cast<qint64>(value));
        const double width = metrics.horizontalAdvance(label);
        const double left = std::clamp(x - width / 2, area.left() - grid, area.right() + grid - width);
        painter.setPen(shades.quietText);
        painter.drawText(QPointF(left, area.bottom() + 5 + metrics.ascent()), label);
    }
}

} // namespace kvprism::views
