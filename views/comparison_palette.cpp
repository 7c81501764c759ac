// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/comparison_palette.h"

#include "views/style.h"

#include <QCoreApplication>

namespace kvprism::views {

const ComparisonPalette& ComparisonPalette::of(const QPalette& palette) {
    static const ComparisonPalette light(false);
    static const ComparisonPalette dark(true);
    return shadesOf(palette).dark ? dark : light;
}

QColor ComparisonPalette::colour(KeptBy who) const {
    switch (who) {
    case KeptBy::both:
        return m_dark ? QColor(0xdfe4e9) : QColor(0x38404a);
    case KeptBy::onlyA:
        return m_dark ? QColor(0xe0486a) : QColor(0xc93556);
    case KeptBy::onlyB:
        return m_dark ? QColor(0x2cb0be) : QColor(0x14a3b3);
    case KeptBy::neither:
        return m_dark ? QColor(0x343a41) : QColor(0xe0e4e8);
    case KeptBy::unread:
        break;
    }
    return m_dark ? QColor(0x1b1e22) : QColor(0xfcfcfd);
}

QColor ComparisonPalette::texture(KeptBy who) const {
    if (who == KeptBy::neither)
        return m_dark ? QColor(0x454c55) : QColor(0xcbd0d6);
    return QColor(blended(colour(who).rgb(), (m_dark ? QColor(Qt::black) : QColor(Qt::white)).rgb(), 0.34));
}

QColor ComparisonPalette::tint(KeptBy who) const {
    const QRgb ground = colour(KeptBy::unread).rgb();
    if (who == KeptBy::neither || who == KeptBy::unread)
        return QColor(ground);
    const double strength = who == KeptBy::both ? 0.14 : m_dark ? 0.34 : 0.26;
    return QColor(blended(ground, colour(who).rgb(), strength));
}

QColor ComparisonPalette::ink(KeptBy who) const {
    const QColor pale = m_dark ? QColor(0xe3e6ea) : QColor(0xfcfcfd);
    const QColor deep = m_dark ? QColor(0x15171a) : QColor(0x1c2025);
    return contrast(pale, colour(who)) > contrast(deep, colour(who)) ? pale : deep;
}

Pattern ComparisonPalette::pattern(KeptBy who) {
    switch (who) {
    case KeptBy::onlyA:
        return Pattern::rising;
    case KeptBy::onlyB:
        return Pattern::falling;
    case KeptBy::neither:
        return Pattern::dots;
    case KeptBy::both:
    case KeptBy::unread:
        break;
    }
    return Pattern::none;
}

QBrush comparisonBrush(KeptBy who, const QPalette& palette, qreal ratio) {
    const ComparisonPalette& colours = ComparisonPalette::of(palette);
    return patternBrush(
        {colours.colour(who).rgb(), colours.texture(who).rgb(), ComparisonPalette::pattern(who)}, ratio);
}

std::vector<LegendKey> comparisonKeys(const QPalette& palette, qreal ratio) {
    std::vector<LegendKey> keys;
    for (const KeptBy who : {KeptBy::both, KeptBy::onlyA, KeptBy::onlyB, KeptBy::neither, KeptBy::unread})
        keys.push_back({comparisonBrush(who, palette, ratio), keptByTitle(who)});
    return keys;
}

QString keptByTitle(KeptBy who) {
    switch (who) {
    case KeptBy::both:
        return QCoreApplication::translate("KeptBy", "Both");
    case KeptBy::onlyA:
        return QCoreApplication::translate("KeptBy", "Only A");
    case KeptBy::onlyB:
        return QCoreApplication::translate("KeptBy", "Only B");
    case KeptBy::neither:
        return QCoreApplication::translate("KeptBy", "Neither");
    case KeptBy::unread:
        break;
    }
    return QCoreApplication::translate("KeptBy", "Not compared");
}

} // namespace kvprism::views
