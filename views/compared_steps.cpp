// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/compared_steps.h"

#include "views/comparison_palette.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/picture_host.h"
#include "views/style.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace kvprism::views {

namespace {

constexpr std::array<KeptBy, 4> classes{KeptBy::both, KeptBy::onlyA, KeptBy::onlyB, KeptBy::neither};

// The least round number that is not below `value`.
int roundUp(double value) {
    const double power = std::pow(10, std::floor(std::log10(std::max(value, 1.0))));
    for (const int lead : {1, 2, 5})
        if (lead * power >= value)
            return static_cast<int>(lead * power);
    return static_cast<int>(10 * power);
}

QString jaccardText(double value) {
    return QLocale().toString(value, 'f', 2);
}

} // namespace

ComparedSteps::ComparedSteps(const RunComparison* comparison, const Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_comparison(comparison), m_navigator(navigator) {
    setAccessibleName(tr("Tokens by who holds them, step by step"));
}

int ComparedSteps::lineHeight() const {
    return QFontMetrics(numberFont(TextSize::small)).height() + 2;
}

QSize ComparedSteps::minimumSizeHint() const {
    return {40 * grid, 13 * lineHeight()}; // bars of five lines above the numbers
}

int ComparedSteps::gutter() const {
    int widest = 0;
    const QFontMetrics metrics(numberFont(TextSize::small));
    for (const KeptBy who : classes)
        widest = std::max(widest, metrics.horizontalAdvance(keptByTitle(who)));
    return widest + 4 * grid;
}

int ComparedSteps::steps() const {
    return std::max(m_comparison->a()->stepCount(), 1);
}

double ComparedSteps::left(int step) const {
    return gutter() + static_cast<double>(step) * (width() - gutter() - grid) / steps();
}

bool ComparedSteps::hasNumbers() const {
    const QFontMetrics metrics(numberFont(TextSize::small));
    const int widest = std::max(metrics.horizontalAdvance(grouped(m_comparison->a()->tokenCount())),
                                metrics.horizontalAdvance(jaccardText(0.88)));
    return left(1) - left(0) >= widest + grid;
}

QRect ComparedSteps::bars() const {
    const int lines = (hasNumbers() ? static_cast<int>(classes.size()) + 1 : 0) + 1; // and the steps
    const int top = lineHeight() * 3 / 2 + 2; // the title, and half of the highest number
    return QRect(gutter(), top, width() - gutter() - grid, height() - top - lines * lineHeight() - grid);
}

void ComparedSteps::paintEvent(QPaintEvent*) {
    if (!m_comparison->ready())
        return;
    QPainter painter(this);
    painter.setFont(numberFont(TextSize::small));
    int most = 1;
    for (int step = 0; step < m_comparison->a()->stepCount(); ++step)
        most = std::max(most, m_comparison->count(step).read());
    paintHeights(painter, most);
    for (int step = 0; step < m_comparison->a()->stepCount(); ++step)
        if (m_comparison->partnerOf(step))
            paintBar(painter, step, most);
    paintSteps(painter);
    if (hasNumbers())
        paintNumbers(painter);
}

void ComparedSteps::paintHeights(QPainter& painter, int most) const {
    const Shades& shades = shadesOf(palette());
    const QRect at = bars();
    const int line = lineHeight();
    const int between = roundUp(static_cast<double>(most) * 2 * line / std::max(at.height(), 1));
    for (int tokens = 0; tokens <= most; tokens += between) {
        const int y = at.bottom() - static_cast<int>(std::lround(double(tokens) / most * at.height()));
        painter.fillRect(QRect(at.left(), y, at.width(), 1), shades.rule);
        painter.setPen(shades.quietText);
        painter.drawText(QRect(0, y - line / 2, gutter() - grid, line), Qt::AlignRight | Qt::AlignVCenter,
                         grouped(tokens));
    }
    painter.drawText(QRect(2 * grid, 0, width(), line), Qt::AlignLeft | Qt::AlignTop, tr("tokens read"));
}

void ComparedSteps::paintBar(QPainter& painter, int step, int most) const {
    const QRect at = bars();
    const KeptCounts counts = m_comparison->count(step);
    const double wide = left(step + 1) - left(step);
    const double gap = wide >= 5 ? std::min(wide * 0.2, 12.0) : 0;
    int below = 0;
    int bottom = at.bottom();
    for (const KeptBy who : classes) {
        below += counts.of(who);
        const int top = at.bottom() - static_cast<int>(std::lround(double(below) / most * at.height()));
        const QRectF part(left(step) + gap / 2, top, wide - gap, bottom - top);
        painter.setBrushOrigin(part.topLeft());
        painter.fillRect(part, comparisonBrush(who, palette(), pixelRatio(*this)));
        bottom = top;
    }
}

// As a table below the bars.
void ComparedSteps::paintNumbers(QPainter& painter) const {
    const Shades& shades = shadesOf(palette());
    const int line = lineHeight();
    int y = bars().bottom() + grid / 2 + line;
    const auto row = [&](const QString& title, const auto& valueOf) {
        painter.setPen(shades.quietText);
        painter.drawText(QRect(0, y, gutter() - grid, line), Qt::AlignRight | Qt::AlignVCenter, title);
        painter.setPen(shades.text);
        for (int step = 0; step < m_comparison->a()->stepCount(); ++step)
            painter.drawText(QRectF(left(step), y, left(step + 1) - left(step), line), Qt::AlignCenter,
                             m_comparison->partnerOf(step) ? valueOf(m_comparison->count(step))
                                                           : QStringLiteral("\u2013"));
        y += line;
    };
    for (const KeptBy who : classes)
        row(keptByTitle(who), [who](const KeptCounts& counts) { return grouped(counts.of(who)); });
    row(tr("Jaccard"), [](const KeptCounts& counts) { return jaccardText(counts.jaccard()); });
}

void ComparedSteps::paintSteps(QPainter& painter) const {
    const Shades& shades = shadesOf(palette());
    const int line = lineHeight();
    const int y = bars().bottom() + grid / 2;
    const double wide = left(1) - left(0);
    const int room = painter.fontMetrics().horizontalAdvance(QStringLiteral("0000")) + grid;
    const int every = roundUp(std::ceil(room / wide));
    painter.setPen(shades.quietText);
    painter.drawText(QRect(0, y, gutter() - grid, line), Qt::AlignRight | Qt::AlignVCenter, tr("step"));
    for (int step = 0; step < m_comparison->a()->stepCount(); step += hasNumbers() ? 1 : every) {
        const bool shown = step == m_navigator->step();
        painter.setPen(shown ? shades.accent : shades.quietText);
        painter.setFont(numberFont(TextSize::small, shown ? QFont::Bold : QFont::Normal));
        painter.drawText(QRectF(left(step) + wide / 2 - room / 2.0, y, room, line), Qt::AlignCenter,
                         grouped(step));
    }
    painter.setFont(numberFont(TextSize::small));
}

} // namespace kvprism::views
