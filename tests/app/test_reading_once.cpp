// SPDX-License-Identifier: GPL-3.0-or-later
// A memory that was made for any question answers further ones without reading again.
#include "engine/select/options.h"
#include "engine/trace/recording_reader.h"
#include "engine/trace/store.h"
#include "tests/app/run_fixture.h"

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

FakeEngineOptions thatRemembers() {
    FakeEngineOptions options = manySteps(0);
    options.remembers = true;
    return options;
}

// The same document and settings for every question, as the window gives them.
class Asking {
  public:
    explicit Asking(RunFixture& fixture, const select::Settings& settings = {{"scoring", "standing"}})
        : m_fixture(fixture), m_first(fixture.request(QStringLiteral("First?"), true)) {
        m_first.config = *select::configFrom(settings);
    }

    RunRequest request(const QString& question) const {
        RunRequest request = m_first;
        request.question = question;
        return request;
    }
    bool ask(const QString& question) {
        m_fixture.controller.start(request(question));
        return m_fixture.waitUntilIdle();
    }

  private:
    RunFixture& m_fixture;
    RunRequest m_first;
};

} // namespace

class TestReadingOnce : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void answersTheSecondQuestionFromTheSameMemory() {
        RunFixture f(thatRemembers());
        Asking asking(f);
        QVERIFY(asking.ask(QStringLiteral("First?")));
        QVERIFY(f.controller.continues(asking.request(QStringLiteral("Second?"))));
        const auto steps = f.model.stepCount();
        const trace::Run* run = f.model.run();
        QVERIFY(asking.ask(QStringLiteral("Second?")));
        QCOMPARE(f.diary->count("session opened"), 1);
        QCOMPARE(f.model.run(), run); // the same run goes on
        QCOMPARE(f.model.stepCount(), steps);
        QCOMPARE(f.model.store().answers().size(), std::size_t{2});
        QVERIFY(!f.ending()->result->readNow);
    }

    void recordsAllItsAnswersInOneFile() {
        RunFixture f(thatRemembers());
        Asking asking(f);
        for (const char* question : {"First?", "Second?", "Third?"})
            QVERIFY(asking.ask(QString::fromLatin1(question)));
        const std::string path = f.ending()->recordingPath;
        f.controller.shutDown();
        const auto reader = trace::RecordingReader::open(path);
        QVERIFY(reader.ok());
        trace::TraceStore store;
        QVERIFY((*reader)->replay(store).ok());
        QCOMPARE(store.answers().size(), std::size_t{3});
        QCOMPARE(static_cast<int>(store.steps().size()), f.model.stepCount());
        QVERIFY(store.end().has_value());
    }

    void readsAgainForAnotherQuestionWhereTheQuestionScores() {
        RunFixture f(thatRemembers());
        Asking asking(f, {{"scoring", "question"}});
        QVERIFY(asking.ask(QStringLiteral("First?")));
        QVERIFY(!f.controller.continues(asking.request(QStringLiteral("Second?"))));
        QVERIFY(asking.ask(QStringLiteral("Second?")));
        QCOMPARE(f.diary->count("session opened"), 2);
        QCOMPARE(f.model.store().answers().size(), std::size_t{1});
    }

    void readsAgainAfterAnyChange() {
        RunFixture f(thatRemembers());
        Asking asking(f);
        QVERIFY(asking.ask(QStringLiteral("First?")));
        RunRequest other = asking.request(QStringLiteral("Second?"));
        other.config.budget = 300;
        QVERIFY(!f.controller.continues(other));
        other = asking.request(QStringLiteral("Second?"));
        other.model.path = "another model";
        QVERIFY(!f.controller.continues(other));
        other = f.request(QStringLiteral("Second?")); // another document
        other.config = asking.request({}).config;
        QVERIFY(!f.controller.continues(other));
    }

    void readsAgainAfterAStop() {
        FakeEngineOptions options = thatRemembers();
        options.stepMs = 2;
        RunFixture f(options);
        Asking asking(f);
        f.controller.start(asking.request(QStringLiteral("First?")));
        QVERIFY(f.waitUntilReading());
        f.controller.stop();
        QVERIFY(f.waitUntilIdle());
        QVERIFY(!f.controller.continues(asking.request(QStringLiteral("Second?"))));
        QVERIFY(asking.ask(QStringLiteral("Second?")));
        QCOMPARE(f.diary->count("session opened"), 2);
        QCOMPARE(f.model.store().answers().size(), std::size_t{1});
    }

    void stillAnswersAfterARecordingWasVerified() {
        RunFixture f(thatRemembers());
        Asking asking(f);
        QVERIFY(asking.ask(QStringLiteral("First?")));
        QVERIFY(f.verify(asking.request({}).recordingPath));
        QVERIFY(f.verdict()->verification && !f.verdict()->verification->difference);
        QVERIFY(f.controller.continues(asking.request(QStringLiteral("Second?"))));
        QVERIFY(asking.ask(QStringLiteral("Second?")));
        QCOMPARE(f.diary->count("session opened"), 2); // of the document, and to verify
        QCOMPARE(f.diary->count("model loaded"), 1);
        QVERIFY(!f.ending()->result->readNow);
        QVERIFY(f.verify(asking.request({}).recordingPath)); // with the answer that came after it
        QCOMPARE(f.verdict()->verification->answers, std::size_t{2});
    }

    void readsAgainAfterAnotherModelWasNeededToVerify() {
        FakeEngineOptions options = thatRemembers();
        options.otherModel = "another model";
        RunFixture f(options);
        Asking asking(f);
        QVERIFY(asking.ask(QStringLiteral("First?")));
        const QString recording = asking.request({}).recordingPath;
        RunRequest other = f.request(QStringLiteral("Second?"));
        other.config = asking.request({}).config;
        other.model.path = options.otherModel;
        f.controller.start(other);
        QVERIFY(f.waitUntilIdle());
        QVERIFY(f.controller.continues(other));
        QVERIFY(f.verify(recording));
        QVERIFY(f.verdict()->verification.has_value());
        QVERIFY(!f.controller.continues(other)); // its memory went with its model
        QCOMPARE(f.diary->count("session gone"), f.diary->count("session opened"));
    }

    void goesOnWhereAnotherRunIsShownMeanwhile() {
        RunFixture f(thatRemembers());
        Asking asking(f);
        QVERIFY(asking.ask(QStringLiteral("First?")));
        f.controller.setShown(false);
        f.model.clear();
        QVERIFY(asking.ask(QStringLiteral("Second?")));
        QVERIFY(f.controller.isShown());
        QCOMPARE(f.model.store().answers().size(), std::size_t{2});
        QVERIFY(f.model.stepCount() > 0);
    }
};

QTEST_MAIN(TestReadingOnce)
#include "test_reading_once.moc"
