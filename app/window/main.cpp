// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/key_guard.h"
#include "app/window/main_window.h"
#include "app/window/paths.h"
#include "engine/engine_loader.h"
#include "views/style.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>

#include <csignal>

int main(int argc, char** argv) {
    // A file that grows beyond the user's limit (ulimit -f) is then a write that fails, and no end.
    std::signal(SIGXFSZ, SIG_IGN);
    kvprism::app::useAbsolutePlaces();
    QApplication application(argc, argv);
    kvprism::app::useBundledFiles();
    QApplication::setApplicationName(QStringLiteral("kvprism"));
    QApplication::setApplicationDisplayName(QStringLiteral("KVPrism"));
    QApplication::setApplicationVersion(QStringLiteral(KVPRISM_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("org.kvprism.KVPrism"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/kvprism.svg")));

    QCommandLineParser arguments;
    arguments.setApplicationDescription(QCoreApplication::translate(
        "main", "Ask a language model about a long document, and see what its memory kept."));
    arguments.addHelpOption();
    arguments.addVersionOption();
    arguments.addPositionalArgument(
        QStringLiteral("file"), QCoreApplication::translate("main", "A document, or a recording (.kvtrace)."),
        QStringLiteral("[FILE.kvtrace|DOCUMENT]"));
    arguments.process(application);

    using namespace kvprism;
    const QString settingsFile = app::settingsFile();
    views::applyStyle(application, app::Settings::schemeIn(settingsFile));
    app::KeyGuard keys;
    application.installEventFilter(&keys);

    app::MainWindow window(
        {&loadEngine, settingsFile, app::runsFolder(), app::embeddedModel(), app::bundledRecording()});
    window.show();
    window.start(arguments.positionalArguments().value(0));
    return QApplication::exec();
}
