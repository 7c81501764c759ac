// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/document_panel.h"
#include "app/window/key_guard.h"
#include "app/window/main_window.h"
#include "app/window/memory_meter.h"
#include "app/window/message_bar.h"
#include "app/window/paths.h"
#include "app/window/runs_panel.h"
#include "app/window/strategy_panel.h"
#include "app/window/top_bar.h"
#include "tests/support/fail_on_warning.h"
#include "tests/support/fake_engine.h"
#include "views/replay_bar.h"

#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSplitter>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QTest>

namespace kvprism::test {

// A window on an empty profile in a folder of its own, over a fake engine.
class WindowFixture {
  public:
    explicit WindowFixture(FakeEngineOptions engineOptions = {}) : options(std::move(engineOptions)) {
        app::useBundledFiles();
        QDir(profile.path()).mkpath(QStringLiteral("runs"));
        open();
    }

    // A window as after a new start of the program with the same profile.
    void open(const QString& argument = {}) {
        window.reset();
        app::WindowContext context;
        context.engine = [this]() -> Result<std::unique_ptr<Engine>> {
            return makeFakeEngine(options, diary);
        };
        context.settingsFile = profile.filePath(QStringLiteral("window.ini"));
        context.runsFolder = profile.filePath(QStringLiteral("runs"));
        context.model = QStringLiteral("models/embedded.gguf");
        context.sample = sample;
        if (throwAway)
            context.throwAway = throwAway;
        window = std::make_unique<app::MainWindow>(context);
        window->show();
        window->start(argument);
    }

    QString writeFile(const QString& name, const QByteArray& content) {
        const QString path = profile.filePath(name);
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(content);
        return path;
    }

    // Opens a document and waits until it can be asked about.
    bool openText(const QString& name = QStringLiteral("letter.txt")) {
        window->openPath(writeFile(name, "The captain wrote 48213 in the letter.\n"));
        return QTest::qWaitFor([this, name] {
            return window->parts().centre->currentWidget() == window->parts().document &&
                   question()->placeholderText().contains(name);
        });
    }

    bool ask(const QString& text) {
        question()->setFocus();
        question()->clear();
        QTest::keyClicks(question(), text);
        QTest::keyClick(question(), Qt::Key_Return);
        return window->runs().isRunning();
    }

    bool waitUntilReading(int steps = 1) {
        return QTest::qWaitFor([this, steps] { return window->model().stepCount() >= steps; }, 20000);
    }
    bool waitUntilIdle() {
        return QTest::qWaitFor([this] { return !window->runs().isRunning(); }, 30000);
    }
    // Leaves one recording behind and returns its path.
    QString record(const QString& text = QStringLiteral("What was recorded?")) {
        if (!openText() || !ask(text) || !waitUntilIdle())
            return {};
        const QDir runs(profile.filePath(QStringLiteral("runs")));
        const QStringList names = runs.entryList({QStringLiteral("*.kvtrace")}, QDir::Files, QDir::Time);
        return names.isEmpty() ? QString() : runs.filePath(names.front());
    }

    // That say of a run that it goes on.
    QStringList notes() const {
        const QDir runs(profile.filePath(QStringLiteral("runs")));
        QStringList names;
        for (const QString& name : runs.entryList({QStringLiteral("unfinished*")}, QDir::Files))
            if (!name.endsWith(QLatin1String(".lock")))
                names += runs.filePath(name);
        return names;
    }

    QLineEdit* question() { return window->findChild<QLineEdit*>(QStringLiteral("question")); }
    QPushButton* run() { return window->findChild<QPushButton*>(QStringLiteral("run")); }
    app::MessageBar* message() { return window->parts().message; }

    WarningCatcher warnings;
    QTemporaryDir profile;
    FakeEngineOptions options;
    QString sample;
    app::RunTrash::Throw throwAway; // none: the desktop's trash
    std::shared_ptr<EngineDiary> diary = std::make_shared<EngineDiary>();
    std::unique_ptr<app::MainWindow> window;
};

inline FakeEngineOptions slowly(int stepMs, int wordMs = 0) {
    FakeEngineOptions options;
    options.run.streamTokens = 3200;
    options.run.blockSize = 64;
    options.run.budget = 256;
    options.stepMs = stepMs;
    options.wordMs = wordMs;
    return options;
}

} // namespace kvprism::test
