// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/teach_gallery.h"

#include "tests/views/gallery_stage.h"
#include "tests/views/planned_model.h"
#include "tests/views/synthetic_model.h"
#include "views/models/navigator.h"
#include "views/quiz_row.h"
#include "views/quiz_view.h"
#include "views/step_caption.h"
#include "views/survival_map.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QPushButton>

namespace kvprism::test {

using namespace views;

namespace {

TraceBatch planned(const select::Settings& settings) {
    PlannedRunOptions options;
    options.settings = settings;
    options.streamTokens = 6000;
    return plannedBatch(options);
}

void drawCaptions(const QDir& folder, const QString& suffix) {
    const auto nothing = [](StepCaption&) {};
    GalleryStage peak(syntheticBatch({.streamTokens = 6000, .budget = 1024}));
    peak.draw<StepCaption>(folder, QStringLiteral("caption-dock-") + suffix, {360, 420}, nothing);
    peak.draw<StepCaption>(folder, QStringLiteral("caption-large-") + suffix, {1200, 700}, nothing);
    peak.draw<StepCaption>(folder, QStringLiteral("caption-strip-") + suffix, {1200, 170}, nothing);
    peak.draw<StepCaption>(folder, QStringLiteral("caption-low-") + suffix, {700, 80}, nothing);
    peak.navigator.setStep(peak.model.stepCount() - 1);
    peak.draw<StepCaption>(folder, QStringLiteral("caption-answer-") + suffix, {1200, 200}, nothing);
    GalleryStage hybrid(planned({{"preset", "laser-kv"}, {"budget", "1024"}, {"block-size", "512"}}));
    hybrid.draw<StepCaption>(folder, QStringLiteral("caption-hybrid-") + suffix, {1200, 200}, nothing);
    hybrid.model.clear();
    hybrid.draw<StepCaption>(folder, QStringLiteral("caption-none-") + suffix, {700, 200}, nothing);
}

void drawQuizzes(const QDir& folder, const QString& suffix) {
    const auto nothing = [](QuizView&) {};
    const auto half = [](QuizView& view) {
        view.askButton()->click();
        for (int word = 0; word < 4; ++word)
            (word % 2 == 0 ? view.row(word)->staysButton() : view.row(word)->goesButton())->click();
    };
    const auto shown = [&](QuizView& view) {
        half(view);
        for (int word = 0; word < static_cast<int>(view.question()->items.size()); ++word)
            (word % 3 == 0 ? view.row(word)->staysButton() : view.row(word)->goesButton())->click();
        view.showButton()->click();
    };
    const auto twelve = [&](QuizView& view) {
        view.countChoice()->setCurrentIndex(view.countChoice()->count() - 1);
        shown(view);
    };
    GalleryStage peak(syntheticBatch({.streamTokens = 6000, .budget = 1024}));
    peak.draw<QuizView>(folder, QStringLiteral("quiz-start-") + suffix, {360, 420}, nothing);
    peak.draw<QuizView>(folder, QStringLiteral("quiz-dock-") + suffix, {360, 420}, half);
    peak.draw<QuizView>(folder, QStringLiteral("quiz-dock-shown-") + suffix, {360, 420}, shown);
    peak.draw<QuizView>(folder, QStringLiteral("quiz-small-") + suffix, {300, 300}, half);
    peak.draw<QuizView>(folder, QStringLiteral("quiz-middle-") + suffix, {640, 460}, half);
    peak.draw<QuizView>(folder, QStringLiteral("quiz-large-") + suffix, {1200, 700}, half);
    peak.draw<QuizView>(folder, QStringLiteral("quiz-large-shown-") + suffix, {1200, 700}, shown);
    peak.draw<QuizView>(folder, QStringLiteral("quiz-twelve-") + suffix, {1200, 700}, twelve);
    GalleryStage hybrid(planned({{"preset", "laser-kv"}, {"budget", "1024"}, {"block-size", "512"}}));
    hybrid.draw<QuizView>(folder, QStringLiteral("quiz-hybrid-") + suffix, {900, 420}, shown);
    hybrid.model.clear();
    hybrid.draw<QuizView>(folder, QStringLiteral("quiz-none-") + suffix, {360, 420}, nothing);
}

// What the map says where its cells do not.
void drawNotes(const QDir& folder, const QString& suffix) {
    const auto nothing = [](SurvivalMap&) {};
    GalleryStage covered(syntheticBatch({.streamTokens = 6000, .budget = 1024}));
    covered.model.drawCurtain(covered.model.stepCount() / 2);
    covered.draw<SurvivalMap>(folder, QStringLiteral("map-covered-") + suffix, {1000, 460}, nothing);
    covered.draw<SurvivalMap>(folder, QStringLiteral("map-covered-dock-") + suffix, {360, 420}, nothing);
    GalleryStage fits(syntheticBatch({.streamTokens = 3000, .budget = 4096}));
    fits.draw<SurvivalMap>(folder, QStringLiteral("map-fits-") + suffix, {1000, 460}, nothing);
    fits.draw<SurvivalMap>(folder, QStringLiteral("map-fits-dock-") + suffix, {360, 420}, nothing);
}

} // namespace

void drawTeachViews(const QDir& folder, const QString& suffix) {
    drawCaptions(folder, suffix);
    drawQuizzes(folder, suffix);
    drawNotes(folder, suffix);
}

} // namespace kvprism::test
