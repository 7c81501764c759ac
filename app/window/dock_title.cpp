// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/dock_title.h"

#include "views/icons.h"
#include "views/style.h"

#include <QAction>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QMainWindow>
#include <QPainter>
#include <QToolButton>

#include <algorithm>

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

DockTitle::DockTitle(QDockWidget* dock, QMainWindow* window) : QWidget(dock), m_dock(dock), m_window(window) {
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

void DockTitle::followPlace() {
    // Closed and floating panels keep their place among the tabs without having a tab.
    const QList<QDockWidget*> others = m_window->tabifiedDockWidgets(m_dock);
    const bool amongTabs =
        !m_dock->isFloating() && std::any_of(others.begin(), others.end(), [](const QDockWidget* other) {
            return !other->isFloating() && !other->isHidden();
        });
    if (amongTabs == m_amongTabs)
        return;
    m_amongTabs = amongTabs;
    for (QToolButton* button : findChildren<QToolButton*>())
        button->setVisible(!amongTabs);
    updateGeometry();
}

QSize DockTitle::sizeHint() const {
    return m_amongTabs ? QSize(0, 0) : QSize(12 * views::grid, 4 * views::grid);
}

void DockTitle::paintEvent(QPaintEvent*) {
    const views::Shades& shades = views::shadesOf(palette());
    QPainter painter(this);
    painter.setPen(shades.quietText);
    painter.setFont(views::textFont(views::TextSize::small, QFont::DemiBold));
    const QRect words =
        rect().adjusted(2 * views::grid, 0, -7 * views::grid, 0); // the buttons are beside them
    painter.drawText(words, Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_dock->windowTitle(), Qt::ElideRight, words.width()));
    painter.fillRect(0, height() - 1, width(), 1, shades.rule);
}

} // namespace kvprism::app
