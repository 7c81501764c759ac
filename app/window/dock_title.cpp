// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/dock_title.h"

#include "views/icons.h"
#include "views/style.h"

#include <QAction>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

namespace kvprism::app {

namespace {

QToolButton* smallButton(QWidget* parent, views::Symbol symbol, const QString& name) {
    auto* button = new QToolButton(parent);
    button->setAutoRaise(true);
    button->setIcon(views::icon(symbol));
    button->setIconSize({12, 12});
    button->setAccessibleName(name);
    button->setToolTip(name);
    button->setFocusPolicy(Qt::NoFocus); // the menu's actions are the keyboard's way
    return button;
}

} // namespace

DockTitle::DockTitle(QDockWidget* dock) : QWidget(dock), m_dock(dock) {
    auto* out = smallButton(this, views::Symbol::fit,
                            tr("Take %1 out of the window, or back").arg(dock->windowTitle()));
    auto* close = smallButton(this, views::Symbol::close, tr("Close %1").arg(dock->windowTitle()));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * views::grid, 0, views::grid / 2, 0);
    row->setSpacing(0);
    row->addStretch();
    row->addWidget(out);
    row->addWidget(close);
    connect(out, &QToolButton::clicked, dock, [dock] { dock->setFloating(!dock->isFloating()); });
    connect(close, &QToolButton::clicked, dock, &QDockWidget::close);
}

QSize DockTitle::sizeHint() const {
    return {12 * views::grid, 4 * views::grid};
}

void DockTitle::paintEvent(QPaintEvent*) {
    const views::Shades& shades = views::shadesOf(palette());
    QPainter painter(this);
    painter.setPen(shades.quietText);
    painter.setFont(views::textFont(views::TextSize::small, QFont::DemiBold));
    painter.drawText(rect().adjusted(2 * views::grid, 0, 0, 0), Qt::AlignVCenter, m_dock->windowTitle());
    painter.fillRect(0, height() - 1, width(), 1, shades.rule);
}

} // namespace kvprism::app
