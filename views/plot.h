// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one door to QCustomPlot, whose header needs Qt's keywords, which our sources do without.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit Q_EMIT
#define foreach(variable, container) for (variable : container)
#include <qcustomplot.h>
#undef foreach
#undef emit
#undef slots
#undef signals

#include "views/style.h"

namespace kvprism::views {

// Our look on a plot: our palette and fonts, thin lines, no frame of its own. Call again after a palette
// change.
inline void applyPlotStyle(QCustomPlot& plot, const QPalette& palette) {
    const Shades& shades = shadesOf(palette);
    plot.setBackground(shades.panel);
    plot.setLocale(QLocale()); // with its group separators
    for (QCPAxis* axis : plot.axisRect()->axes()) {
        axis->setBasePen(QPen(shades.rule, 1));
        axis->setTickPen(QPen(shades.rule, 1));
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLength(0, 4);
        axis->setTickLabelFont(numberFont(TextSize::small));
        axis->setTickLabelColor(shades.quietText);
        axis->setTickLabelPadding(4);
        axis->setLabelFont(textFont(TextSize::small));
        axis->setLabelColor(shades.quietText);
        axis->setNumberFormat(QStringLiteral("f"));
        axis->setNumberPrecision(0);
        axis->grid()->setPen(QPen(shades.rule, 1));
        axis->grid()->setZeroLinePen(Qt::NoPen);
        axis->grid()->setSubGridVisible(false);
    }
}

} // namespace kvprism::views
