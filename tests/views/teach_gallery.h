// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>

namespace kvprism::test {

// Pictures of the views for teaching, in the size of a dock and large.
void drawTeachViews(const QDir& folder, const QString& suffix);

} // namespace kvprism::test
