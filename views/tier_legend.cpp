// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tier_legend.h"

#include "views/painting.h"
#include "views/style.h"

#include <QImage>
#include <QPainter>

namespace kvprism::views {

TierLegend::TierLegend(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Legend of the tiers"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize TierLegend::sizeHint() const {
    QImage scratch(1, 1, QImage::Format_RGB32);
    QPainter painter(&scratch);
    return {drawTierLegend(painter, QRect(0, 0, 1, 1), palette(), true) + grid, 3 * grid};
}

void TierLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    drawTierLegend(painter, rect(), palette(), true);
}

} // namespace kvprism::views
