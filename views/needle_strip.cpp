// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/needle_strip.h"

#include "views/models/run_comparison.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/style.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace kvprism::views {

using trace::Tier;

NeedleStrip::NeedleStrip(const TraceModel* model, const RunComparison* comparison, Navigator* navigator,
                         const Needles::Range& range, QWidget* parent)
    : QWidget(parent), m_model(model), m_comparison(comparison), m_navigator(navigator), m_range(range) {
    setToolTip(tr("The needle's tokens by tier after each step, full where all are held; click to go there"));
    setFixedHeight(sizeHint().height());
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(m_navigator, &Navigator::stepChanged, this, [this] { update(); });
    connect(m_model, &TraceModel::stepsAppended, this, [this] { update(); });
    connect(m_model, &TraceModel::curtainDrawn, this, [this] { update(); });
}

int NeedleStrip::steps() const {
    const TraceModel* shown = m_comparison ? m_comparison->a() : m_model;
    return std::max(shown->expectedSteps(), 1);
}

int NeedleStrip::stepOfModel(int step) const {
    if (m_comparison)
        return m_comparison->partnerOf(step).value_or(-1);
    return step < m_model->stepCount() ? step : -1;
}

double NeedleStrip::heldShare(int step) const {
    const int own = stepOfModel(step);
    const TierCounts counts = m_model->survival().count(own, m_range.first, m_range.last + 1);
    return counts.read() == 0 ? -1 : static_cast<double>(counts.kept()) / (counts.read() + counts.unread);
}

void NeedleStrip::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    const QRect at = rect().adjusted(0, 3, -1, -3);
    const auto left = [&](int step) { return at.left() + at.width() * step / steps(); };
    const int gap = at.width() / steps() >= 5 ? 1 : 0;
    for (int step = 0; step < steps(); ++step) {
        const int own = stepOfModel(step);
        const TierCounts counts = m_model->survival().count(own, m_range.first, m_range.last + 1);
        if (counts.read() == 0)
            continue;
        const int wide = std::max(left(step + 1) - left(step) - gap, 1);
        const int tokens = counts.read() + counts.unread;
        painter.fillRect(QRect(left(step), at.top(), wide, at.height()),
                         tierBrush(Tier::dropped, palette(), pixelRatio(*this)));
        int below = 0;
        for (const Tier tier : {Tier::anchor, Tier::global, Tier::compressed, Tier::window}) {
            const int bottom = at.height() * below / tokens;
            below += counts.of(tier);
            // A single token of many must still be seen.
            const int high = counts.of(tier) == 0 ? 0 : std::max(at.height() * below / tokens - bottom, 1);
            painter.fillRect(QRect(left(step), at.bottom() + 1 - bottom - high, wide, high),
                             tierBrush(tier, palette(), pixelRatio(*this)));
        }
    }
    painter.setPen(shades.rule);
    painter.drawLine(at.bottomLeft() + QPoint(0, 1), at.bottomRight() + QPoint(0, 1));
    const int current = m_navigator->step();
    if (current < 0 || current >= steps())
        return;
    painter.setPen(QPen(shades.accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRect(std::max(left(current) - 1, 0), 0,
                           std::max(left(current + 1) - left(current) - gap + 1, 3), height() - 1));
}

void NeedleStrip::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        m_navigator->setStep(event->pos().x() * steps() / std::max(width(), 1));
}

} // namespace kvprism::views
