// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/message_bar.h"

#include "views/icons.h"
#include "views/style.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace kvprism::app {

MessageBar::MessageBar(QWidget* parent)
    : QWidget(parent), m_sentence(new QLabel(this)), m_way(new QPushButton(this)),
      m_close(new QToolButton(this)) {
    setObjectName(QStringLiteral("messageBar"));
    setAccessibleName(tr("Message"));
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_close->setIcon(views::icon(views::Symbol::close));
    m_close->setAutoRaise(true);
    m_close->setAccessibleName(tr("Close the message"));
    m_close->setToolTip(tr("Close"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * views::grid, views::grid, views::grid, views::grid);
    row->setSpacing(views::grid);
    row->addWidget(m_sentence, 1);
    row->addWidget(m_way);
    row->addWidget(m_close);

    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_way, &QPushButton::clicked, this, [this] {
        const auto run = m_run;
        hide();
        if (run)
            run();
    });
    hide();
}

void MessageBar::say(Kind kind, const QString& sentence, const Action& action) {
    m_kind = kind;
    m_sentence->setText(sentence);
    m_way->setText(action.text);
    m_way->setVisible(!action.text.isEmpty());
    m_run = action.run;
    setAccessibleDescription(sentence);
    show();
    update();
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

QString MessageBar::sentence() const {
    return isHidden() ? QString() : m_sentence->text();
}

void MessageBar::paintEvent(QPaintEvent*) {
    const views::Shades& shades = views::shadesOf(palette());
    QPainter painter(this);
    painter.fillRect(rect(), shades.raised);
    painter.fillRect(0, 0, views::grid / 2, height(),
                     m_kind == Kind::warning ? shades.warning : shades.accent);
    painter.fillRect(0, height() - 1, width(), 1, shades.rule);
}

} // namespace kvprism::app
