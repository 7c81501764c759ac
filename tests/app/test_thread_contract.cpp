// SPDX-License-Identifier: GPL-3.0-or-later
// The ten rules of the thread contract that concern the engine thread; rules 8 and 10 forbid things, so their
// tests read the sources.
#include "engine/trace/recording_reader.h"
#include "tests/app/run_fixture.h"
#include "tests/paths.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QRegularExpression>

#include <set>
#include <type_traits>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

struct Source {
    QString path;
    QString code; // without comments
};

std::vector<Source> sourcesIn(const QString& folder) {
    std::vector<Source> sources;
    static const QRegularExpression comment(QStringLiteral("//[^\n]*"));
    QDirIterator files(QStringLiteral(KVPRISM_SOURCE_DIR "/") + folder,
                       {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly))
            sources.push_back({file.fileName(), QString::fromUtf8(file.readAll()).remove(comment)});
    }
    return sources;
}

QStringList placesOf(const QString& folder, const QString& pattern, const QString& except = {}) {
    const QRegularExpression wanted(pattern);
    QStringList places;
    for (const Source& source : sourcesIn(folder))
        if ((except.isEmpty() || !source.path.endsWith(except)) && source.code.contains(wanted))
            places += source.path;
    return places;
}

} // namespace

class TestThreadContract : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    // 1
    void makesUsesAndDestroysTheEngineOnOneNamedThread() {
        auto diary = std::make_shared<EngineDiary>();
        {
            RunFixture fixture;
            diary = fixture.diary;
            fixture.controller.start(fixture.request());
            QVERIFY(fixture.waitUntilIdle());
        }
        QVERIFY(diary->count("engine made") == 1 && diary->count("engine gone") == 1);
        QVERIFY(diary->count("session opened") == 1 && diary->count("session gone") == 1);
        for (const auto& entry : diary->entries()) {
            QCOMPARE(entry.threadName, std::string("kvprism-engine"));
            QCOMPARE(entry.thread, diary->entries().front().thread);
            QVERIFY(entry.thread != std::this_thread::get_id());
        }
    }
    void keepsTheModelLoadedBetweenRuns() {
        RunFixture fixture;
        for (int run = 0; run < 3; ++run) {
            fixture.controller.start(fixture.request());
            QVERIFY(fixture.waitUntilIdle());
        }
        QCOMPARE(fixture.diary->count("engine made"), 1);
        QCOMPARE(fixture.diary->count("model loaded"), 1);
        QCOMPARE(fixture.diary->count("session gone"), 3);
        RunRequest other = fixture.request();
        other.model.dtype = "f32";
        fixture.controller.start(other);
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.diary->count("model loaded"), 2);
    }

    // 2
    void queuesCommandsAndReturnsAtOnce() {
        RunFixture fixture(manySteps(5));
        QElapsedTimer clock;
        clock.start();
        fixture.controller.start(fixture.request());
        QVERIFY(clock.elapsed() < 250); // the run takes twice that
        QCOMPARE(fixture.controller.state(), RunState::loading);
        QCOMPARE(fixture.finished.count(), 0);
    }
    void doesNotSeeWhatChangesAfterTheStart() {
        RunFixture fixture(manySteps(1));
        RunRequest request = fixture.request(QStringLiteral("as asked"));
        fixture.controller.start(request);
        request.question = QStringLiteral("changed");
        request.config.budget = 1;
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.model.run()->question, std::string("as asked"));
    }

    // 3
    void isIdleWithin250MsOfAStop() {
        FakeEngineOptions options;
        options.stepMs = 1000;
        RunFixture fixture(options);
        fixture.controller.start(fixture.request());
        QVERIFY(QTest::qWaitFor([&] { return fixture.model.run() != nullptr; }));
        fixture.controller.stop();
        QCOMPARE(fixture.controller.state(), RunState::stopping);
        QVERIFY(fixture.waitUntilIdle());
        QVERIFY(fixture.controller.lastStopMs());
        QVERIFY2(*fixture.controller.lastStopMs() < 250, "the engine went on after the stop");
        QCOMPARE(fixture.ending()->outcome, trace::Outcome::stopped);
        QVERIFY(!fixture.ending()->error);
    }
    void stopsWhileTheModelIsLoading() {
        FakeEngineOptions options;
        options.loadMs = 60000;
        RunFixture fixture(options);
        fixture.controller.start(fixture.request());
        QVERIFY(QTest::qWaitFor([&] { return fixture.diary->count("model loaded") == 1; }));
        fixture.controller.stop();
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.ending()->outcome, trace::Outcome::stopped);
        QCOMPARE(fixture.diary->count("session opened"), 0);
    }
    void keepsThePartialAnswerOfAStoppedRun() {
        FakeEngineOptions options;
        options.wordMs = 200;
        RunFixture fixture(options);
        QSignalSpy text(&fixture.controller, &RunController::liveText);
        fixture.controller.start(fixture.request());
        QVERIFY(QTest::qWaitFor([&] { return !text.isEmpty(); }));
        fixture.controller.stop();
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.model.store().answers().size(), std::size_t(1));
        QVERIFY(!fixture.model.store().answers().front()->text.empty());
        QCOMPARE(fixture.model.store().answers().front()->stopReason, trace::StopReason::interrupted);
    }

    // 4
    void letsImmutableSharedValuesCross() {
        static_assert(
            std::is_same_v<decltype(std::declval<TraceDelivery&>().take()), std::shared_ptr<const Delivery>>);
        static_assert(std::is_same_v<decltype(views::TraceBatch::run), std::shared_ptr<const trace::Run>>);
        static_assert(std::is_same_v<decltype(views::TraceBatch::steps)::value_type,
                                     std::shared_ptr<const trace::CompressionStep>>);
        static_assert(std::is_same_v<decltype(views::TraceBatch::answers)::value_type,
                                     std::shared_ptr<const trace::Answer>>);
        static_assert(std::is_same_v<decltype(Delivery::ending), std::shared_ptr<const Ending>>);
        TraceDelivery delivery([] {});
        const auto step = std::make_shared<const trace::CompressionStep>();
        delivery.stepPlanned(step);
        QCOMPARE(delivery.take()->trace.steps.front(), step); // not a copy
    }

    // 5
    void announcesOnceUntilItIsTaken() {
        int announced = 0;
        TraceDelivery delivery([&] { ++announced; });
        for (int i = 0; i < 100; ++i)
            delivery.progress({});
        QCOMPARE(announced, 1);
        QVERIFY(delivery.take());
        QVERIFY(!delivery.take());
        delivery.answerText("one");
        delivery.answerText(" two");
        QCOMPARE(announced, 2);
        QCOMPARE(delivery.take()->text, std::string("one two"));
    }
    void deliversAtMostOnceAFrameAndNeverLosesTheLast() {
        FakeEngineOptions options = manySteps(5);
        options.progressEvery = 50;
        RunFixture fixture(options);
        std::vector<qint64> times;
        QElapsedTimer clock;
        clock.start();
        connect(&fixture.controller, &RunController::progressed, this,
                [&] { times.push_back(clock.elapsed()); });
        fixture.controller.start(fixture.request());
        QVERIFY(fixture.waitUntilIdle());
        QVERIFY(times.size() > 3);
        for (std::size_t i = 1; i < times.size(); ++i)
            QVERIFY2(times[i] - times[i - 1] >= DeliveryPump::frameMs - 1, "two deliveries within a frame");
        QCOMPARE(fixture.model.stepCount(), 100);
        QCOMPARE(fixture.model.store().applied().size(), std::size_t(100));
        QVERIFY(fixture.model.store().end());
        QVERIFY(fixture.ending()->result);
    }
    void doesNotWaitForAWindowThatIsBusy() {
        RunFixture fixture(manySteps(0));
        fixture.controller.start(fixture.request());
        QElapsedTimer clock;
        clock.start();
        while (fixture.diary->count("session gone") == 0 && clock.elapsed() < 30000)
            std::this_thread::sleep_for(std::chrono::milliseconds(1)); // no event is looked at
        QCOMPARE(fixture.diary->count("session gone"), 1);
        QCOMPARE(fixture.model.stepCount(), 0);
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.model.stepCount(), 100);
    }

    // 6
    void dropsWhatAnOldRunStillSays() {
        DeliveryPump pump;
        QSignalSpy delivered(&pump, &DeliveryPump::delivered);
        auto old = std::make_shared<TraceDelivery>([] {});
        old->answerText("old");
        pump.follow(old);
        pump.announce();
        auto current = std::make_shared<TraceDelivery>([] {});
        pump.follow(current);
        QTest::qWait(3 * DeliveryPump::frameMs);
        QCOMPARE(delivered.count(), 0);
        current->answerText("new");
        pump.announce();
        QVERIFY(delivered.wait());
        QCOMPARE(delivered.first().first().value<std::shared_ptr<const Delivery>>()->text,
                 std::string("new"));
    }
    void showsNothingOfARunThatWasSuperseded() {
        RunFixture fixture(manySteps(2));
        fixture.controller.start(fixture.request(QStringLiteral("old")));
        QVERIFY(fixture.waitUntilReading());
        fixture.controller.start(fixture.request(QStringLiteral("new")));
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.model.run()->question, std::string("new"));
        QCOMPARE(fixture.model.stepCount(), 100);
        for (int i = 0; i < 100; ++i)
            QCOMPARE(fixture.model.store().steps()[static_cast<std::size_t>(i)]->index, i);
    }

    // 7
    void supersedesWhatWasAskedBeforeInARow() {
        RunFixture fixture(manySteps(1));
        for (int i = 0; i < 20; ++i)
            fixture.controller.start(fixture.request(QString::number(i)));
        QVERIFY(fixture.waitUntilIdle());
        QVERIFY(fixture.diary->count("ask begins") <= 2); // the first, perhaps, and the last
        QCOMPARE(fixture.model.run()->question, std::string("19"));
        QCOMPARE(fixture.ending()->outcome, trace::Outcome::finished);
    }
    void forgetsAWaitingRequestOnStop() {
        RunFixture fixture(manySteps(2));
        fixture.controller.start(fixture.request(QStringLiteral("first")));
        QVERIFY(fixture.waitUntilReading());
        fixture.controller.start(fixture.request(QStringLiteral("second")));
        fixture.controller.stop();
        QVERIFY(fixture.waitUntilIdle());
        QTest::qWait(50);
        QVERIFY(!fixture.controller.isRunning());
        QCOMPARE(fixture.diary->count("ask begins"), 1);
    }

    // 8
    void hasNoBlockingCallsNestedLoopsOrMutexesInModels() {
        for (const QString& folder : {QStringLiteral("app/window"), QStringLiteral("views")}) {
            QCOMPARE(placesOf(folder, QStringLiteral("BlockingQueuedConnection")), QStringList());
            QCOMPARE(placesOf(folder, QStringLiteral("QEventLoop|processEvents")), QStringList());
            QCOMPARE(placesOf(folder, QStringLiteral("[.>:]exec\\(|QFileDialog::get|QMessageBox"),
                              QStringLiteral("main.cpp")),
                     QStringList());
        }
        QCOMPARE(
            placesOf(QStringLiteral("views"), QStringLiteral("[mM]utex|QReadWriteLock|lock_guard|QThread")),
            QStringList());
    }

    // 9
    void shutsDownInTheMiddleOfARun() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("cut.kvtrace"));
        int shown = 0;
        {
            RunFixture fixture(manySteps(5));
            RunRequest request = fixture.request();
            request.recordingPath = path;
            fixture.controller.start(request);
            QVERIFY(fixture.waitUntilReading());
            shown = fixture.model.stepCount();
            QElapsedTimer clock;
            clock.start();
            fixture.controller.shutDown();
            QVERIFY(clock.elapsed() < 1000);
            QCOMPARE(fixture.diary->count("engine gone"), 1);
            fixture.controller.start(request); // too late: nothing happens
            QTest::qWait(20);
        }
        const Status whole = trace::checkRecording(path.toStdString());
        QVERIFY2(whole.ok(), whole ? "" : whole.error().message.c_str());
        const auto reader = trace::RecordingReader::open(path.toStdString());
        QVERIFY(reader.ok());
        QVERIFY((*reader)->stepCount() >= shown && (*reader)->stepCount() < 100);
        trace::TraceStore store;
        QVERIFY((*reader)->replay(store).ok());
        QVERIFY(store.end());
        QCOMPARE(store.end()->outcome, trace::Outcome::stopped);
    }
    void shutsDownBeforeAnythingRan() { RunFixture fixture; }
    void shutsDownBehindShortWork_data() {
        QTest::addColumn<int>("task");
        QTest::newRow("run") << static_cast<int>(Task::run);
        QTest::newRow("verify") << static_cast<int>(Task::verify);
        QTest::newRow("save") << static_cast<int>(Task::save);
    }
    void shutsDownBehindShortWork() { // whose end nobody took any more
        QFETCH(int, task);
        for (int i = 0; i < 20; ++i) {
            RunFixture fixture;
            if (task == static_cast<int>(Task::run))
                fixture.controller.start(fixture.request());
            else if (task == static_cast<int>(Task::verify))
                fixture.controller.verify({});
            else
                fixture.controller.saveMemory(fixture.folder.filePath(QStringLiteral("a.kvmemory")));
            if (i % 2 == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    void shutsDownWithARequestWaiting() {
        RunFixture fixture(manySteps(2));
        fixture.controller.start(fixture.request());
        fixture.controller.start(fixture.request());
    }

    // 10
    void letsNoViewAddressAnother() {
        const QStringList panels{QStringLiteral("survival_map"), QStringLiteral("text_view"),
                                 QStringLiteral("budget_view"),  QStringLiteral("answer_view"),
                                 QStringLiteral("replay_bar"),   QStringLiteral("token_details")};
        const auto isOf = [](const Source& source, const QString& panel) {
            return source.path.contains(QRegularExpression(QStringLiteral("/%1[^/]*$").arg(panel)));
        };
        for (const Source& source : sourcesIn(QStringLiteral("views")))
            for (const QString& one : panels)
                for (const QString& other : panels)
                    if (isOf(source, one) && other != one)
                        QVERIFY2(!source.code.contains(QStringLiteral("\"views/%1.h\"").arg(other)),
                                 qPrintable(source.path));
    }

    // Errors
    void turnsAFailureIntoAnEndingWithASentence() {
        FakeEngineOptions options;
        options.failLoading = "The model file is broken.";
        RunFixture fixture(options);
        fixture.controller.start(fixture.request());
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.ending()->outcome, trace::Outcome::failed);
        QCOMPARE(fixture.ending()->error->message, options.failLoading);
        fixture.controller.start(fixture.request());
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.diary->count("model loaded"), 2); // nothing is held after a failure
    }
    void endsTheRecordingOfARunThatFailsHalfway_data() {
        QTest::addColumn<bool>("throws");
        QTest::newRow("error") << false;
        QTest::newRow("exception") << true;
    }
    void endsTheRecordingOfARunThatFailsHalfway() {
        QFETCH(bool, throws);
        FakeEngineOptions options;
        options.throwInAsk = throws;
        if (!throws)
            options.failAsking = "Not enough memory.";
        RunFixture fixture(options);
        const RunRequest request = fixture.request(QStringLiteral("?"), true);
        fixture.controller.start(request);
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.ending()->outcome, trace::Outcome::failed);
        QVERIFY(fixture.ending()->error);
        QVERIFY(fixture.model.store().end());
        QCOMPARE(fixture.model.store().end()->outcome, trace::Outcome::failed);
        QVERIFY(trace::checkRecording(request.recordingPath.toStdString()).ok());
    }
    void saysWhenOnlyTheRecordingFails() {
        RunFixture fixture;
        RunRequest request = fixture.request();
        request.recordingPath = fixture.folder.filePath(QStringLiteral("no/such/folder.kvtrace"));
        fixture.controller.start(request);
        QVERIFY(fixture.waitUntilIdle());
        QCOMPARE(fixture.ending()->outcome, trace::Outcome::finished);
        QVERIFY(fixture.ending()->recordingError);
    }
};

QTEST_GUILESS_MAIN(TestThreadContract)
#include "test_thread_contract.moc"
