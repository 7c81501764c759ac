// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/mark_legend.h"

#include "views/mark_cloud.h"
#include "views/style.h"

#include <QPainter>

namespace kvprism::views {

namespace {

constexpr double radius = 3.5;
constexpr int markWidth = 14;

} // namespace

MarkLegend::MarkLegend(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Legend of the marks"));
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void MarkLegend::setSelectors(const QStringList& names) {
    m_selectors = names;
    setAccessibleDescription(titles().join(QStringLiteral(", ")));
    update();
}

QStringList MarkLegend::titles() const {
    QStringList titles;
    for (const QString& selector : m_selectors)
        titles << tr("kept by %1").arg(selector);
    return titles << tr("dropped");
}

QSize MarkLegend::sizeHint() const {
    return {0, QFontMetrics(textFont(TextSize::small)).height() + grid / 2};
}

void MarkLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(textFont(TextSize::small));
    painter.setPen(shadesOf(palette()).quietText);
    const QFontMetrics metrics(painter.font());
    const auto looks = markLooks(palette(), static_cast<std::size_t>(m_selectors.size()));
    const QStringList names = titles();
    double x = contentsRect().left();
    for (qsizetype i = 0; i < names.size(); ++i) {
        const std::size_t look = i < m_selectors.size() ? 2 + static_cast<std::size_t>(i) : 0;
        const CloudMark mark{{x + radius + 1, height() / 2.0}, look};
        drawMarks(painter, QRectF(rect()), {&mark, 1}, looks, radius);
        painter.drawText(QPointF(x + markWidth, (height() + metrics.ascent() - metrics.descent()) / 2.0),
                         names[i]);
        x += markWidth + metrics.horizontalAdvance(names[i]) + 2 * grid;
    }
}

} // namespace kvprism::views
