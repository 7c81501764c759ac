// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/selector_gallery.h"

#include "tests/support/planned_run.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/overlap_view.h"
#include "views/what_if_controls.h"
#include "views/what_if_view.h"

#include <QDir>
#include <QDoubleSpinBox>
#include <QTest>

namespace kvprism::test {

using namespace views;

namespace {

void save(QWidget& widget, const QDir& folder, const QString& name) {
    widget.grab().save(folder.filePath(name + QStringLiteral(".png")));
}

// What selectors would keep, of a run that recorded everything they ask for, and of one that did not.
void drawOverlap(const QDir& folder, const QString& suffix) {
    for (const char* detail : {"full", "normal"}) {
        const test::PlannedRun planned = test::plannedRun({.settings = {{"method", "hybrid"},
                                                                        {"hybrid-primary", "peak"},
                                                                        {"budget", "768"},
                                                                        {"block-size", "256"},
                                                                        {"record-detail", detail}},
                                                           .streamTokens = 6000});
        TraceModel model;
        Navigator navigator;
        bindExtent(&model, &navigator);
        model.append({.run = planned.run, .steps = planned.steps, .applied = {}, .answers = {}, .end = {}});
        OverlapView view(&model, &navigator);
        const QString name = QStringLiteral("overlap-%1-%2-").arg(QString::fromLatin1(detail));
        for (const QSize size : {QSize(300, 300), QSize(360, 420), QSize(1200, 700)}) {
            view.resize(size);
            view.show();
            QTest::qWait(200); // the comparison of all steps
            navigator.setStep(model.stepCount() / 2);
            QTest::qWait(50);
            save(view, folder, name.arg(size.width()) + suffix);
        }
        navigator.setStep(0);
        view.resize(360, 420);
        QTest::qWait(50);
        save(view, folder, name.arg(QStringLiteral("nothing")) + suffix);
    }
}

void drawWhatIf(const QDir& folder, const QString& suffix) {
    for (const char* method : {"hybrid", "peak"}) {
        const PlannedRun planned =
            plannedRun({.settings = {{"method", method}, {"budget", "768"}, {"block-size", "256"}},
                        .streamTokens = 6000});
        TraceModel model;
        Navigator navigator;
        bindExtent(&model, &navigator);
        model.append({.run = planned.run, .steps = planned.steps, .applied = {}, .answers = {}, .end = {}});
        navigator.setStep(12);
        WhatIfView view(&model, &navigator);
        const QString name = QStringLiteral("what-if-%1-%2-").arg(QString::fromLatin1(method));
        const auto draw = [&](const QString& what) {
            QTest::qWait(100);
            save(view, folder, name.arg(what) + suffix);
        };
        view.resize(360, 420);
        view.show();
        draw(QStringLiteral("unchanged"));
        view.controls()->divisorField()->setValue(8);
        view.controls()->budgetField()->setValue(900);
        view.controls()->ratioField()->setValue(0.3);
        for (const QSize size : {QSize(300, 300), QSize(360, 420), QSize(360, 800), QSize(1200, 700)}) {
            view.resize(size);
            draw(QStringLiteral("%1x%2").arg(size.width()).arg(size.height()));
        }
        view.controls()->budgetField()->setValue(20);
        view.resize(360, 420);
        draw(QStringLiteral("impossible"));
    }
}

} // namespace

void drawSelectorViews(const QDir& folder, const QString& suffix) {
    drawOverlap(folder, suffix);
    drawWhatIf(folder, suffix);
}

} // namespace kvprism::test
