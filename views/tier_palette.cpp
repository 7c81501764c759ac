// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tier_palette.h"

#include "views/style.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

using trace::Tier;

namespace {

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour) {
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

QColor mixed(const QColor& from, const QColor& to, double share) {
    const auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return QColor(mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue()));
}

} // namespace

const TierPalette& TierPalette::of(const QPalette& palette) {
    static const TierPalette light(false);
    static const TierPalette dark(true);
    return shadesOf(palette).dark ? dark : light;
}

QColor TierPalette::colour(Tier tier) const {
    // Okabe and Ito: blue (sky blue on dark ground), bluish green, orange, reddish purple.
    switch (tier) {
    case Tier::anchor:
        return m_dark ? QColor(0x56b4e9) : QColor(0x0072b2);
    case Tier::window:
        return QColor(0x009e73);
    case Tier::global:
        return QColor(0xe69f00);
    case Tier::compressed:
        return QColor(0xcc79a7);
    case Tier::dropped:
        break;
    }
    return m_dark ? QColor(0x343a41) : QColor(0xe0e4e8);
}

QColor TierPalette::globalShade(int selector) const {
    const QColor base = colour(Tier::global);
    if (selector < 0)
        return mixed(base, m_dark ? QColor(0x1b1e22) : QColor(0xfcfcfd), 0.5);
    return mixed(base, m_dark ? QColor(Qt::white) : QColor(Qt::black), 0.25 * (selector % 3));
}

QColor TierPalette::texture(Tier tier) const {
    const QColor base = colour(tier);
    if (tier == Tier::dropped)
        return m_dark ? QColor(0x454c55) : QColor(0xcbd0d6);
    return mixed(base, m_dark ? QColor(Qt::black) : QColor(Qt::white), 0.28);
}

QColor TierPalette::tint(Tier tier) const {
    const QColor ground = m_dark ? QColor(0x1b1e22) : QColor(0xfcfcfd);
    if (tier == Tier::dropped)
        return ground;
    return mixed(ground, colour(tier), m_dark ? 0.34 : 0.26);
}

QColor TierPalette::unread() const {
    return m_dark ? QColor(0x262a2f) : QColor(0xe6e9ec);
}

QColor TierPalette::budgetLine() const {
    return m_dark ? QColor(0xe3e6ea) : QColor(0x1c2025);
}

Pattern TierPalette::pattern(Tier tier) {
    switch (tier) {
    case Tier::anchor:
        return Pattern::rising;
    case Tier::window:
        return Pattern::horizontal;
    case Tier::compressed:
        return Pattern::crossed;
    case Tier::dropped:
        return Pattern::dots;
    case Tier::global:
        break;
    }
    return Pattern::none;
}

QString tierTitle(Tier tier) {
    switch (tier) {
    case Tier::anchor:
        return QCoreApplication::translate("Tier", "Anchor");
    case Tier::window:
        return QCoreApplication::translate("Tier", "Window");
    case Tier::global:
        return QCoreApplication::translate("Tier", "Global");
    case Tier::compressed:
        return QCoreApplication::translate("Tier", "Compressed");
    case Tier::dropped:
        break;
    }
    return QCoreApplication::translate("Tier", "Dropped");
}

double contrast(const QColor& a, const QColor& b) {
    const double one = luminance(a);
    const double other = luminance(b);
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

} // namespace kvprism::views
