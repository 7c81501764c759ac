// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/lsh_bits.h"

#include "views/painting.h"
#include "views/style.h"

#include <QPainter>

#include <algorithm>
#include <bit>

namespace kvprism::views {

namespace {

double labelWidth(const QFontMetricsF& metrics) {
    return metrics.horizontalAdvance(QStringLiteral("64")) + 2 * grid;
}

double tailWidth(const QFontMetricsF& metrics) {
    return metrics.horizontalAdvance(QStringLiteral("16 = ")) + 3 * grid;
}

} // namespace

int equalBitsIn(const BitComparison& comparison, std::size_t table, int bits) {
    return bits - std::popcount(static_cast<unsigned>(comparison.token[table] ^ comparison.other[table]));
}

LshBits::LshBits(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Bits of the token and of the query token nearest to it"));
}

void LshBits::setShape(int tables, int bits) {
    m_tables = tables;
    m_bits = bits;
    m_comparison.reset();
    updateGeometry();
    update();
}

void LshBits::setComparison(std::optional<BitComparison> comparison) {
    m_comparison = std::move(comparison);
    QStringList words;
    for (std::size_t table = 0; m_comparison && table < m_comparison->token.size(); ++table)
        words << tr("table %1: %2 of %3 bits equal%4")
                     .arg(grouped(static_cast<qint64>(table) + 1),
                          grouped(equalBitsIn(*m_comparison, table, m_bits)), grouped(m_bits),
                          m_comparison->collides[table] ? tr(", collides") : QString());
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

int LshBits::lineHeight() const {
    return QFontMetrics(numberFont(TextSize::small)).height() + 3;
}

QSize LshBits::sizeHint() const {
    return {200, m_tables == 0 ? 0 : (m_tables + 1) * lineHeight() + grid / 2};
}

void LshBits::paintEvent(QPaintEvent*) {
    if (!m_comparison || m_bits == 0)
        return;
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    const QFontMetricsF metrics(numberFont(TextSize::small));
    const double room = width() - labelWidth(metrics) - tailWidth(metrics) - 2 * grid;
    const double cell = std::clamp(room / (2 * m_bits), 5.0, 14.0);
    painter.setFont(textFont(TextSize::small));
    painter.setPen(shades.quietText);
    const double left = labelWidth(metrics);
    const double half = m_bits * cell;
    const QFontMetrics words(painter.font());
    const auto head = [&](double x, double space, const QString& text) {
        painter.drawText(QRectF(x, 0, space, lineHeight()), Qt::AlignLeft | Qt::AlignVCenter,
                         words.elidedText(text, Qt::ElideRight, static_cast<int>(space)));
    };
    head(left, half, tr("token"));
    head(left + half + grid, half, tr("query token %1").arg(grouped(m_comparison->query + 1)));
    head(left + 2 * half + 2 * grid, tailWidth(metrics), tr("equal"));
    for (std::size_t table = 0; table < m_comparison->token.size(); ++table)
        paintTable(painter, table, (static_cast<double>(table) + 1) * lineHeight(), cell);
}

void LshBits::paintTable(QPainter& painter, std::size_t table, double top, double cell) const {
    const Shades& shades = shadesOf(palette());
    const QFont font = numberFont(TextSize::small), strong = numberFont(TextSize::small, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const int line = lineHeight();
    const double left = labelWidth(metrics);
    painter.setFont(font);
    painter.setPen(shades.quietText);
    painter.drawText(QRectF(0, top, left - grid, line), Qt::AlignRight | Qt::AlignVCenter,
                     grouped(static_cast<qint64>(table) + 1));
    const unsigned both[] = {m_comparison->token[table], m_comparison->other[table]};
    const bool digits = cell >= metrics.horizontalAdvance(QLatin1Char('0'));
    for (int side = 0; side < 2; ++side)
        for (int bit = 0; bit < m_bits; ++bit) {
            const bool set = ((both[side] >> bit) & 1U) != 0;
            const bool equal = (((both[0] ^ both[1]) >> bit) & 1U) == 0;
            const QRectF tile(left + side * (m_bits * cell + grid) + bit * cell, top + 1, cell, line - 2);
            if (equal)
                painter.fillRect(tile.adjusted(0.5, 0, -0.5, 0), shades.rule);
            painter.setPen(equal ? shades.text : shades.fadedText);
            painter.setFont(equal ? strong : font);
            if (digits)
                painter.drawText(tile, Qt::AlignCenter, set ? QStringLiteral("1") : QStringLiteral("0"));
            else if (set) // too narrow for digits: a stroke is a 1
                painter.fillRect(tile.adjusted(cell * 0.3, 2, -cell * 0.3, -2), painter.pen().color());
        }
    const double tail = left + 2 * (m_bits * cell + grid);
    painter.setFont(m_comparison->collides[table] ? strong : font);
    painter.setPen(m_comparison->collides[table] ? shades.text : shades.quietText);
    painter.drawText(QRectF(tail, top, metrics.horizontalAdvance(QStringLiteral("16 ")), line),
                     Qt::AlignRight | Qt::AlignVCenter, grouped(equalBitsIn(*m_comparison, table, m_bits)));
    if (!m_comparison->collides[table])
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(shades.text);
    painter.drawEllipse(
        QPointF(tail + metrics.horizontalAdvance(QStringLiteral("16 ")) + grid, top + line / 2.0), 3, 3);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

} // namespace kvprism::views
