// SPDX-License-Identifier: GPL-3.0-or-later
// Starting, stopping, changing, replaying, opening and closing in any order, again and again: nothing is
// lost, mixed up or left running. Under ThreadSanitizer this is the test of the thread contract.
#include "app/window/comparing.h"
#include "app/window/replay_controller.h"
#include "engine/select/options.h"
#include "tests/app/run_fixture.h"
#include "tests/support/compare_runs.h"

#include <random>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

constexpr int interleavings = 1000;
constexpr int mostActions = 12;

FakeEngineOptions quick(std::mt19937& random) {
    FakeEngineOptions options;
    options.run.streamTokens = 640;
    options.run.blockSize = 64;
    options.run.budget = 128;
    options.run.seed = random();
    options.stepMs = static_cast<int>(random() % 2);
    options.wordMs = static_cast<int>(random() % 2);
    options.remembers = random() % 2 == 0;
    if (random() % 16 == 0)
        options.failAsking = "It was asked to fail.";
    if (random() % 16 == 0)
        options.throwInAsk = true;
    return options;
}

// Everything that a window has between its buttons and its threads.
class Bench {
  public:
    Bench(std::mt19937& random, const QString& recording)
        : m_random(random), m_fixture(quick(random)), m_replay(&m_fixture.model),
          m_comparing(&m_fixture.model), m_recording(recording), m_first(m_fixture.request()) {
        m_first.config = *select::configFrom({{"scoring", "standing"}});
        // As the window does: what is opened takes the place of what is shown.
        QObject::connect(&m_replay, &ReplayController::aboutToShow, &m_fixture.controller,
                         [this] { m_fixture.controller.setShown(false); });
        QObject::connect(&m_fixture.controller, &RunController::started, &m_replay, &ReplayController::cancel);
    }

    void act() {
        switch (m_random() % 11) {
        case 0:
        case 1:
            return start();
        case 2:
            return m_fixture.controller.stop();
        case 3:
            return m_replay.open(m_recording);
        case 4:
            m_replay.cancel();
            return m_fixture.controller.setShown(true);
        case 5:
            return m_comparing.choose(m_recording);
        case 6:
            return m_comparing.close();
        case 7:
            return verify();
        case 8:
            return m_fixture.controller.saveMemory(m_fixture.folder.filePath(QStringLiteral("a.kvmemory")));
        case 9:
            return askMemory();
        default:
            return QTest::qWait(static_cast<int>(m_random() % 8));
        }
    }

    // Whatever was done, in the end it is at rest and tells one truth.
    void settle() {
        if (m_random() % 2 == 0)
            m_fixture.controller.stop();
        QVERIFY(m_fixture.waitUntilIdle());
        m_replay.cancel();
        m_fixture.controller.setShown(true);
        const trace::TraceStore& live = m_fixture.controller.liveRun();
        if (live.run())
            QCOMPARE(firstDifference(live, m_fixture.model.store()), std::string());
    }

    std::shared_ptr<EngineDiary> sharedDiary() const { return m_fixture.diary; }

  private:
    void start() {
        RunRequest request = m_first;
        request.question = QStringLiteral("Question %1?").arg(m_random() % 4);
        if (m_random() % 4 == 0)
            request.config.budget = 100 + static_cast<int>(m_random() % 100);
        if (m_random() % 4 == 0)
            request.model.path = "another model";
        m_fixture.controller.start(request);
    }

    // Of whatever is shown; there may be none yet.
    void askMemory() {
        RunRequest request = m_first;
        request.document = nullptr;
        request.question = QStringLiteral("Question %1?").arg(m_random() % 4);
        request.memory = MemoryRequest{m_fixture.folder.filePath(QStringLiteral("a.kvmemory")), m_recording,
                                       m_fixture.model.store()};
        if (m_fixture.model.run())
            m_fixture.controller.start(request);
    }

    void verify() {
        VerifyRequest request;
        request.recordingPath = m_recording;
        request.model = m_first.model;
        request.document = m_first.document;
        m_fixture.controller.verify(request);
    }

    std::mt19937& m_random;
    RunFixture m_fixture;
    ReplayController m_replay;
    Comparing m_comparing;
    QString m_recording;
    RunRequest m_first;
};

} // namespace

class TestInterleavings : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    QString m_recording;

  private Q_SLOTS:
    void initTestCase() {
        RunFixture f(manySteps(0));
        f.controller.start(f.request(QStringLiteral("Recorded?"), true));
        QVERIFY(f.waitUntilIdle());
        m_recording = m_folder.filePath(QStringLiteral("run.kvtrace"));
        QVERIFY(QFile::copy(QString::fromStdString(f.ending()->recordingPath), m_recording));
    }

    void leaveNothingBehindInAnyOrder() {
        WarningCatcher warnings;
        for (int i = 0; i < interleavings; ++i) {
            std::mt19937 random(static_cast<unsigned>(i));
            std::shared_ptr<EngineDiary> diary;
            {
                Bench bench(random, m_recording);
                diary = bench.sharedDiary();
                const int actions = 1 + static_cast<int>(random() % mostActions);
                for (int action = 0; action < actions; ++action)
                    bench.act();
                if (random() % 2 == 0) // else it is closed in the middle
                    bench.settle();
                if (QTest::currentTestFailed())
                    qFatal("interleaving %d", i);
            }
            QCOMPARE(diary->count("engine gone"), diary->count("engine made"));
            QCOMPARE(diary->count("session gone"), diary->count("session opened"));
        }
        QCOMPARE(warnings.seen(), QStringList());
    }
};

QTEST_MAIN(TestInterleavings)
#include "test_interleavings.moc"
