// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/memory_meter.h"

#include "app/window/words.h"
#include "views/style.h"

#include <QPainter>

#include <algorithm>
#include <vector>

namespace kvprism::app {

namespace {

constexpr int barHeight = 4;

struct Column {
    QString label;
    QString tokens;
    QString bytes;
};

using Columns = std::vector<Column>;

Columns columnsOf(const MemoryMeter::Reading& reading) {
    const auto tokens = [&](qint64 count) { return reading.known ? countText(count) : QStringLiteral("–"); };
    const auto bytes = [&](quint64 count) { return reading.known ? bytesText(count) : QStringLiteral("–"); };
    const auto whole = [&](qint64 count) { return static_cast<quint64>(count) * reading.bytesPerToken; };
    return {
        {MemoryMeter::tr("kept"), tokens(reading.keptTokens), bytes(reading.keptBytes)},
        {MemoryMeter::tr("budget"), tokens(reading.budgetTokens), bytes(whole(reading.budgetTokens))},
        {MemoryMeter::tr("document"), tokens(reading.documentTokens), bytes(whole(reading.documentTokens))}};
}

// Wide enough for any document that fits a usual context, so that nothing moves while a run goes on.
int columnWidth(const Column& column, const QFontMetrics& metrics) {
    const auto withLabel = [&](const QString& tokens) {
        return metrics.horizontalAdvance(column.label + QLatin1Char(' ') + tokens);
    };
    return std::max(withLabel(QStringLiteral("128,000")), withLabel(column.tokens));
}

Columns shownOf(Columns columns, bool compact) {
    if (compact)
        columns.erase(columns.begin() + 1);
    return columns;
}

constexpr int gap = 2 * views::grid;

} // namespace

MemoryMeter::MemoryMeter(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Memory"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setReading({});
}

void MemoryMeter::setReading(const Reading& reading) {
    m_reading = reading;
    const auto columns = columnsOf(reading);
    const QString sentence =
        reading.known
            ? tr("%1 tokens kept (%2) of a budget of %3 (%4); the document would take %5 tokens (%6).")
                  .arg(columns[0].tokens, columns[0].bytes, columns[1].tokens, columns[1].bytes,
                       columns[2].tokens, columns[2].bytes)
            : tr("Nothing is in memory yet.");
    setAccessibleDescription(sentence);
    setToolTip(sentence);
    updateGeometry();
    update();
}

void MemoryMeter::setCompact(bool compact) {
    if (compact == m_compact)
        return;
    m_compact = compact;
    updateGeometry();
    update();
}

QSize MemoryMeter::hint(bool compact) const {
    const QFontMetrics metrics(views::numberFont(views::TextSize::small));
    int width = 0;
    for (const Column& column : shownOf(columnsOf(m_reading), compact))
        width += columnWidth(column, metrics) + gap;
    return {width - gap, 2 * metrics.height() + barHeight + views::grid / 2};
}

void MemoryMeter::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const views::Shades& shades = views::shadesOf(palette());
    const QFont numbers = views::numberFont(views::TextSize::small);
    const QFontMetrics metrics(numbers);
    const Columns columns = shownOf(columnsOf(m_reading), m_compact);
    painter.setFont(numbers);
    int x = 0;
    for (const Column& column : columns) {
        const QRect first(x, 0, columnWidth(column, metrics), metrics.height());
        x += first.width() + gap;
        const QRect second = first.translated(0, metrics.height());
        painter.setPen(shades.quietText);
        painter.drawText(first, Qt::AlignLeft, column.label);
        painter.drawText(second, Qt::AlignRight, column.bytes);
        painter.setPen(shades.text);
        painter.drawText(first, Qt::AlignRight, column.tokens);
    }
    paintBar(painter, QRectF(0, height() - barHeight, width(), barHeight));
}

void MemoryMeter::paintBar(QPainter& painter, const QRectF& bar) const {
    const views::Shades& shades = views::shadesOf(palette());
    painter.fillRect(bar, shades.rule);
    if (!m_reading.known)
        return;
    const auto all =
        static_cast<double>(std::max({m_reading.documentTokens, m_reading.budgetTokens, qint64(1)}));
    const auto x = [&](qint64 tokens) {
        return bar.left() + bar.width() * static_cast<double>(tokens) / all;
    };
    painter.fillRect(QRectF(bar.left(), bar.top(), x(m_reading.keptTokens) - bar.left(), bar.height()),
                     shades.text);
    painter.fillRect(QRectF(x(m_reading.budgetTokens) - 1, bar.top() - 2, 2, bar.height() + 2),
                     shades.quietText);
}

} // namespace kvprism::app
