// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/ask_button.h"

#include "views/style.h"

#include <QPainter>

#include <algorithm>

namespace kvprism::app {

namespace {

constexpr double corner = 4;

} // namespace

QSize AskButton::sizeHint() const {
    const QFontMetrics metrics(views::textFont(views::TextSize::normal, QFont::DemiBold));
    return {std::max(11 * views::grid, metrics.horizontalAdvance(text()) + 5 * views::grid),
            std::max(5 * views::grid, metrics.height() + views::grid)};
}

void AskButton::paintEvent(QPaintEvent*) {
    const views::Shades& shades = views::shadesOf(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    QColor fill = isEnabled() ? shades.accent : shades.raised;
    if (isEnabled() && (isDown() || underMouse()))
        fill = isDown() ? fill.darker(115) : fill.lighter(108);
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(rect()), corner, corner);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(shades.onAccent, 1.5));
        painter.drawRoundedRect(QRectF(rect()).adjusted(3, 3, -3, -3), corner - 1, corner - 1);
    }
    painter.setPen(isEnabled() ? shades.onAccent : shades.quietText);
    painter.setFont(views::textFont(views::TextSize::normal, QFont::DemiBold));
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextShowMnemonic, text());
}

} // namespace kvprism::app
