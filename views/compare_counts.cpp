// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/compare_counts.h"

#include "views/comparison_palette.h"
#include "views/controls.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/picture_host.h"
#include "views/style.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace kvprism::views {

namespace {

constexpr KeptBy classes[] = {KeptBy::both, KeptBy::onlyA, KeptBy::onlyB, KeptBy::neither};
constexpr int barHeight = grid;
constexpr int swatchSize = 10;

int lineHeight(TextSize size) {
    return QFontMetrics(numberFont(size)).height();
}

QString shortTitle(KeptBy who) {
    switch (who) {
    case KeptBy::onlyA:
        return CompareCounts::tr("A");
    case KeptBy::onlyB:
        return CompareCounts::tr("B");
    case KeptBy::neither:
        return CompareCounts::tr("None");
    case KeptBy::both:
    case KeptBy::unread:
        break;
    }
    return keptByTitle(who);
}

} // namespace

CompareCounts::CompareCounts(const RunComparison* comparison, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_comparison(comparison), m_navigator(navigator) {
    setAccessibleName(tr("Kept by both, one or neither"));
    setToolTip(tr("Jaccard index: of what at least one of the two holds, the share that both hold"));
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(m_comparison, &RunComparison::runsChanged, this, &CompareCounts::updateText);
    connect(m_comparison, &RunComparison::stepsChanged, this, &CompareCounts::updateText);
    connect(m_navigator, &Navigator::stepChanged, this, &CompareCounts::updateText);
    updateText();
}

QSize CompareCounts::sizeHint() const {
    return {60 * grid, lineHeight(TextSize::normal) + lineHeight(TextSize::small) + barHeight + 3 * grid};
}

QSize CompareCounts::minimumSizeHint() const {
    return {24 * grid, sizeHint().height()};
}

int CompareCounts::steps() const {
    return std::max(m_comparison->a()->expectedSteps(), 1);
}

QRect CompareCounts::lineArea() const {
    const int wide = std::clamp(width() / 4, 10 * grid, 48 * grid);
    return QRect(width() - wide - grid, grid, wide, height() - 2 * grid);
}

int CompareCounts::centreOf(int step) const {
    const QRect at = lineArea();
    return at.left() + (2 * step + 1) * at.width() / (2 * steps());
}

QString CompareCounts::summary() const {
    if (!m_comparison->ready())
        return {};
    const int step = m_navigator->step();
    if (!m_comparison->partnerOf(step)) {
        const auto last = m_comparison->lastComparedStep(step);
        const QString why = tr("No step of B ends where step %1 of A does.").arg(grouped(step));
        return last ? tr("%1 The last step that can be compared is %2.").arg(why, grouped(*last)) : why;
    }
    const KeptCounts counts = m_comparison->count(step);
    return tr("At step %1: both hold %2, only A %3, only B %4, neither %5; Jaccard index %6")
        .arg(grouped(step), grouped(counts.both), grouped(counts.onlyA), grouped(counts.onlyB),
             grouped(counts.neither), QLocale().toString(counts.jaccard(), 'f', 3));
}

void CompareCounts::updateText() {
    setAccessibleDescription(summary());
    update();
}

void CompareCounts::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    painter.fillRect(rect(), shades.panel);
    if (!m_comparison->ready())
        return;
    paintLine(painter);
    if (m_comparison->partnerOf(m_navigator->step())) {
        paintFigures(painter);
    } else {
        painter.setFont(textFont(TextSize::small));
        painter.setPen(shades.quietText);
        painter.drawText(QRect(grid, 0, lineArea().left() - 3 * grid, height()),
                         Qt::AlignVCenter | Qt::TextWordWrap, summary());
    }
    if (hasFocus())
        painter.fillRect(0, 0, width(), 2, shades.accent);
}

void CompareCounts::paintFigures(QPainter& painter) const {
    const Shades& shades = shadesOf(palette());
    const KeptCounts counts = m_comparison->count(m_navigator->step());
    const QRect at(grid, grid, lineArea().left() - 2 * grid, height() - 2 * grid);
    const int column = at.width() / 4;
    const int number = lineHeight(TextSize::normal);
    const int title = lineHeight(TextSize::small);
    for (std::size_t i = 0; i < std::size(classes); ++i) {
        const int x = at.left() + static_cast<int>(i) * column;
        painter.setFont(numberFont(TextSize::normal, QFont::DemiBold));
        painter.setPen(shades.text);
        painter.drawText(QRect(x, at.top(), column - 4, number), Qt::AlignLeft | Qt::AlignVCenter,
                         grouped(counts.of(classes[i])));
        const QRect swatch(x, at.top() + number + (title - swatchSize) / 2, swatchSize, swatchSize);
        painter.setBrushOrigin(swatch.topLeft());
        painter.fillRect(swatch, comparisonBrush(classes[i], palette(), pixelRatio(*this)));
        painter.setFont(textFont(TextSize::small));
        painter.setPen(shades.quietText);
        const int room = column - swatchSize - 10;
        const QString full = keptByTitle(classes[i]);
        const bool fits = painter.fontMetrics().horizontalAdvance(full) <= room;
        painter.drawText(QRect(x + swatchSize + 6, swatch.top() - 4, room, swatchSize + 8),
                         Qt::AlignLeft | Qt::AlignVCenter, fits ? full : shortTitle(classes[i]));
    }
    // Of what is read, who holds how much.
    const int top = at.top() + number + title + grid / 2;
    double x = at.left();
    for (const KeptBy who : classes) {
        const double wide = double(at.width()) * counts.of(who) / std::max(counts.read(), 1);
        painter.setBrushOrigin(0, top);
        painter.fillRect(QRectF(x, top, wide, barHeight), comparisonBrush(who, palette(), pixelRatio(*this)));
        x += wide;
    }
}

void CompareCounts::paintLine(QPainter& painter) const {
    const Shades& shades = shadesOf(palette());
    const QRect at = lineArea();
    const int title = lineHeight(TextSize::small);
    const QRect plot = at.adjusted(0, title + grid / 2, 0, 0);
    const auto y = [&](double share) { return plot.bottom() - share * (plot.height() - 1); };
    painter.setPen(shades.rule);
    painter.drawLine(QPointF(plot.left(), y(0)), QPointF(plot.right(), y(0)));
    painter.setPen(QPen(shades.rule, 1, Qt::DotLine));
    painter.drawLine(QPointF(plot.left(), y(1)), QPointF(plot.right(), y(1)));
    const int current = m_navigator->step();
    if (current >= 0) {
        painter.setPen(QPen(shades.accent, 1));
        painter.drawLine(centreOf(current), plot.top(), centreOf(current), plot.bottom());
    }
    painter.setRenderHint(QPainter::Antialiasing);
    QPolygonF line;
    for (int step = 0; step < m_comparison->a()->stepCount(); ++step)
        if (m_comparison->partnerOf(step))
            line << QPointF(centreOf(step) + 0.5, y(m_comparison->count(step).jaccard()));
    painter.setPen(QPen(shades.text, 1.5));
    painter.drawPolyline(line);
    QString heading = tr("Jaccard");
    if (m_comparison->partnerOf(current)) {
        const double jaccard = m_comparison->count(current).jaccard();
        painter.setPen(Qt::NoPen);
        painter.setBrush(shades.accent);
        painter.drawEllipse(QPointF(centreOf(current) + 0.5, y(jaccard)), 3, 3);
        heading = tr("Jaccard %1").arg(QLocale().toString(jaccard, 'f', 3));
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(numberFont(TextSize::small));
    painter.setPen(shades.quietText);
    painter.drawText(QRect(at.left(), at.top(), at.width(), title), Qt::AlignLeft | Qt::AlignVCenter,
                     heading);
}

void CompareCounts::goTo(int x) {
    const QRect at = lineArea();
    if (x >= at.left() - grid && m_comparison->ready())
        m_navigator->setStep((x - at.left()) * steps() / std::max(at.width(), 1));
}

void CompareCounts::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        goTo(event->pos().x());
}

void CompareCounts::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton))
        goTo(event->pos().x());
}

void CompareCounts::keyPressEvent(QKeyEvent* event) {
    if (!stepByKey(*m_navigator, event->key()))
        QWidget::keyPressEvent(event);
}

} // namespace kvprism::views
