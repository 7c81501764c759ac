// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/collision_histogram.h"

#include "views/controls.h"
#include "views/mark_cloud.h"
#include "views/models/navigator.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/style.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

CollisionHistogram::CollisionHistogram(Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_navigator(navigator) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::MinimumExpanding);
    setAccessibleName(tr("Candidates by collisions"));
}

void CollisionHistogram::setStep(const LshStep* step, std::size_t selectors) {
    m_step = step;
    m_selectors = selectors;
    m_current.reset();
    m_most = 1;
    for (int bar = 0; bar < bars(); ++bar)
        m_most = std::max(m_most, m_step->histogram()[static_cast<std::size_t>(bar)].all());
    update();
}

QRectF CollisionHistogram::area() const {
    const int line = QFontMetrics(numberFont(TextSize::small)).height();
    return QRectF(rect()).adjusted(grid, line + grid / 2.0, -grid, -line - grid / 2.0);
}

QRectF CollisionHistogram::slotOf(int collisions) const {
    const QRectF all = area();
    const double width = all.width() / std::max(bars(), 1);
    return {all.left() + collisions * width, all.top(), width, all.height()};
}

QPointF CollisionHistogram::centreOf(int collisions) const {
    return slotOf(collisions).center();
}

std::optional<int> CollisionHistogram::barAt(const QPoint& point) const {
    if (bars() == 0 || point.x() < area().left() || point.x() >= area().right())
        return std::nullopt;
    return std::clamp(static_cast<int>((point.x() - area().left()) / area().width() * bars()), 0, bars() - 1);
}

QStringList CollisionHistogram::words(int collisions) const {
    const OutcomeCounts& counts = m_step->histogram()[static_cast<std::size_t>(collisions)];
    return {tr("%1 of %2 tables collide").arg(grouped(collisions), grouped(m_step->tables())),
            tr("candidates %1: kept %2, dropped %3")
                .arg(grouped(counts.all()), grouped(counts.kept()), grouped(counts.dropped()))};
}

void CollisionHistogram::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    painter.fillRect(rect(), shades.panel);
    if (bars() == 0)
        return;
    for (int bar = 0; bar < bars(); ++bar)
        paintBar(painter, bar);
    painter.setPen(shades.rule);
    painter.drawLine(area().bottomLeft() + QPointF(0, 0.5), area().bottomRight() + QPointF(0, 0.5));
    if (hasFocus())
        painter.fillRect(0, 0, 2, height(), shades.accent);
    const auto pointed = m_pointer ? barAt(*m_pointer) : std::nullopt;
    const auto marked = pointed ? pointed : hasFocus() ? m_current : std::nullopt;
    if (!marked)
        return;
    painter.setPen(QPen(pointed ? shades.text : shades.accent, 1));
    painter.drawRect(slotOf(*marked).adjusted(1, -2, -1, 1));
    drawHoverLabel(painter, pointed ? *m_pointer : slotOf(*marked).center().toPoint(), rect(), words(*marked),
                   palette());
}

void CollisionHistogram::paintBar(QPainter& painter, int bar) const {
    const Shades& shades = shadesOf(palette());
    const auto looks = markLooks(palette(), m_selectors);
    const QRectF slot = slotOf(bar);
    const QFont font = numberFont(TextSize::small);
    const QFontMetricsF metrics(font);
    const OutcomeCounts& counts = m_step->histogram()[static_cast<std::size_t>(bar)];
    const double gap = std::min(slot.width() * 0.12, 6.0);
    double bottom = slot.bottom();
    for (std::size_t i = 0; i < counts.of.size(); ++i) {
        const std::size_t outcome = (i + 1) % counts.of.size(); // dropped ones on top
        if (counts.of[outcome] == 0)
            continue;
        const double height = std::max(slot.height() * counts.of[outcome] / m_most, 1.0);
        const QRectF part(slot.left() + gap, bottom - height, slot.width() - 2 * gap, height);
        if (outcome == 0)
            painter.fillRect(part, tierBrush(trace::Tier::dropped, palette(), pixelRatio(*this)));
        else
            painter.fillRect(part, looks[std::min(outcome, looks.size() - 1)].colour);
        bottom -= height;
    }
    painter.setFont(font);
    const bool roomy = slot.width() >= metrics.horizontalAdvance(grouped(m_most)) + 4;
    if (counts.all() > 0 && roomy) {
        painter.setPen(shades.text);
        painter.drawText(QRectF(slot.left(), bottom - metrics.height() - 1, slot.width(), metrics.height()),
                         Qt::AlignCenter, grouped(counts.all()));
    }
    const int every = std::max(
        1, static_cast<int>(std::ceil((metrics.horizontalAdvance(QStringLiteral("64")) + 4) / slot.width())));
    if (bar % every != 0)
        return;
    painter.setPen(shades.quietText);
    painter.drawText(QRectF(slot.left() - grid, slot.bottom() + 2, slot.width() + 2 * grid, metrics.height()),
                     Qt::AlignCenter, grouped(bar));
}

void CollisionHistogram::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
    QWidget::changeEvent(event);
}

void CollisionHistogram::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    update();
}

void CollisionHistogram::mousePressEvent(QMouseEvent* event) {
    const auto bar = barAt(event->pos());
    if (event->button() == Qt::LeftButton && bar)
        Q_EMIT tokensWanted(*bar, event->modifiers().testFlag(Qt::ShiftModifier));
    else
        event->ignore();
}

void CollisionHistogram::leaveEvent(QEvent*) {
    m_pointer.reset();
    update();
}

void CollisionHistogram::setCurrent(int bar) {
    if (bars() == 0)
        return;
    m_current = std::clamp(bar, 0, bars() - 1);
    setAccessibleDescription(words(*m_current).join(QStringLiteral(", ")));
    update();
}

bool CollisionHistogram::event(QEvent* event) {
    return claimWalkingKeys(event) || QWidget::event(event);
}

void CollisionHistogram::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
        setCurrent(m_current.value_or(0) - 1);
        break;
    case Qt::Key_Right:
        setCurrent(m_current ? *m_current + 1 : 0);
        break;
    case Qt::Key_Home:
        setCurrent(0);
        break;
    case Qt::Key_End:
        setCurrent(bars() - 1);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current)
            Q_EMIT tokensWanted(*m_current, event->modifiers().testFlag(Qt::ShiftModifier));
        break;
    case Qt::Key_Escape:
        m_navigator->clearLock();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace kvprism::views
