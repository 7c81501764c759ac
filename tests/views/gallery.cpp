// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the views of an invented run into PNG files, to be looked at while working on them:
//   gallery FOLDER [--tokens N] [--block S] [--budget B]
#include "tests/views/synthetic_model.h"
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
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

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
    arguments.addOptions({tokens, block, budget});
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
        drawAll(model, navigator, folder, QString::fromLatin1(suffix));
    }
    return 0;
}
