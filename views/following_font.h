// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/style.h"

class QWidget;

namespace kvprism::views {

enum class FontKind { text, number };

// Gives a widget textFont() or numberFont(), now and again whenever the size of all text changes: a font that
// was only set once would stay as large as it was.
void followFont(QWidget* widget, FontKind kind, TextSize size, QFont::Weight weight = QFont::Normal);

} // namespace kvprism::views
