// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QDir;
class QString;

namespace kvprism::test {

// An answer with the passages that it was written from and its divergence from the dense run, as pictures.
void drawAnswerViews(const QDir& folder, const QString& suffix);

} // namespace kvprism::test
