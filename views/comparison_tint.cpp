// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/comparison_tint.h"

#include "views/comparison_palette.h"

namespace kvprism::views {

ComparisonTint::ComparisonTint(const RunComparison* comparison, QObject* parent)
    : TokenTint(parent), m_comparison(comparison) {
    connect(m_comparison, &RunComparison::runsChanged, this, &TokenTint::changed);
    connect(m_comparison, &RunComparison::stepsChanged, this, &TokenTint::changed);
}

TokenLook ComparisonTint::lookOf(int step, int token, const QPalette& palette) const {
    const KeptBy who = m_comparison->at(step, token);
    if (who == KeptBy::unread)
        return {};
    if (who == KeptBy::neither)
        return {{}, {}, Pattern::none, true};
    const ComparisonPalette& colours = ComparisonPalette::of(palette);
    return {colours.tint(who), colours.colour(who), ComparisonPalette::pattern(who), false};
}

QString ComparisonTint::sentence(int step) const {
    if (!m_comparison->ready())
        return m_comparison->obstacle();
    if (!m_comparison->partnerOf(step))
        return tr("no step of B ends where this one does");
    const KeptCounts counts = m_comparison->count(step);
    return tr("both %1 · only A %2 · only B %3")
        .arg(grouped(counts.both), grouped(counts.onlyA), grouped(counts.onlyB));
}

QString ComparisonTint::tell(int step, int token) const {
    switch (m_comparison->at(step, token)) {
    case KeptBy::both:
        return tr("held by both runs");
    case KeptBy::onlyA:
        return tr("held by A, not by B");
    case KeptBy::onlyB:
        return tr("held by B, not by A");
    case KeptBy::neither:
        return tr("held by neither run");
    case KeptBy::unread:
        break;
    }
    return {};
}

} // namespace kvprism::views
