// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/life_strip.h"

#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/style.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace kvprism::views {

LifeStrip::LifeStrip(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    setAccessibleName(tr("Life of the token, step by step"));
    setToolTip(tr("The token's tier after each step; click to go there"));
    setFixedHeight(3 * grid);
    connect(m_navigator, &Navigator::stepChanged, this, [this] { update(); });
    connect(m_model, &TraceModel::stepsAppended, this, [this] { update(); });
    connect(m_model, &TraceModel::curtainDrawn, this, [this] { update(); });
}

void LifeStrip::setToken(std::optional<int> token) {
    m_token = token;
    update();
}

void LifeStrip::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    const int steps = std::max(m_model->expectedSteps(), 1);
    const QRect cells = rect().adjusted(0, 4, 0, -4);
    const auto left = [&](int step) { return cells.left() + cells.width() * step / steps; };
    const int gap = cells.width() / steps >= 5 ? 1 : 0;
    for (int step = 0; step < steps && m_token; ++step) {
        const QRect cell(left(step), cells.top(), std::max(left(step + 1) - left(step) - gap, 1),
                         cells.height());
        if (const auto tier = m_model->survival().tier(step, *m_token))
            painter.fillRect(cell, tierBrush(*tier, palette(), pixelRatio(*this)));
    }
    painter.setPen(shades.rule);
    painter.drawLine(cells.bottomLeft() + QPoint(0, 1), cells.bottomRight() + QPoint(0, 1));
    const int current = m_navigator->step();
    if (current < 0 || current >= steps)
        return;
    painter.setPen(QPen(shades.accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(
        QRect(left(current) - 1, 1, std::max(left(current + 1) - left(current) - gap + 1, 3), height() - 3));
}

void LifeStrip::mousePressEvent(QMouseEvent* event) {
    const int steps = std::max(m_model->expectedSteps(), 1);
    m_navigator->setStep(event->pos().x() * steps / std::max(width(), 1));
}

} // namespace kvprism::views
