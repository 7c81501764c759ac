// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QString>

class QEvent;
class QLabel;
class QToolButton;
class QWidget;

// The few controls that panels are made of, alike everywhere.
namespace kvprism::views {

class Navigator;

// Without a frame until pointed at; `tip` is the accessible name as well.
QToolButton* flatButton(const QIcon& icon, const QString& tip, QWidget* parent);
QToolButton* flatButton(const QString& text, const QString& tip, QWidget* parent);

// Accepts the keys that pictures walk with (arrows, Home, End, Page keys, Return), which windows have
// shortcuts for: to be called from event() of a picture that takes the focus. Returns whether it was such a
// key.
bool claimWalkingKeys(QEvent* event);

// Goes to the step before or behind, the first or the last, as Left, Right, Home and End say. Returns whether
// it was such a key.
bool stepByKey(Navigator& navigator, int key);

// Whether a view stands in a window on the screen but cannot be seen itself, as in a tab behind another: what
// it would compute can wait until it is shown.
bool isOutOfSight(const QWidget& view);

// Small and quiet, with digits of equal width; follows the palette.
QLabel* quietLabel(QWidget* parent, const QString& text = QString());

// A line of one pixel between parts of a panel.
QWidget* thinRule(QWidget* parent, Qt::Orientation orientation = Qt::Horizontal);

} // namespace kvprism::views
