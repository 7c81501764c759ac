// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/method_gallery.h"

#include "tests/views/gallery_stage.h"
#include "tests/views/planned_model.h"
#include "views/collision_histogram.h"
#include "views/lsh_ranks.h"
#include "views/lsh_view.h"
#include "views/models/navigator.h"
#include "views/score_plot.h"
#include "views/score_view.h"
#include "views/style.h"

#include <QApplication>
#include <QComboBox>
#include <QTest>

namespace kvprism::test {

using namespace views;

namespace {

TraceBatch planned(const select::Settings& settings, int tokens = 6000) {
    PlannedRunOptions options;
    options.settings = settings;
    options.streamTokens = tokens;
    return plannedBatch(options);
}

void drawScores(const QDir& folder, const QString& suffix) {
    const auto nothing = [](ScoreView&) {};
    const auto pointed = [](ScoreView& view) {
        ScorePlot* plot = view.plot();
        QTest::mouseMove(plot, plot->markOf(plot->points().ranking(20)).toPoint());
        QTest::mouseClick(plot, Qt::LeftButton, {}, plot->markOf(plot->points().ranking(400)).toPoint());
        QTest::mouseMove(plot, plot->markOf(plot->points().ranking(20)).toPoint());
    };
    GalleryStage peak(planned({{"budget", "1024"}, {"block-size", "512"}}));
    peak.draw<ScoreView>(folder, QStringLiteral("score-dock-") + suffix, {360, 420}, nothing);
    peak.draw<ScoreView>(folder, QStringLiteral("score-small-") + suffix, {300, 300}, pointed);
    peak.navigator.clearLock();
    peak.draw<ScoreView>(folder, QStringLiteral("score-large-") + suffix, {1200, 700}, pointed);
    peak.navigator.setStep(0);
    GalleryStage hybrid(planned({{"preset", "laser-kv"}, {"budget", "1024"}, {"block-size", "512"}}));
    const auto second = [](ScoreView& view) {
        auto* choice = view.findChild<QComboBox*>();
        choice->setCurrentIndex(1);
        Q_EMIT choice->activated(1);
    };
    hybrid.draw<ScoreView>(folder, QStringLiteral("score-hybrid-") + suffix, {700, 420}, nothing);
    hybrid.draw<ScoreView>(folder, QStringLiteral("score-hybrid-second-") + suffix, {360, 420}, second);
    GalleryStage many(planned({{"budget", "16384"}, {"block-size", "8192"}}, 60000));
    many.draw<ScoreView>(folder, QStringLiteral("score-many-") + suffix, {1200, 700}, pointed);
    many.draw<ScoreView>(folder, QStringLiteral("score-many-dock-") + suffix, {360, 420}, nothing);
    GalleryStage recency(planned({{"method", "recency"}, {"budget", "1024"}, {"block-size", "512"}}));
    recency.draw<ScoreView>(folder, QStringLiteral("score-none-") + suffix, {360, 420}, nothing);
    GalleryStage accumulate(planned({{"preset", "laser-kv"}, {"budget", "1024"}, {"block-size", "256"}}));
    accumulate.navigator.setStep(0);
    accumulate.draw<ScoreView>(folder, QStringLiteral("score-empty-") + suffix, {360, 420}, nothing);
}

void drawHashes(const QDir& folder, const QString& suffix) {
    const auto nothing = [](LshView&) {};
    const auto pointed = [](LshView& view) {
        const LshStep& hashed = view.hashed();
        const HashedToken& token = hashed.candidates()[hashed.byFrequency()[5]];
        QTest::mouseClick(view.ranks(), Qt::LeftButton, {}, view.ranks()->markOf(token).toPoint());
        QTest::mouseMove(view.histogram(), view.histogram()->centreOf(2).toPoint());
    };
    GalleryStage lsh(planned({{"method", "lsh"}, {"budget", "1024"}, {"block-size", "512"}}));
    lsh.draw<LshView>(folder, QStringLiteral("lsh-dock-") + suffix, {360, 420}, nothing);
    lsh.draw<LshView>(folder, QStringLiteral("lsh-large-") + suffix, {1200, 700}, pointed);
    lsh.draw<LshView>(folder, QStringLiteral("lsh-tall-") + suffix, {360, 900}, nothing);
    lsh.draw<LshView>(folder, QStringLiteral("lsh-small-") + suffix, {300, 300}, nothing);
    GalleryStage hybrid(planned({{"preset", "laser-kv"}, {"budget", "1024"}, {"block-size", "512"}}));
    hybrid.draw<LshView>(folder, QStringLiteral("lsh-hybrid-") + suffix, {1200, 700}, [](LshView& view) {
        QTest::mouseClick(view.histogram(), Qt::LeftButton, {}, view.histogram()->centreOf(2).toPoint());
    });
    GalleryStage peak(planned({{"budget", "1024"}, {"block-size", "512"}}));
    peak.draw<LshView>(folder, QStringLiteral("lsh-none-") + suffix, {360, 420}, nothing);
}

} // namespace

void drawMethodViews(const QDir& folder, const QString& suffix) {
    drawScores(folder, suffix);
    drawHashes(folder, suffix);
}

} // namespace kvprism::test
