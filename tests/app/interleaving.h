// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/comparing.h"
#include "app/window/replay_controller.h"
#include "app/window/run_controller.h"
#include "tests/support/compare_runs.h"

#include <QTest>

#include <random>

namespace kvprism::test {

// Everything that a window has between its buttons and its threads, and somebody who presses anything.
class Interleaving {
  public:
    struct Parts {
        app::RunController& controller;
        views::TraceModel& model;
        app::RunRequest first; // that others are made of: scoring must be `standing`
        QString recording;     // one that can be opened, compared with and verified
        QString memory;        // a path to keep memories at
        int longestPause = 8;  // ms
    };
    Interleaving(std::mt19937& random, Parts parts)
        : m_random(random), m_parts(std::move(parts)), m_replay(&m_parts.model), m_comparing(&m_parts.model) {
        // As the window does: what is opened or started takes the place of what is shown.
        QObject::connect(&m_replay, &app::ReplayController::aboutToShow, &m_parts.controller,
                         [this] { m_parts.controller.setShown(false); });
        QObject::connect(&m_parts.controller, &app::RunController::started, &m_replay,
                         &app::ReplayController::cancel);
    }

    void act() {
        switch (m_random() % 11) {
        case 0:
        case 1:
            return start();
        case 2:
            return m_parts.controller.stop();
        case 3:
            return m_replay.open(m_parts.recording);
        case 4:
            m_replay.cancel();
            return m_parts.controller.setShown(true);
        case 5:
            return m_comparing.choose(m_parts.recording);
        case 6:
            return m_comparing.close();
        case 7:
            return verify();
        case 8:
            return m_parts.controller.saveMemory(m_parts.memory);
        case 9:
            return askMemory();
        default:
            return QTest::qWait(static_cast<int>(m_random() % static_cast<unsigned>(m_parts.longestPause)));
        }
    }

    // Whatever was done, in the end it is at rest and tells one truth.
    void settle() {
        if (m_random() % 2 == 0)
            m_parts.controller.stop();
        QVERIFY(QTest::qWaitFor([this] { return !m_parts.controller.isRunning(); }, 120000));
        m_replay.cancel();
        m_parts.controller.setShown(true);
        const trace::TraceStore& live = m_parts.controller.liveRun();
        if (live.run())
            QCOMPARE(firstDifference(live, m_parts.model.store()), std::string());
    }

  private:
    void start() {
        app::RunRequest request = m_parts.first;
        request.question = QStringLiteral("Question %1?").arg(m_random() % 4);
        if (m_random() % 4 == 0)
            request.config.budget = 100 + static_cast<int>(m_random() % 100);
        if (m_random() % 4 == 0)
            request.model.path = "another model";
        m_parts.controller.start(request);
    }

    // Of whatever is shown; there may be none yet.
    void askMemory() {
        app::RunRequest request = m_parts.first;
        request.document = nullptr;
        request.question = QStringLiteral("Question %1?").arg(m_random() % 4);
        request.memory = app::MemoryRequest{m_parts.memory, m_parts.recording, m_parts.model.store()};
        if (m_parts.model.run())
            m_parts.controller.start(request);
    }

    void verify() {
        app::VerifyRequest request;
        request.recordingPath = m_parts.recording;
        request.model = m_parts.first.model;
        request.document = m_parts.first.document;
        m_parts.controller.verify(request);
    }

    std::mt19937& m_random;
    Parts m_parts;
    app::ReplayController m_replay;
    app::Comparing m_comparing;
};

} // namespace kvprism::test
