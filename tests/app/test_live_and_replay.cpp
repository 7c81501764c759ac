// SPDX-License-Identifier: GPL-3.0-or-later
// A run as it was shown while it went on, and the same run opened from its recording.
#include "app/window/replay_controller.h"
#include "tests/app/run_fixture.h"

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

void compareStores(const trace::TraceStore& live, const trace::TraceStore& replayed) {
    QVERIFY(live.run() && replayed.run());
    QVERIFY(*live.run() == *replayed.run());
    QCOMPARE(live.steps().size(), replayed.steps().size());
    for (std::size_t i = 0; i < live.steps().size(); ++i)
        QVERIFY2(*live.steps()[i] == *replayed.steps()[i], qPrintable(QStringLiteral("step %1").arg(i)));
    QVERIFY(live.applied() == replayed.applied());
    QCOMPARE(live.answers().size(), replayed.answers().size());
    for (std::size_t i = 0; i < live.answers().size(); ++i)
        QVERIFY(*live.answers()[i] == *replayed.answers()[i]);
    QVERIFY(live.end() == replayed.end());
}

} // namespace

class TestLiveAndReplay : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void showTheSameBytes() {
        RunFixture live(manySteps(1));
        const RunRequest request = live.request(QStringLiteral("Which number – ü?"), true);
        live.controller.start(request);
        QVERIFY(live.waitUntilIdle());
        QVERIFY(!live.ending()->recordingError);

        views::TraceModel model;
        ReplayController replay(&model);
        QSignalSpy opened(&replay, &ReplayController::opened);
        replay.open(request.recordingPath);
        QVERIFY(opened.wait(30000));
        QCOMPARE(live.model.stepCount(), 100);
        compareStores(live.model.store(), model.store());
    }
    void showTheSameBytesOfAStoppedRun() {
        RunFixture live(manySteps(5));
        const RunRequest request = live.request(QStringLiteral("?"), true);
        live.controller.start(request);
        QVERIFY(live.waitUntilReading());
        live.controller.stop();
        QVERIFY(live.waitUntilIdle());
        QVERIFY(live.model.stepCount() < 100);

        views::TraceModel model;
        ReplayController replay(&model);
        QSignalSpy opened(&replay, &ReplayController::opened);
        replay.open(request.recordingPath);
        QVERIFY(opened.wait(30000));
        compareStores(live.model.store(), model.store());
    }
    void goOnUnseenAndAreCompleteWhenShownAgain() {
        RunFixture live(manySteps(2));
        live.controller.start(live.request());
        QVERIFY(live.waitUntilReading());
        live.controller.setShown(false);
        live.model.clear();
        QVERIFY(live.waitUntilIdle());
        QCOMPARE(live.model.stepCount(), 0);
        live.controller.setShown(true);
        compareStores(live.controller.liveRun(), live.model.store());
        QCOMPARE(live.model.stepCount(), 100);
    }
    void areWholeWhereMoreCameSinceAMemoryWasAskedFor() {
        RunFixture live(manySteps(0));
        live.controller.start(live.request());
        QVERIFY(live.waitUntilIdle());
        const trace::TraceStore whole = live.model.store();
        views::TraceBatch begin;
        begin.run = std::make_shared<const trace::Run>(*whole.run());
        begin.steps.assign(whole.steps().begin(), whole.steps().begin() + 40);
        views::TraceBatch rest;
        rest.steps.assign(whole.steps().begin() + 40, whole.steps().end());
        live.controller.setShown(false);
        live.model.append(begin); // as from a recording
        RunRequest request = live.request();
        request.document = nullptr;
        request.memory = MemoryRequest{QStringLiteral("no.kvmemory"), {}, live.model.whole()};
        live.model.append(rest);
        live.controller.start(request);
        QVERIFY(live.waitUntilIdle());
        QCOMPARE(live.controller.liveRun().steps().size(), whole.steps().size());
        compareStores(live.controller.liveRun(), live.model.store());
        live.controller.setShown(false);
        live.controller.setShown(true);
        compareStores(live.controller.liveRun(), live.model.store());
    }
    void openTheLastOfSeveralInARow() {
        RunFixture live;
        QStringList paths;
        for (int i = 0; i < 3; ++i) {
            const RunRequest request = live.request(QString::number(i), true);
            live.controller.start(request);
            QVERIFY(live.waitUntilIdle());
            paths += request.recordingPath;
        }
        views::TraceModel model;
        ReplayController replay(&model);
        QSignalSpy opened(&replay, &ReplayController::opened);
        QSignalSpy shown(&replay, &ReplayController::aboutToShow);
        for (const QString& path : paths)
            replay.open(path);
        QVERIFY(opened.wait(30000));
        QTest::qWait(100);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(shown.count(), 1);
        QCOMPARE(opened.first().first().toString(), paths.last());
        QCOMPARE(model.run()->question, std::string("2"));
    }
    void leaveTheModelAloneWhereAFileIsNoRecording() {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("bad.kvtrace")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("no recording at all");
        file.close();
        views::TraceModel model;
        ReplayController replay(&model);
        QSignalSpy failed(&replay, &ReplayController::failed);
        replay.open(file.fileName());
        QVERIFY(failed.wait(30000));
        QVERIFY(!failed.first().at(1).toString().isEmpty());
        QVERIFY(!model.run());
    }
    void listRecordingsOfAFolder() {
        RunFixture live;
        const RunRequest request = live.request(QStringLiteral("What is listed?"), true);
        live.controller.start(request);
        QVERIFY(live.waitUntilIdle());
        QFile broken(live.folder.filePath(QStringLiteral("broken.kvtrace")));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        views::TraceModel model;
        ReplayController replay(&model);
        QSignalSpy listed(&replay, &ReplayController::listed);
        replay.list(live.folder.path());
        QVERIFY(listed.wait(30000));
        const auto summaries = listed.first().first().value<std::shared_ptr<const RecordingSummaries>>();
        QCOMPARE(summaries->size(), std::size_t(1));
        QCOMPARE(summaries->front().question, QStringLiteral("What is listed?"));
        QCOMPARE(summaries->front().path, request.recordingPath);
        QCOMPARE(summaries->front().steps, summaries->front().blocks);
    }
};

QTEST_GUILESS_MAIN(TestLiveAndReplay)
#include "test_live_and_replay.moc"
