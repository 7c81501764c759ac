// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/tier.h"

#include <QColor>
#include <QPalette>
#include <QString>

namespace kvprism::views {

// A second cue beside the hue, so that tiers stay apart without colour vision: drawn on the map as a texture
// that is fixed to the screen, in the text as the line below a token.
enum class Pattern { none, rising, falling, horizontal, crossed, dots };
// Whether the pattern has a mark at this pixel; repeats every 8 pixels in both directions.
constexpr bool patternHasMark(Pattern pattern, int x, int y) {
    switch (pattern) {
    case Pattern::rising:
        return ((x + y) & 7) == 0;
    case Pattern::falling:
        return ((x - y) & 7) == 0;
    case Pattern::horizontal:
        return (y & 3) == 1;
    case Pattern::crossed:
        return ((x + y) & 7) == 0 || ((x - y) & 7) == 0;
    case Pattern::dots:
        return (x & 7) == ((y & 4) != 0 ? 4 : 0) && (y & 3) == 1;
    case Pattern::none:
        break;
    }
    return false;
}

// One colour and pattern per tier, Okabe–Ito hues; for data and nothing else.
class TierPalette {
  public:
    static const TierPalette& of(const QPalette& palette); // the light or the dark one

    QColor colour(trace::Tier tier) const;
    // The hue of `global`, one shade per selector; −1: kept without having had to be chosen.
    QColor globalShade(int selector) const;
    QColor texture(trace::Tier tier) const; // the pattern's own colour on `colour`
    QColor tint(trace::Tier tier) const;    // an area behind text: contrast of the text on it ≥ 4.5
    QColor unread() const;                  // hatching where nothing was read yet
    QColor budgetLine() const;
    static Pattern pattern(trace::Tier tier);

    explicit TierPalette(bool dark) : m_dark(dark) {}

  private:
    bool m_dark;
};

// For people: "Anchor", "Window", "Global", …
QString tierTitle(trace::Tier tier);

// Contrast of two opaque colours as WCAG 2.1 defines it (relative luminance), 1 … 21.
double contrast(const QColor& a, const QColor& b);

} // namespace kvprism::views
