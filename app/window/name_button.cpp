// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/name_button.h"

#include "views/style.h"

#include <QEvent>
#include <QPainter>

#include <algorithm>

namespace kvprism::app {

namespace {

constexpr int widestName = 28;   // average letters; longer names are elided
constexpr int shortestName = 10; // that something can still be made of
constexpr int pictureSize = 2 * views::grid;
constexpr int corner = 4;

QFont nameFont() {
    return views::textFont(views::TextSize::normal, QFont::Medium);
}
QFont detailFont() {
    return views::textFont(views::TextSize::small);
}

} // namespace

NameButton::NameButton(const QString& accessibleName, QWidget* parent) : QAbstractButton(parent) {
    setAccessibleName(accessibleName);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
}

void NameButton::setLines(const QString& name, const QString& detail) {
    setText(name);
    m_detail = detail;
    updateGeometry();
    update();
}

QSize NameButton::sizeHint() const {
    const QFontMetrics name(nameFont());
    const QFontMetrics detail(detailFont());
    const int words = std::max(name.horizontalAdvance(this->text()), detail.horizontalAdvance(m_detail));
    const int picture = icon().isNull() ? 0 : pictureSize + views::grid;
    const int rounding = 2; // advances are fractions, and a text that lacks one is elided
    const int widest = name.averageCharWidth() * widestName;
    return {std::min(words + rounding, widest) + picture + 2 * views::grid,
            std::max(5 * views::grid, name.height() + detail.height())};
}

QSize NameButton::minimumSizeHint() const {
    const QSize whole = sizeHint();
    const int picture = icon().isNull() ? 0 : pictureSize + views::grid;
    const int shortest = QFontMetrics(nameFont()).averageCharWidth() * shortestName;
    return {std::min(whole.width(), shortest + picture + 2 * views::grid), whole.height()};
}

bool NameButton::event(QEvent* event) {
    if (event->type() == QEvent::FontChange)
        updateGeometry();
    return QAbstractButton::event(event);
}

void NameButton::paintEvent(QPaintEvent*) {
    const views::Shades& shades = views::shadesOf(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (isDown() || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(shades.raised);
        painter.drawRoundedRect(rect(), corner, corner);
    }
    if (hasFocus()) {
        painter.setPen(QPen(shades.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(rect().adjusted(1, 1, -1, -1), corner, corner);
    }
    QRect area = rect().adjusted(views::grid, 0, -views::grid, 0);
    if (!icon().isNull()) {
        const QRect place(area.left(), (height() - pictureSize) / 2, pictureSize, pictureSize);
        icon().paint(&painter, place);
        area.setLeft(place.right() + views::grid);
    }
    const QFontMetrics name(nameFont());
    const QFontMetrics detail(detailFont());
    const int textHeight = name.height() + (m_detail.isEmpty() ? 0 : detail.height());
    area.setTop((height() - textHeight) / 2);
    painter.setFont(nameFont());
    painter.setPen(shades.text);
    painter.drawText(area, Qt::AlignTop | Qt::TextSingleLine,
                     name.elidedText(text(), Qt::ElideMiddle, area.width()));
    area.setTop(area.top() + name.height());
    painter.setFont(detailFont());
    painter.setPen(shades.quietText);
    painter.drawText(area, Qt::AlignTop | Qt::TextSingleLine,
                     detail.elidedText(m_detail, Qt::ElideRight, area.width()));
}

} // namespace kvprism::app
