// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the views of an invented run into PNG files, to be looked at while working on them:
//   gallery FOLDER [--tokens N] [--block S] [--budget B] [--time]
#include "tests/views/method_gallery.h"
#include "tests/views/selector_gallery.h"
#include "tests/views/comparison_fixture.h"
#include "views/answer_view.h"
#include "views/budget_view.h"
#include "views/compare_view.h"
#include "views/comparison_tint.h"
#include "views/controls.h"
#include "views/difference_map.h"
#include "views/models/navigator.h"
#include "views/models/needle_story.h"
#include "views/needle_view.h"
#include "views/replay_bar.h"
#include "views/replay_timeline.h"
#include "views/selection_chip.h"
#include "views/style.h"
#include "views/survival_map.h"
#include "views/text_canvas.h"
#include "views/text_view.h"
#include "views/token_details.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollBar>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>
#include <QVBoxLayout>

#include <cstdio>

using namespace kvprism;
using namespace kvprism::views;

namespace {

void save(QWidget& widget, const QDir& folder, const QString& name) {
    widget.show();
    QCoreApplication::processEvents();
    widget.grab().save(folder.filePath(name + QStringLiteral(".png")));
}

// Roughly what the window will be, to see the views beside one another.
class Composition final : public QWidget {
  public:
    Composition(TraceModel* model, Navigator* navigator) {
        auto* middle = new QVBoxLayout;
        middle->setSpacing(0);
        map = new SurvivalMap(model, navigator, this);
        text = new TextView(model, navigator, this);
        middle->addWidget(map, 5);
        middle->addWidget(thinRule(this));
        middle->addWidget(text, 4);
        auto* right = new QVBoxLayout;
        right->setSpacing(0);
        auto* budget = new BudgetView(model, navigator, this);
        answers = new AnswerView(model, navigator, this);
        right->addWidget(new TokenDetails(model, navigator, this), 5);
        right->addWidget(thinRule(this));
        right->addWidget(budget, 3);
        right->addWidget(thinRule(this));
        right->addWidget(answers, 3);
        auto* body = new QHBoxLayout;
        body->setSpacing(0);
        body->addLayout(middle, 5);
        body->addWidget(thinRule(this, Qt::Vertical));
        body->addLayout(right, 2);
        auto* all = new QVBoxLayout(this);
        all->setContentsMargins(0, 0, 0, 0);
        all->setSpacing(0);
        auto* bar = new QHBoxLayout;
        bar->setContentsMargins(grid, grid, grid, grid);
        bar->addStretch(1);
        bar->addWidget(new SelectionChip(model, navigator, this));
        all->addLayout(bar);
        all->addWidget(thinRule(this));
        all->addLayout(body, 1);
        all->addWidget(thinRule(this));
        all->addWidget(new ReplayBar(model, navigator, this));
    }

    SurvivalMap* map;
    TextView* text;
    AnswerView* answers;
};

// Milliseconds a frame takes while the map is panned and the text scrolled.
void timeFrames(TraceModel& model, Navigator& navigator) {
    constexpr int frames = 100;
    QImage screen(1280, 600, QImage::Format_RGB32);
    QElapsedTimer clock;
    SurvivalMap map(&model, &navigator);
    map.resize(1280, 600);
    map.zoom(3);
    clock.start();
    for (int i = 0; i < frames; ++i) {
        map.zoom(i % 2 == 0 ? 1.05 : 1 / 1.06);
        map.render(&screen);
    }
    std::printf("map, zooming: %.1f ms a frame\n", double(clock.restart()) / frames);
    for (int i = 0; i < frames; ++i) {
        navigator.setHover(i * 10);
        map.render(&screen);
    }
    std::printf("map, pointing: %.1f ms a frame\n", double(clock.restart()) / frames);
    TextView text(&model, &navigator);
    text.resize(1280, 600);
    text.show();
    QScrollBar* bar = text.canvas()->verticalScrollBar();
    bar->setValue(bar->maximum() / 2);
    clock.restart();
    for (int i = 0; i < frames; ++i) {
        bar->setValue(bar->value() + 60);
        text.render(&screen);
    }
    std::printf("text, scrolling: %.1f ms a frame\n", double(clock.restart()) / frames);
    for (int i = 0; i < frames; ++i) {
        navigator.setStep(i % model.stepCount());
        text.render(&screen);
    }
    std::printf("text, stepping: %.1f ms a frame\n", double(clock.restart()) / frames);
}

void drawAll(TraceModel& model, Navigator& navigator, const QDir& folder, const QString& suffix) {
    Composition window(&model, &navigator);
    window.resize(1280, 800);
    save(window, folder, QStringLiteral("all-") + suffix);
    navigator.setStep(model.stepCount() / 2);
    const int token = model.tokenCount() / 4;
    navigator.lock(token, false);
    navigator.setHover(token + 20);
    window.map->zoom(8);
    window.answers->beginAnswer(QStringLiteral("And who signed it?"));
    window.answers->appendLiveText(QStringLiteral("It was signed by the quartermaster, who"));
    save(window, folder, QStringLiteral("all-locked-") + suffix);
    navigator.setRange(Navigator::TokenRange{token + 30, token + 100});
    window.text->canvas()->setSpacesVisible(true);
    window.text->openSearch();
    window.text->findChild<QLineEdit*>()->setText(QStringLiteral("the"));
    save(window, folder, QStringLiteral("all-search-") + suffix);
    navigator.setRange(std::nullopt);
    window.text->closeSearch();
    window.text->findChildren<QToolButton*>().at(1)->click(); // scores
    navigator.reveal(model.survival().readEnd(navigator.step()) - 40);
    QTest::mouseMove(window.map, window.map->centreOf(token, 4));
    save(window, folder, QStringLiteral("all-scores-") + suffix);
    window.text->findChildren<QToolButton*>().at(0)->click(); // tiers
    window.resize(960, 600);
    save(window, folder, QStringLiteral("all-small-") + suffix);
}

// Two runs over the same tokens, in a dock and large.
void drawComparison(TraceModel& model, Navigator& navigator, const TraceBatch& whole,
                    test::SyntheticOptions options, const QDir& folder, const QString& suffix) {
    RunComparison comparison(&model);
    CompareView view(&model, &navigator, &comparison);
    view.resize(360, 420);
    save(view, folder, QStringLiteral("compare-empty-") + suffix);
    options.budget = options.budget * 3 / 2;
    options.divisor = 6;
    options.seed = 9;
    TraceBatch batch = test::otherRunOver(whole, options);
    auto answer = std::make_shared<trace::Answer>(*batch.answers.front());
    answer->text = "In the letter the captain wrote 48213, and promised to come back.";
    batch.answers = {answer};
    TraceModel other;
    other.append(batch);
    comparison.setOther(&other);
    navigator.clearLock();
    navigator.setHover(std::nullopt);
    navigator.setStep(model.stepCount() * 2 / 3);
    save(view, folder, QStringLiteral("compare-dock-") + suffix);
    view.resize(300, 300);
    save(view, folder, QStringLiteral("compare-least-") + suffix);
    view.resize(1200, 700);
    save(view, folder, QStringLiteral("compare-") + suffix);
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
    comparison.setOther(nullptr);
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

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QCommandLineParser arguments;
    arguments.addPositionalArgument(QStringLiteral("folder"), QStringLiteral("where the pictures go"));
    const QCommandLineOption tokens(QStringLiteral("tokens"), {}, QStringLiteral("N"),
                                    QStringLiteral("6000"));
    const QCommandLineOption block(QStringLiteral("block"), {}, QStringLiteral("S"), QStringLiteral("512"));
    const QCommandLineOption budget(QStringLiteral("budget"), {}, QStringLiteral("B"),
                                    QStringLiteral("1024"));
    const QCommandLineOption time(QStringLiteral("time"), QStringLiteral("print what frames take instead"));
    arguments.addOptions({tokens, block, budget, time});
    arguments.process(application);
    const QDir folder(arguments.positionalArguments().value(0, QStringLiteral(".")));
    folder.mkpath(QStringLiteral("."));

    test::SyntheticOptions options;
    options.streamTokens = arguments.value(tokens).toInt();
    options.blockSize = arguments.value(block).toInt();
    options.budget = arguments.value(budget).toInt();
    for (const auto& [scheme, suffix] :
         {std::pair(Scheme::light, "light"), std::pair(Scheme::dark, "dark")}) {
        applyStyle(application, scheme);
        TraceModel model;
        Navigator navigator;
        bindExtent(&model, &navigator);
        const TraceBatch whole = test::syntheticBatch(options);
        model.append(whole);
        if (arguments.isSet(time)) {
            timeFrames(model, navigator);
            return 0;
        }
        drawAll(model, navigator, folder, QString::fromLatin1(suffix));
        test::drawMethodViews(folder, QString::fromLatin1(suffix));
        test::drawSelectorViews(folder, QString::fromLatin1(suffix));
        drawComparison(model, navigator, whole, options, folder, QString::fromLatin1(suffix));
    }
    return 0;
}
