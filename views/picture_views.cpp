// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/picture_views.h"

#include "views/budget_view.h"
#include "views/comparison_palette.h"
#include "views/comparison_picture.h"
#include "views/difference_map.h"
#include "views/lsh_view.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/needle_picture.h"
#include "views/overlap_view.h"
#include "views/painting.h"
#include "views/score_view.h"
#include "views/style.h"
#include "views/survival_map.h"
#include "views/text_canvas.h"
#include "views/tier_palette.h"
#include "views/token_details.h"

#include <QCoreApplication>
#include <QScrollArea>

#include <algorithm>
#include <array>

namespace kvprism::views {

namespace {

using trace::Tier;

QString translated(const char* text) {
    return QCoreApplication::translate("Picture", text);
}

template <class View> QWidget* make(const PictureScene& scene, QWidget* host) {
    return new View(scene.model, scene.navigator, host);
}

QWidget* makeDifference(const PictureScene& scene, QWidget* host) {
    auto* map = new DifferenceMap(scene.model, scene.navigator, scene.comparison, host);
    map->setKeysShown(false); // the page has them
    return map;
}

QWidget* makeComparison(const PictureScene& scene, QWidget* host) {
    return new ComparisonPicture(scene, host);
}

QWidget* makeNeedles(const PictureScene& scene, QWidget* host) {
    return new NeedlePicture(scene, host);
}

PictureLegend::Entry tierEntry(Tier tier, const QWidget& view, qreal ratio) {
    return {tierBrush(tier, view.palette(), ratio), tierTitle(tier)};
}

PictureLegend tierLegend(const PictureScene&, QWidget& view, qreal ratio) {
    PictureLegend legend;
    for (const LegendKey& key : tierKeys(view.palette(), ratio))
        legend.entries.push_back({key.swatch, key.title});
    return legend;
}

PictureLegend budgetLegend(const PictureScene& scene, QWidget& view, qreal ratio) {
    const TierPalette& tiers = TierPalette::of(view.palette());
    PictureLegend legend;
    legend.entries.push_back(tierEntry(Tier::anchor, view, ratio));
    int selector = 0;
    for (const std::string& name : scene.model->run()->selectors)
        legend.entries.push_back(
            {tiers.globalShade(selector++), translated("Global by %1").arg(QString::fromStdString(name))});
    legend.entries.push_back({tiers.globalShade(-1), translated("Global, not yet chosen")});
    legend.entries.push_back(tierEntry(Tier::window, view, ratio));
    legend.entries.push_back(tierEntry(Tier::dropped, view, ratio));
    legend.entries.push_back({tiers.budgetLine(), translated("Budget"), true});
    return legend;
}

int fitText(QWidget& view, const Navigator& navigator, int most) {
    auto& canvas = static_cast<TextCanvas&>(view);
    const auto token = navigator.effectiveToken();
    return canvas.arrangeLines(token               ? token
                               : navigator.range() ? navigator.range()->first
                                                   : std::optional<int>(),
                               most);
}

PictureLegend textLegend(const PictureScene& scene, QWidget& view, qreal) {
    const TraceModel& model = *scene.model;
    auto& canvas = static_cast<TextCanvas&>(view);
    const QPalette palette = view.palette();
    PictureLegend legend;
    for (const Tier tier : {Tier::anchor, Tier::window, Tier::global})
        legend.entries.push_back({TierPalette::of(palette).tint(tier), tierTitle(tier), false,
                                  TextCanvas::linePenOf(tier, palette)});
    legend.entries.push_back({QBrush(), translated("Faded: dropped")});
    legend.entries.push_back({QBrush(), translated("Plain: not read yet")});
    const auto shown = canvas.shownTokens();
    if (shown.last - shown.first + 1 < model.tokenCount() && shown.last >= shown.first)
        legend.note = translated("A part of the text: tokens %1 to %2 of %3")
                          .arg(grouped(shown.first), grouped(shown.last), grouped(model.tokenCount()));
    return legend;
}

int fitDetails(QWidget& view, const Navigator&, int most) {
    auto* scroll = view.findChild<QScrollArea*>();
    QWidget* content = scroll ? scroll->widget() : nullptr;
    if (!content)
        return most;
    const int height =
        content->hasHeightForWidth() ? content->heightForWidth(view.width()) : content->sizeHint().height();
    return std::min(height, most);
}

int finishOverlap(QWidget& view, const Navigator&, int most) {
    static_cast<OverlapView&>(view).finish();
    return most;
}

PictureLegend comparisonLegend(const PictureScene& scene, QWidget& view, qreal ratio) {
    PictureLegend legend;
    for (const LegendKey& key : comparisonKeys(view.palette(), ratio))
        legend.entries.push_back({key.swatch, key.title});
    legend.note = scene.comparison->notices().join(QLatin1Char(' '));
    return legend;
}

int fitNeedles(QWidget& view, const Navigator&, int most) {
    return std::min(view.minimumSizeHint().height(), most);
}

PictureLegend needleLegend(const PictureScene& scene, QWidget& view, qreal ratio) {
    PictureLegend legend = tierLegend(scene, view, ratio);
    QStringList notes{translated("Full height: all of its tokens are held."),
                      translated("“In the answer” compares words, not meaning.")};
    if (scene.comparison)
        notes += scene.comparison->notices();
    legend.note = notes.join(QLatin1Char(' '));
    return legend;
}

// A view more is a line more, and its table in engine/tables/tables.cpp.
constexpr std::array<DrawableView, 10> views{{
    {"map", QT_TRANSLATE_NOOP("Picture", "Survival map"), {1600, 640}, make<SurvivalMap>},
    {"text", QT_TRANSLATE_NOOP("Picture", "Text"), {1000, 2400}, make<TextCanvas>, fitText, textLegend},
    {"budget", QT_TRANSLATE_NOOP("Picture", "Budget"), {1600, 480}, make<BudgetView>, nullptr, budgetLegend},
    {"scores", QT_TRANSLATE_NOOP("Picture", "Scores"), {1600, 640}, make<ScoreView>},
    {"lsh", QT_TRANSLATE_NOOP("Picture", "Hashing"), {1600, 900}, make<LshView>},
    {"overlap",
     QT_TRANSLATE_NOOP("Picture", "Overlap of selectors"),
     {1600, 640},
     make<OverlapView>,
     finishOverlap},
    {"token", QT_TRANSLATE_NOOP("Picture", "Token"), {800, 1200}, make<TokenDetails>, fitDetails, tierLegend},
    {"comparison",
     QT_TRANSLATE_NOOP("Picture", "Comparison"),
     {1600, 900},
     makeComparison,
     nullptr,
     comparisonLegend},
    {"difference",
     QT_TRANSLATE_NOOP("Picture", "Difference map"),
     {1600, 640},
     makeDifference,
     nullptr,
     comparisonLegend},
    {"needles", QT_TRANSLATE_NOOP("Picture", "Needles"), {1200, 8000}, makeNeedles, fitNeedles, needleLegend},
}};

} // namespace

std::span<const DrawableView> drawableViews() {
    return views;
}

const DrawableView* findDrawableView(std::string_view name) {
    const auto found = std::find_if(views.begin(), views.end(),
                                    [name](const DrawableView& view) { return view.name == name; });
    return found == views.end() ? nullptr : &*found;
}

QString viewTitle(const DrawableView& view) {
    return translated(view.title);
}

} // namespace kvprism::views
