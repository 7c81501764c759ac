// SPDX-License-Identifier: GPL-3.0-or-later
// Starting, stopping, changing, replaying, opening and closing in any order, again and again: nothing is
// lost, mixed up or left running. Under ThreadSanitizer this is the test of the thread contract.
#include "engine/select/options.h"
#include "tests/app/interleaving.h"
#include "tests/app/run_fixture.h"

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
                RunFixture f(quick(random));
                diary = f.diary;
                RunRequest first = f.request();
                first.config = *select::configFrom({{"scoring", "standing"}});
                Interleaving bench(random, {.controller = f.controller,
                                            .model = f.model,
                                            .first = first,
                                            .recording = m_recording,
                                            .memory = f.folder.filePath(QStringLiteral("a.kvmemory"))});
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
