// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/controls.h"

#include "views/following_font.h"
#include "views/models/navigator.h"
#include "views/style.h"

#include <QKeyEvent>
#include <QLabel>
#include <QToolButton>

namespace kvprism::views {

namespace {

// Space presses the button that has the focus, also where a shortcut of the window wants the key.
class FlatButton final : public QToolButton {
  public:
    using QToolButton::QToolButton;

  protected:
    bool event(QEvent* event) override {
        if (event->type() == QEvent::ShortcutOverride &&
            static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space) {
            event->accept();
            return true;
        }
        return QToolButton::event(event);
    }
};

} // namespace

QToolButton* flatButton(const QIcon& icon, const QString& tip, QWidget* parent) {
    auto* button = new FlatButton(parent);
    button->setIcon(icon);
    button->setIconSize(QSize(2 * grid, 2 * grid));
    button->setFixedSize(QSize(3 * grid + grid / 2, 3 * grid + grid / 2));
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    return button;
}

QToolButton* flatButton(const QString& text, const QString& tip, QWidget* parent) {
    auto* button = new FlatButton(parent);
    button->setText(text);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setFixedHeight(3 * grid + grid / 2);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    return button;
}

bool claimWalkingKeys(QEvent* event) {
    if (event->type() != QEvent::ShortcutOverride)
        return false;
    switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Home:
    case Qt::Key_End:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        event->accept();
        return true;
    default:
        return false;
    }
}

bool stepByKey(Navigator& navigator, int key) {
    switch (key) {
    case Qt::Key_Left:
        navigator.setStep(navigator.step() - 1);
        return true;
    case Qt::Key_Right:
        navigator.setStep(navigator.step() + 1);
        return true;
    case Qt::Key_Home:
        navigator.setStep(0);
        return true;
    case Qt::Key_End:
        navigator.setStep(navigator.steps() - 1);
        return true;
    default:
        return false;
    }
}

bool isOutOfSight(const QWidget& view) {
    return !view.isVisible() && view.window()->isVisible();
}

QLabel* quietLabel(QWidget* parent, const QString& text) {
    auto* label = new QLabel(text, parent);
    followFont(label, FontKind::number, TextSize::small);
    label->setForegroundRole(QPalette::PlaceholderText); // our palettes hold the quiet text colour there
    return label;
}

QWidget* thinRule(QWidget* parent, Qt::Orientation orientation) {
    auto* rule = new QWidget(parent);
    rule->setAutoFillBackground(true);
    rule->setBackgroundRole(QPalette::Mid);
    if (orientation == Qt::Horizontal)
        rule->setFixedHeight(1);
    else
        rule->setFixedWidth(1);
    return rule;
}

} // namespace kvprism::views
