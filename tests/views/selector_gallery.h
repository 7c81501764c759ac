// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QDir;
class QString;

namespace kvprism::test {

// The views of what selectors would keep, and would have kept with other settings, as pictures.
void drawSelectorViews(const QDir& folder, const QString& suffix);

} // namespace kvprism::test
