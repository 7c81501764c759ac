// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the views of an invented run into PNG files, to be looked at while working on them:
//   gallery FOLDER [--tokens N] [--block S] [--budget B] [--time]
#include "tests/views/answer_gallery.h"
#include "tests/views/comparison_gallery.h"
#include "tests/views/method_gallery.h"
#include "tests/views/selector_gallery.h"
#include "tests/views/synthetic_model.h"
#include "tests/views/teach_gallery.h"
#include "views/answer_view.h"
#include "views/budget_view.h"
#include "views/controls.h"
#include "views/models/navigator.h"
#include "views/replay_bar.h"
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
        model.append(test::syntheticBatch(options));
        if (arguments.isSet(time)) {
            timeFrames(model, navigator);
            return 0;
        }
        drawAll(model, navigator, folder, QString::fromLatin1(suffix));
        test::drawAnswerViews(folder, QString::fromLatin1(suffix));
        test::drawComparisonViews(options, folder, QString::fromLatin1(suffix));
        test::drawMethodViews(folder, QString::fromLatin1(suffix));
        test::drawSelectorViews(folder, QString::fromLatin1(suffix));
        test::drawTeachViews(folder, QString::fromLatin1(suffix));
    }
    return 0;
}
