// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/text_grounds.h"

#include "views/comparison_palette.h"
#include "views/painting.h"
#include "views/tier_palette.h"

#include <cmath>

namespace kvprism::views {

using trace::Tier;

namespace {

constexpr double brushShare = 0.16;
constexpr double leastContrast = 4.5;

QColor mixed(const QColor& from, const QColor& to, double share) {
    return QColor(blended(from.rgb(), to.rgb(), share));
}

// Collects pairs under the name of their ground.
class Pairs {
  public:
    void on(const QString& name, const QColor& ground,
            std::initializer_list<std::pair<const char*, QColor>> inks) {
        for (const auto& [ink, colour] : inks)
            m_pairs.push_back({QStringLiteral("%1 on %2").arg(QLatin1String(ink), name), colour, ground});
    }
    std::vector<TextOnGround> take() { return std::move(m_pairs); }

  private:
    std::vector<TextOnGround> m_pairs;
};

// Labels, axes, lists, buttons, chips.
void addControls(const Shades& s, const QPalette& palette, Pairs& pairs) {
    const auto role = [&](QPalette::ColorRole of) { return palette.color(QPalette::Active, of); };
    pairs.on(QStringLiteral("the window"), s.window,
             {{"text", s.text},
              {"quiet text", s.quietText},
              {"accent", s.accent},
              {"warning", s.warning},
              {"a link", role(QPalette::Link)},
              {"quiet role", role(QPalette::PlaceholderText)}});
    pairs.on(QStringLiteral("a panel"), s.panel,
             {{"text", s.text},
              {"quiet text", s.quietText},
              {"faded text", s.fadedText},
              {"accent", s.accent},
              {"warning", s.warning},
              {"a link", role(QPalette::Link)},
              {"quiet role", role(QPalette::PlaceholderText)}});
    // Tooltips, hover labels, pointed-at rows and buttons, the message, the map's note, the idle Ask button.
    pairs.on(QStringLiteral("raised ground"), s.raised,
             {{"text", s.text}, {"quiet text", s.quietText}, {"accent", s.accent}});
    pairs.on(QStringLiteral("a tooltip"), role(QPalette::ToolTipBase),
             {{"its text", role(QPalette::ToolTipText)}});
    pairs.on(QStringLiteral("a pressed button or an equal bit"), s.rule, {{"text", s.text}});
    // Chips, checked buttons, selected rows, the focused row of a plot, pointed-at words of an answer.
    pairs.on(QStringLiteral("soft accent"), s.accentSoft,
             {{"text", s.text}, {"quiet text", s.quietText}, {"accent", s.accent}});
    pairs.on(QStringLiteral("the accent"), s.accent, {{"its text", s.onAccent}});
    for (const auto group : {QPalette::Active, QPalette::Inactive, QPalette::Disabled}) {
        pairs.on(QStringLiteral("selected ground, group %1").arg(group),
                 palette.color(group, QPalette::Highlight),
                 {{"selected text", palette.color(group, QPalette::HighlightedText)}});
        for (const QColor& ground : {s.window, s.panel})
            pairs.on(QStringLiteral("%1, group %2").arg(ground.name()).arg(group), ground,
                     {{"the window's text", palette.color(group, QPalette::WindowText)},
                      {"a field's text", palette.color(group, QPalette::Text)},
                      {"a button's text", palette.color(group, QPalette::ButtonText)},
                      {"a placeholder", palette.color(group, QPalette::PlaceholderText)},
                      {"a warning", palette.color(group, QPalette::BrightText)}});
    }
    pairs.on(QStringLiteral("a bar beside a map"), sideBar(s, false), {{"quiet text", s.quietText}});
    pairs.on(QStringLiteral("the shown step's bar beside a map"), sideBar(s, true), {{"text", s.text}});
}

// The words of the text on a ground that means something: also brushed, and those that are dropped.
void addWords(const Shades& s, const QString& name, const QColor& ground, Pairs& pairs) {
    const QColor under = brushed(s, ground);
    pairs.on(name, ground, {{"a word", s.text}, {"a faded word", fadedInkOn(s, ground)}});
    pairs.on(name + QStringLiteral(", brushed"), under,
             {{"a word", s.text}, {"a faded word", fadedInkOn(s, under)}});
}

void addText(const Shades& s, const QPalette& palette, Pairs& pairs) {
    addWords(s, QStringLiteral("plain ground"), s.panel, pairs);
    addWords(s, QStringLiteral("the place that was found"), s.accentSoft, pairs);
    for (const Tier tier : {Tier::dropped, Tier::anchor, Tier::window, Tier::global, Tier::compressed})
        addWords(s, tierTitle(tier), TierPalette::of(palette).tint(tier), pairs);
    for (int tenth = 0; tenth <= 10; ++tenth) {
        const QColor tint = scoreTint(palette, tenth / 10.0);
        addWords(s, QStringLiteral("a score of %1 tenths").arg(tenth), mixed(s.panel, tint, tint.alphaF()),
                 pairs);
    }
    for (const KeptBy who : {KeptBy::both, KeptBy::onlyA, KeptBy::onlyB, KeptBy::neither, KeptBy::unread}) {
        const ComparisonPalette& colours = ComparisonPalette::of(palette);
        addWords(s, keptByTitle(who), colours.tint(who), pairs);
        pairs.on(QStringLiteral("the badge of ") + keptByTitle(who), colours.colour(who),
                 {{"its letter", colours.ink(who)}});
    }
}

} // namespace

QColor brushVeil(const Shades& shades) {
    return withAlpha(shades.accent, brushShare);
}

QColor brushed(const Shades& shades, const QColor& ground) {
    return mixed(ground, shades.accent, brushShare);
}

QColor sideBar(const Shades& shades, bool current) {
    return mixed(shades.panel, shades.quietText, current ? 0.40 : 0.18);
}

QColor scoreTint(const QPalette& palette, double standing) {
    return withAlpha(TierPalette::of(palette).colour(Tier::global), 0.45 * std::pow(standing, 4));
}

QColor fadedInkOn(const Shades& shades, const QColor& ground) {
    for (const QColor& ink : {shades.fadedText, shades.quietText})
        if (contrast(ink, ground) >= leastContrast)
            return ink;
    return shades.text;
}

std::vector<TextOnGround> textOnGrounds(const QPalette& palette) {
    Pairs pairs;
    addControls(shadesOf(palette), palette, pairs);
    addText(shadesOf(palette), palette, pairs);
    return pairs.take();
}

} // namespace kvprism::views
