// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/key_guard.h"

#include <QAbstractButton>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QTabBar>

namespace kvprism::app {

namespace {

bool usesItself(const QObject* control, int key) {
    if (qobject_cast<const QAbstractButton*>(control))
        return key == Qt::Key_Space;
    if (qobject_cast<const QTabBar*>(control))
        return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End;
    const bool moves = qobject_cast<const QAbstractSlider*>(control) ||
                       qobject_cast<const QAbstractSpinBox*>(control) ||
                       qobject_cast<const QComboBox*>(control) || qobject_cast<const QMenu*>(control);
    return moves && (key == Qt::Key_Space || key == Qt::Key_Left || key == Qt::Key_Right ||
                     key == Qt::Key_Home || key == Qt::Key_End);
}

// On some desktops fields move to the end of the line or delete up to there by these keys, which End and
// Shift+End do as well.
bool belongsToWindow(const QObject* control, const QKeyEvent& press) {
    return qobject_cast<const QLineEdit*>(control) && press.modifiers() == Qt::ControlModifier &&
           (press.key() == Qt::Key_E || press.key() == Qt::Key_K);
}

// Pictures take no focus from a click, so that the arrow keys stay with the replay; then a field must not
// keep it.
void leaveField(const QWidget* pressed) {
    auto* field = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    const bool elsewhere = field && pressed && pressed != field && !field->isAncestorOf(pressed) &&
                           pressed->window() == field->window();
    if (elsewhere && !qobject_cast<const QAbstractButton*>(pressed) &&
        !qobject_cast<const QMenuBar*>(pressed))
        field->clearFocus();
}

} // namespace

bool KeyGuard::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        auto* press = static_cast<QKeyEvent*>(event);
        if (press->modifiers() == Qt::NoModifier && usesItself(watched, press->key())) {
            press->accept();
            return true;
        }
        if (belongsToWindow(watched, *press)) {
            press->ignore();
            return true;
        }
    }
    if (event->type() == QEvent::MouseButtonPress)
        leaveField(qobject_cast<const QWidget*>(watched));
    return QObject::eventFilter(watched, event);
}

} // namespace kvprism::app
