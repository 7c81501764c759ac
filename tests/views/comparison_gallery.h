// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QDir;
class QString;

namespace kvprism::test {

struct SyntheticOptions;

// Two runs over the same tokens, and needles in them, as pictures.
void drawComparisonViews(const SyntheticOptions& options, const QDir& folder, const QString& suffix);

} // namespace kvprism::test
