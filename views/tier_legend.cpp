// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tier_legend.h"

#include "views/painting.h"
#include "views/picture_host.h"
#include "views/style.h"

#include <QPainter>

namespace kvprism::views {

TierLegend::TierLegend(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Legend of the tiers"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize TierLegend::sizeHint() const {
    return {legendSize(tierKeys(palette()), QWIDGETSIZE_MAX).width() + grid, 3 * grid};
}

void TierLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    drawLegend(painter, rect().adjusted(0, grid / 2, 0, 0), tierKeys(palette(), pixelRatio(*this)),
               palette());
}

} // namespace kvprism::views
