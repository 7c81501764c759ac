// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/comparison_gallery.h"

#include "tests/views/comparison_fixture.h"
#include "views/compare_view.h"
#include "views/compared_answers.h"
#include "views/comparison_tint.h"
#include "views/difference_map.h"
#include "views/models/needle_story.h"
#include "views/needle_view.h"
#include "views/replay_bar.h"
#include "views/replay_timeline.h"
#include "views/text_canvas.h"
#include "views/text_view.h"

#include <QDir>
#include <QTest>
#include <QUndoStack>
#include <QVBoxLayout>

namespace kvprism::test {

using namespace views;

namespace {

void save(QWidget& widget, const QDir& folder, const QString& name) {
    widget.show();
    QTest::qWait(20); // layouts that wait for the next turn as well
    widget.grab().save(folder.filePath(name + QStringLiteral(".png")));
}

// The second run: other settings, another answer.
TraceBatch secondRun(const TraceBatch& first, SyntheticOptions options) {
    options.budget = options.budget * 3 / 2;
    options.divisor = 6;
    options.seed = 9;
    TraceBatch batch = otherRunOver(first, options);
    auto answer = std::make_shared<trace::Answer>(*batch.answers.front());
    for (float& divergence : answer->dense->divergences)
        divergence *= 0.4F;
    answer->text = "In the letter the captain wrote 48213, and promised to come back.";
    batch.answers = {answer};
    return batch;
}

void drawCompareView(TraceModel& model, Navigator& navigator, RunComparison& comparison, const QDir& folder,
                     const QString& suffix) {
    navigator.setStep(model.stepCount() * 2 / 3);
    CompareView view(&model, &navigator, &comparison);
    view.resize(1200, 700);
    save(view, folder, QStringLiteral("compare-") + suffix);
    view.resize(360, 420);
    save(view, folder, QStringLiteral("compare-dock-") + suffix);
    view.resize(300, 300);
    save(view, folder, QStringLiteral("compare-least-") + suffix);
    view.resize(1200, 700);
    const int token = model.tokenCount() / 3;
    navigator.lock(token, false);
    view.map()->zoom(12);
    QTest::mouseMove(view.map(), view.map()->centreOf(token + 10, navigator.step()));
    save(view, folder, QStringLiteral("compare-zoomed-") + suffix);
    ComparisonTint tint(&comparison);
    TextView text(&model, &navigator);
    text.setTintSource(&tint);
    text.setTint(TextTint::source);
    text.resize(900, 420);
    navigator.reveal(token);
    save(text, folder, QStringLiteral("compare-text-") + suffix);
    navigator.clearLock();
}

// The answers with what was recorded of the dense run, in every case that there is.
void drawAnswerPairs(const RunComparison& comparison, const QDir& folder, const QString& suffix) {
    const auto& a = comparison.a()->store().answers().front();
    const auto& b = comparison.b()->store().answers().front();
    auto bare = std::make_shared<trace::Answer>(*b);
    bare->dense.reset();
    const auto side = [](const AnswerPair::Shared& answer, bool keepsAll) {
        return AnswerPair::Side{answer, QString(), 3000, keepsAll};
    };
    QWidget page;
    page.setAutoFillBackground(true);
    page.setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(&page);
    column->addWidget(new AnswerPair(side(a, false), side(b, false), &page));
    column->addWidget(new AnswerPair(side(a, false), side(bare, true), &page));
    column->addWidget(new AnswerPair(side(bare, false), side(bare, true), &page));
    column->addWidget(new AnswerPair(side(bare, false), side(bare, false), &page));
    column->addStretch(1);
    page.resize(1200, 700);
    save(page, folder, QStringLiteral("compare-answers-") + suffix);
    page.resize(360, 1300);
    save(page, folder, QStringLiteral("compare-answers-dock-") + suffix);
}

void drawNeedles(TraceModel& model, Navigator& navigator, RunComparison& comparison, const QDir& folder,
                 const QString& suffix) {
    QUndoStack undo;
    Needles needles(&undo);
    NeedleView found(&model, &navigator, &needles, &comparison);
    found.resize(360, 420);
    save(found, folder, QStringLiteral("needles-empty-") + suffix);
    const int read = model.survival().readEnd(navigator.step());
    needles.add({{300, 318}, {read / 2, read / 2 + 30}, {read - 20, read - 8}});
    save(found, folder, QStringLiteral("needles-dock-") + suffix);
    found.find(QStringLiteral("48213"));
    found.resize(1200, 700);
    save(found, folder, QStringLiteral("needles-") + suffix);
    comparison.setOther(nullptr); // as without a second run
    found.resize(300, 300);
    save(found, folder, QStringLiteral("needles-least-") + suffix);
    ReplayBar bar(&model, &navigator);
    auto marks = needleMarks(model, needles);
    marks.push_back({TimelineMark::Kind::pin, model.stepCount() - 1, QStringLiteral("pinned 12 tokens")});
    marks.push_back({TimelineMark::Kind::answer, model.stepCount() - 1, QStringLiteral("answer 1")});
    bar.timeline()->setMarks(marks);
    bar.resize(1000, 56);
    QTest::mouseMove(bar.timeline(), QPoint(bar.timeline()->centreOf(marks.front().step), 20));
    save(bar, folder, QStringLiteral("marks-") + suffix);
}

} // namespace

void drawComparisonViews(const SyntheticOptions& options, const QDir& folder, const QString& suffix) {
    const TraceBatch whole = syntheticBatch(options);
    TraceModel model, other;
    Navigator navigator;
    bindExtent(&model, &navigator);
    model.append(whole);
    RunComparison comparison(&model);
    CompareView empty(&model, &navigator, &comparison);
    empty.resize(360, 420);
    save(empty, folder, QStringLiteral("compare-empty-") + suffix);
    other.append(secondRun(whole, options));
    comparison.setOther(&other);
    drawCompareView(model, navigator, comparison, folder, suffix);
    drawAnswerPairs(comparison, folder, suffix);
    drawNeedles(model, navigator, comparison, folder, suffix);
}

} // namespace kvprism::test
