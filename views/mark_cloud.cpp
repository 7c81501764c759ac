// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/mark_cloud.h"

#include "engine/trace/step.h"
#include "views/style.h"
#include "views/tier_palette.h"

#include <QPaintEngine>
#include <QPainter>
#include <QPixmap>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

std::vector<MarkLook> markLooks(const QPalette& palette, std::size_t selectors) {
    const TierPalette& tiers = TierPalette::of(palette);
    std::vector<MarkLook> looks{{shadesOf(palette).quietText, false}, {tiers.globalShade(-1), true}};
    looks.front().colour.setAlphaF(0.6F);
    for (std::size_t i = 0; i < selectors; ++i)
        looks.push_back({tiers.globalShade(static_cast<int>(i)), true});
    return looks;
}

std::size_t markLook(bool kept, std::uint8_t selector, std::size_t looks) {
    if (!kept)
        return 0;
    const std::size_t look = selector == trace::noSelector ? 1 : 2 + std::size_t{selector};
    return std::min(look, looks - 1);
}

std::optional<std::size_t> nearestMark(std::size_t count, const std::function<QPointF(std::size_t)>& markAt,
                                       const QPointF& point, double reach) {
    std::size_t begin = 0;
    for (std::size_t end = count; begin < end;) {
        const std::size_t middle = begin + (end - begin) / 2;
        if (markAt(middle).x() < point.x())
            begin = middle + 1;
        else
            end = middle;
    }
    std::optional<std::size_t> found;
    double best = reach * reach;
    // Whether the search may go on in this direction: x alone is not too far yet.
    const auto look = [&](std::size_t index) {
        const QPointF away = markAt(index) - point;
        if (away.x() * away.x() > best)
            return false;
        const double distance = QPointF::dotProduct(away, away);
        if (distance < best || (!found && distance <= best)) {
            best = distance;
            found = index;
        }
        return true;
    };
    for (std::size_t index = begin; index < count && look(index);)
        ++index;
    for (std::size_t index = begin; index > 0 && look(index - 1);)
        --index;
    return found;
}

double markRadius(const QRectF& area, std::size_t marks) {
    const double share =
        area.width() * area.height() / (14.0 * static_cast<double>(std::max<std::size_t>(marks, 1)));
    return std::clamp(std::sqrt(std::max(share, 0.0)), 1.5, 3.5);
}

namespace {

void drawMark(QPainter& painter, const QPointF& centre, const MarkLook& look, double radius) {
    if (look.filled) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.colour);
        painter.drawEllipse(centre, radius, radius);
    } else {
        const double line = std::min(1.0, radius * 0.6);
        painter.setPen(QPen(look.colour, line));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(centre, radius - line / 2, radius - line / 2);
    }
}

QPixmap stampOf(const MarkLook& look, double radius, double ratio) {
    const int side = 2 * static_cast<int>(std::ceil(radius + 1));
    QPixmap stamp((QSizeF(side, side) * ratio).toSize());
    stamp.setDevicePixelRatio(ratio);
    stamp.fill(Qt::transparent);
    QPainter painter(&stamp);
    painter.setRenderHint(QPainter::Antialiasing);
    drawMark(painter, QPointF(side / 2.0, side / 2.0), look, radius);
    return stamp;
}

} // namespace

int drawMarks(QPainter& painter, const QRectF& area, std::span<const CloudMark> marks,
              std::span<const MarkLook> looks, double radius) {
    const int width = std::max(static_cast<int>(std::ceil(area.width())), 1) + 1;
    const int height = std::max(static_cast<int>(std::ceil(area.height())), 1) + 1;
    const double ratio = painter.device()->devicePixelRatioF();
    const bool stamped = painter.paintEngine()->type() == QPaintEngine::Raster; // else lines stay lines
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    int drawn = 0;
    for (std::size_t look = 0; look < looks.size(); ++look) {
        const QPixmap stamp = stampOf(looks[look], radius, ratio);
        const QPointF corner(stamp.deviceIndependentSize().width() / 2,
                             stamp.deviceIndependentSize().height() / 2);
        std::vector<bool> taken(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
        for (const CloudMark& mark : marks) {
            if (mark.look != look)
                continue;
            const int x = std::clamp(static_cast<int>(mark.at.x() - area.left()), 0, width - 1);
            const int y = std::clamp(static_cast<int>(mark.at.y() - area.top()), 0, height - 1);
            const auto pixel =
                static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
            if (taken[pixel])
                continue;
            taken[pixel] = true;
            if (stamped)
                painter.drawPixmap(mark.at - corner, stamp);
            else
                drawMark(painter, mark.at, looks[look], radius);
            ++drawn;
        }
    }
    painter.restore();
    return drawn;
}

} // namespace kvprism::views
