// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QString>

class QLabel;
class QToolButton;
class QWidget;

// The few controls that panels are made of, alike everywhere.
namespace kvprism::views {

// Without a frame until pointed at; `tip` is the accessible name as well.
QToolButton* flatButton(const QIcon& icon, const QString& tip, QWidget* parent);
QToolButton* flatButton(const QString& text, const QString& tip, QWidget* parent);

// Small and quiet, with digits of equal width; follows the palette.
QLabel* quietLabel(QWidget* parent, const QString& text = QString());

// A line of one pixel between parts of a panel.
QWidget* thinRule(QWidget* parent, Qt::Orientation orientation = Qt::Horizontal);

} // namespace kvprism::views
