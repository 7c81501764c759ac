// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_controller.h"
#include "tests/support/fail_on_warning.h"
#include "tests/support/fake_engine.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace kvprism::test {

// A run controller over a fake engine, with everything that a test asks about.
struct RunFixture {
    explicit RunFixture(FakeEngineOptions options = {})
        : controller(
              [options, log = diary]() -> Result<std::unique_ptr<Engine>> {
                  return makeFakeEngine(options, log);
              },
              &model),
          finished(&controller, &app::RunController::finished),
          verified(&controller, &app::RunController::verified) {}

    app::RunRequest request(const QString& question = QStringLiteral("What number?"), bool recorded = false) {
        app::RunRequest request;
        request.model.path = "a model";
        auto document = std::make_shared<text::Document>();
        document->name = "synthetic.txt";
        document->text = "a text";
        request.document = document;
        request.question = question;
        if (recorded)
            request.recordingPath = folder.filePath(QStringLiteral("run%1.kvtrace").arg(++recordings));
        return request;
    }

    // Runs a recording of request() again.
    bool verify(const QString& recording) {
        app::VerifyRequest wanted;
        wanted.recordingPath = recording;
        wanted.model = request().model;
        wanted.document = request().document;
        controller.verify(wanted);
        return waitUntilIdle() && !verified.isEmpty();
    }

    bool waitUntilReading() {
        return QTest::qWaitFor(
            [this] { return controller.state() == app::RunState::reading && model.stepCount() > 0; });
    }
    bool waitUntilIdle() {
        return QTest::qWaitFor([this] { return !controller.isRunning(); }, 30000);
    }
    std::shared_ptr<const app::Ending> ending() const {
        return finished.last().first().value<std::shared_ptr<const app::Ending>>();
    }

    std::shared_ptr<const app::Ending> verdict() const {
        return verified.last().first().value<std::shared_ptr<const app::Ending>>();
    }

    QTemporaryDir folder;
    int recordings = 0;
    std::shared_ptr<EngineDiary> diary = std::make_shared<EngineDiary>();
    views::TraceModel model;
    app::RunController controller;
    QSignalSpy finished;
    QSignalSpy verified;
};

// Blocks of 64 tokens: many short steps.
inline FakeEngineOptions manySteps(int stepMs) {
    FakeEngineOptions options;
    options.run.streamTokens = 6400;
    options.run.blockSize = 64;
    options.run.budget = 256;
    options.stepMs = stepMs;
    return options;
}

} // namespace kvprism::test
