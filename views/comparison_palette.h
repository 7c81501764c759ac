// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/run_comparison.h"
#include "views/painting.h"

#include <QColor>
#include <QPalette>

#include <vector>

namespace kvprism::views {

// A colour and a pattern for each of the four classes of two runs, other ones than the tiers': A and B lean
// against one another, what both hold is dark on light ground and light on dark, what neither holds is quiet.
class ComparisonPalette {
  public:
    static const ComparisonPalette& of(const QPalette& palette); // the light or the dark one

    QColor colour(KeptBy who) const;  // `unread`: the ground
    QColor texture(KeptBy who) const; // the pattern's own colour on `colour`
    QColor tint(KeptBy who) const;    // an area behind text: contrast of the text on it ≥ 4.5
    QColor ink(KeptBy who) const;     // of letters on `colour`: contrast ≥ 4.5
    static Pattern pattern(KeptBy who);

    explicit ComparisonPalette(bool dark) : m_dark(dark) {}

  private:
    bool m_dark;
};

QBrush comparisonBrush(KeptBy who, const QPalette& palette, qreal ratio = 1);
std::vector<LegendKey> comparisonKeys(const QPalette& palette, qreal ratio = 1);

// For people: "Both", "Only A", …
QString keptByTitle(KeptBy who);

} // namespace kvprism::views
