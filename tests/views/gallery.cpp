// SPDX-License-Identifier: GPL-3.0-or-later
// Draws the views of an invented run into PNG files, to be looked at while working on them:
//   gallery FOLDER [--tokens N] [--block S] [--budget B]
#include "tests/views/synthetic_model.h"
#include "views/budget_view.h"
#include "views/models/navigator.h"
#include "views/style.h"
#include "views/survival_map.h"
#include "views/text_canvas.h"
#include "views/text_view.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QLineEdit>

using namespace kvprism;
using namespace kvprism::views;

namespace {

void save(QWidget& widget, const QDir& folder, const QString& name) {
    widget.show();
    QCoreApplication::processEvents();
    widget.grab().save(folder.filePath(name + QStringLiteral(".png")));
}

void drawAll(TraceModel& model, Navigator& navigator, const QDir& folder, const QString& suffix) {
    TextView text(&model, &navigator);
    text.resize(900, 560);
    save(text, folder, QStringLiteral("text-") + suffix);
    BudgetView budget(&model, &navigator);
    budget.resize(560, 300);
    save(budget, folder, QStringLiteral("budget-") + suffix);
    SurvivalMap map(&model, &navigator);
    map.resize(1280, 480);
    save(map, folder, QStringLiteral("map-") + suffix);
    navigator.setStep(model.stepCount() / 2);
    navigator.lock(model.tokenCount() / 3, false);
    navigator.setRange(Navigator::TokenRange{model.tokenCount() / 2, model.tokenCount() / 2 + 100});
    navigator.setHover(model.tokenCount() / 3 + 20);
    text.canvas()->setSpacesVisible(true);
    text.canvas()->reveal(model.tokenCount() / 2);
    text.openSearch();
    text.findChild<QLineEdit*>()->setText(QStringLiteral("the"));
    save(text, folder, QStringLiteral("text-search-") + suffix);
    map.zoom(8);
    save(map, folder, QStringLiteral("map-zoomed-") + suffix);
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
