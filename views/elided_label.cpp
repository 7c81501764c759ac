// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/elided_label.h"

#include "views/following_font.h"
#include "views/style.h"

#include <QPainter>

#include <cmath>

namespace kvprism::views {

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent) {
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ElidedLabel::setFullText(const QString& text) {
    m_text = text;
    setAccessibleName(text);
    updateTip();
    updateGeometry();
    update();
}

QSize ElidedLabel::sizeHint() const {
    // In whole pixels an advance is rounded to the nearest, and what is cut is decided by fractions.
    const double advance = QFontMetricsF(font()).horizontalAdvance(m_text);
    return {static_cast<int>(std::ceil(advance)) + 1, fontMetrics().height()};
}

QSize ElidedLabel::minimumSizeHint() const {
    return {0, fontMetrics().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(m_text, Qt::ElideRight, width()));
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
    QLabel::resizeEvent(event);
    updateTip();
}

void ElidedLabel::updateTip() {
    const bool fits = fontMetrics().elidedText(m_text, Qt::ElideRight, width()) == m_text;
    setToolTip(fits ? QString() : QStringLiteral("<span>%1</span>").arg(m_text.toHtmlEscaped())); // wrapped
}

ElidedLabel* quietElidedLabel(QWidget* parent) {
    auto* label = new ElidedLabel(parent);
    followFont(label, FontKind::number, TextSize::small);
    label->setForegroundRole(QPalette::PlaceholderText); // our palettes hold the quiet text colour there
    return label;
}

} // namespace kvprism::views
