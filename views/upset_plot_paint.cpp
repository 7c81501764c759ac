// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/overlap_model.h"
#include "views/painting.h"
#include "views/style.h"
#include "views/upset_plot.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>

namespace kvprism::views {

using trace::Tier;

namespace {

// A bar of two parts: what the run kept, and on top what it dropped.
void drawParts(QPainter& painter, const QRect& kept, const QRect& dropped, const QPalette& palette) {
    const qreal ratio = painter.device()->devicePixelRatioF();
    painter.fillRect(kept, tierBrush(Tier::global, palette, ratio));
    painter.fillRect(dropped, tierBrush(Tier::dropped, palette, ratio));
    QColor edge = shadesOf(palette).quietText;
    edge.setAlphaF(0.5F);
    painter.setPen(edge);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect((kept | dropped).adjusted(0, 0, -1, -1));
}

} // namespace

void UpsetPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Shades& shades = shadesOf(palette());
    painter.fillRect(rect(), shades.panel);
    const Areas at = areas();
    paintRows(painter, at);
    paintColumns(painter, at);
    paintLegend(painter, at);
    if (hasFocus())
        painter.fillRect(0, 0, width(), 2, shades.accent);
    if (m_pointed)
        drawHoverLabel(painter, m_pointer, rect(), linesOf(*m_pointed), palette());
}

void UpsetPlot::paintRows(QPainter& painter, const Areas& at) const {
    const Shades& shades = shadesOf(palette());
    const QFont small = numberFont(TextSize::small);
    int most = 1;
    for (int method = 0; method < m_model->recordedMethods(); ++method)
        most = std::max(most, m_model->sizeOf(method).tokens);
    for (int method = 0; method < rows(); ++method) {
        const auto& row = m_model->methods()[static_cast<std::size_t>(method)];
        const QRect name = nameRect(method), set = setRect(method);
        if (method % 2 == 0)
            painter.fillRect(QRect(0, name.top(), width(), name.height()), shades.window);
        const bool pointed = m_pointed && m_pointed->method == method;
        const bool cursor = hasFocus() && m_cursor.column < 0 && m_cursor.method == method;
        if (row.recorded && (pointed || cursor))
            painter.fillRect(QRect(0, name.top(), at.dots.left(), name.height()), shades.accentSoft);
        const QString words = QString::fromUtf8(row.spec->name.data());
        if (!row.recorded) {
            painter.setFont(textFont(TextSize::normal));
            painter.setPen(shades.quietText);
            painter.drawText(name.adjusted(2 * grid, 0, 0, 0), Qt::AlignVCenter, words);
            painter.setFont(textFont(TextSize::small));
            const QRect rest(set.left(), name.top(), width() - set.left() - grid, name.height());
            painter.drawText(rest, Qt::AlignVCenter | Qt::AlignLeft,
                             painter.fontMetrics().elidedText(remedyWords(*m_model, method), Qt::ElideRight,
                                                              rest.width()));
            continue;
        }
        const QRect box(name.left(), name.center().y() - 4, 9, 9);
        painter.setPen(shades.quietText);
        painter.setBrush(row.included ? QBrush(shades.quietText) : QBrush(Qt::NoBrush));
        painter.drawRect(box);
        painter.setFont(textFont(TextSize::normal));
        painter.setPen(row.included ? shades.text : shades.quietText);
        painter.drawText(name.adjusted(2 * grid, 0, 0, 0), Qt::AlignVCenter, words);
        const OverlapModel::SetSize size = m_model->sizeOf(method);
        if (size.tokens == 0)
            continue;
        painter.setFont(small);
        painter.setPen(row.included ? shades.text : shades.quietText);
        const int number = painter.fontMetrics().horizontalAdvance(grouped(most));
        painter.drawText(set.adjusted(0, 0, -grid, 0), Qt::AlignVCenter | Qt::AlignRight,
                         grouped(size.tokens));
        const int space = set.width() - number - 2 * grid;
        const int thick = std::min(set.height() - 6, 12);
        const QRect bar(set.left(), set.center().y() - thick / 2, space * size.tokens / most, thick);
        const int keptWidth = bar.width() * size.kept / size.tokens;
        drawParts(painter, QRect(bar.left(), bar.top(), keptWidth, thick),
                  QRect(bar.left() + keptWidth, bar.top(), bar.width() - keptWidth, thick), palette());
    }
}

void UpsetPlot::paintScale(QPainter& painter, const Areas& at, int most) const {
    const Shades& shades = shadesOf(palette());
    painter.setFont(numberFont(TextSize::small));
    const int line = painter.fontMetrics().height();
    const QRect labels(grid, at.bars.top(), at.dots.left() - 2 * grid, at.bars.height());
    painter.setPen(shades.rule);
    painter.drawLine(at.bars.left(), at.bars.bottom() + 1, width() - grid, at.bars.bottom() + 1);
    painter.setPen(shades.quietText);
    painter.drawText(labels.adjusted(0, -line / 2, 0, 0), Qt::AlignRight | Qt::AlignTop, grouped(most));
    painter.drawText(labels.adjusted(0, 0, 0, line / 2), Qt::AlignRight | Qt::AlignBottom,
                     QStringLiteral("0"));
    if (at.bars.height() > 4 * line)
        painter.drawText(labels, Qt::AlignRight | Qt::AlignVCenter, tr("tokens"));
}

void UpsetPlot::paintColumns(QPainter& painter, const Areas& at) const {
    if (columns() == 0)
        return;
    const int most = combinationAt(0).tokens;
    paintScale(painter, at, most);
    for (int column = m_first; column < m_first + columnsInSight(at); ++column)
        paintColumn(painter, at, column, most);
}

void UpsetPlot::paintColumn(QPainter& painter, const Areas& at, int column, int most) const {
    const Shades& shades = shadesOf(palette());
    const select::Combination& combination = combinationAt(column);
    const QRect place = columnRect(column);
    if ((m_pointed && m_pointed->column == column) || (hasFocus() && m_cursor.column == column))
        painter.fillRect(place, shades.accentSoft);
    const int high = std::max(1, at.bars.height() * combination.tokens / std::max(most, 1));
    const int kept = high * combination.kept / std::max(combination.tokens, 1);
    const int wide = std::clamp(at.column - 6, 8, 24);
    const QRect bar(place.center().x() - wide / 2, at.bars.bottom() + 1 - high, wide, high);
    drawParts(painter, QRect(bar.left(), bar.bottom() + 1 - kept, wide, kept),
              QRect(bar.left(), bar.top(), wide, high - kept), palette());
    painter.setFont(numberFont(TextSize::small));
    painter.setPen(shades.text);
    const int line = painter.fontMetrics().height();
    painter.drawText(QRect(place.left(), bar.top() - line - 1, place.width(), line), Qt::AlignCenter,
                     grouped(combination.tokens));

    painter.setRenderHint(QPainter::Antialiasing);
    const double x = place.center().x() + 0.5;
    const double radius = std::clamp(at.row / 4.0, 3.5, 5.5);
    const auto middle = [&](int method) { return at.dots.top() + (method + 0.5) * at.row; };
    int top = -1, bottom = -1;
    for (int method = 0; method < m_model->recordedMethods(); ++method) {
        if (!m_model->methods()[static_cast<std::size_t>(method)].included)
            continue;
        const bool keeps = m_model->keeps(combination, method);
        painter.setPen(Qt::NoPen);
        painter.setBrush(keeps ? shades.text : shades.rule);
        painter.drawEllipse(QPointF(x, middle(method)), keeps ? radius : radius - 1,
                            keeps ? radius : radius - 1);
        if (keeps && top < 0)
            top = method;
        bottom = keeps ? method : bottom;
    }
    if (bottom > top) {
        painter.setPen(QPen(shades.text, 1.5));
        painter.drawLine(QPointF(x, middle(top)), QPointF(x, middle(bottom)));
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

// What the colours mean, and which columns are in sight.
void UpsetPlot::paintLegend(QPainter& painter, const Areas& at) const {
    const Shades& shades = shadesOf(palette());
    painter.setFont(textFont(TextSize::small));
    const int line = painter.fontMetrics().height();
    const qreal ratio = painter.device()->devicePixelRatioF();
    int right = width() - grid;
    const auto entry = [&](const QString& words, const QBrush& brush) {
        const int wide = painter.fontMetrics().horizontalAdvance(words);
        painter.setPen(shades.quietText);
        painter.drawText(QRect(right - wide, grid / 2, wide, line), Qt::AlignVCenter, words);
        const QRect swatch(right - wide - 16, grid / 2 + (line - 10) / 2, 11, 11);
        painter.fillRect(swatch, brush);
        painter.setPen(shades.rule);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(swatch.adjusted(0, 0, -1, -1));
        right = swatch.left() - 2 * grid;
    };
    entry(tr("dropped by the run"), tierBrush(Tier::dropped, palette(), ratio));
    entry(tr("kept"), tierBrush(Tier::global, palette(), ratio));
    const int inSight = columnsInSight(at);
    if (columns() <= inSight)
        return;
    painter.setFont(numberFont(TextSize::small));
    painter.setPen(shades.quietText);
    painter.drawText(
        QRect(grid, grid / 2, width(), line), Qt::AlignVCenter,
        tr("%1–%2 of %3").arg(grouped(m_first + 1), grouped(m_first + inSight), grouped(columns())));
}

} // namespace kvprism::views
