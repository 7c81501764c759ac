// SPDX-License-Identifier: GPL-3.0-or-later
// What the window asks of its engine thread, with the real engine and the embedded model: verify a run, keep
// its memory, and ask from it after a new start.
#include "app/window/paths.h"
#include "app/window/replay_controller.h"
#include "app/window/run_controller.h"
#include "engine/engine_loader.h"
#include "engine/select/options.h"
#include "tests/paths.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace kvprism;
using namespace kvprism::app;

namespace {

// A controller over the real engine.
struct Controller {
    Controller()
        : runs(loadEngine, &model), finished(&runs, &RunController::finished),
          verified(&runs, &RunController::verified), saved(&runs, &RunController::memorySaved) {}

    bool waitUntilIdle() {
        return QTest::qWaitFor([this] { return !runs.isRunning(); }, 120000);
    }
    static std::shared_ptr<const Ending> endingOf(const QSignalSpy& spy) {
        return spy.last().first().value<std::shared_ptr<const Ending>>();
    }

    views::TraceModel model;
    RunController runs;
    QSignalSpy finished, verified, saved;
};

bool flipOneByte(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadWrite) || !file.seek(file.size() - 3))
        return false;
    const char byte = file.peek(1).at(0);
    return file.putChar(static_cast<char>(byte ^ 1));
}

} // namespace

class TestSavedMemory : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    QString m_recording = m_folder.filePath(QStringLiteral("run.kvtrace"));

    RunRequest request(const QString& question) const {
        RunRequest request;
        request.model.path = KVPRISM_EMBEDDED_MODEL;
        request.config = *select::configFrom(
            {{"scoring", "standing"}, {"budget", "64"}, {"block-size", "64"}, {"max-new-tokens", "8"}});
        request.question = question;
        return request;
    }

  private Q_SLOTS:
    void runsVerifiesAndKeeps() {
        Controller c;
        RunRequest first = request(QStringLiteral("What is the secret number?"));
        const QByteArray text = QByteArray("The secret number is 48213. Nothing else matters. ").repeated(12);
        first.document = std::make_shared<const text::Document>(
            *text::documentFromBytes("letter.txt", text.toStdString()));
        first.recordingPath = m_recording;
        c.runs.start(first);
        QVERIFY(c.waitUntilIdle());
        const auto run = c.endingOf(c.finished);
        QVERIFY2(run->result, run->error ? run->error->message.c_str() : "");
        QVERIFY(c.runs.held());

        VerifyRequest again;
        again.recordingPath = m_recording;
        again.model = first.model;
        c.runs.verify(again); // the words that were recorded are the document
        QVERIFY(c.waitUntilIdle());
        const auto verdict = c.endingOf(c.verified);
        QVERIFY2(verdict->verification, verdict->error ? verdict->error->message.c_str() : "");
        QVERIFY(!verdict->verification->difference);
        QCOMPARE(verdict->verification->steps, c.model.stepCount());
        QVERIFY(c.runs.held()); // it was beside it

        c.runs.saveMemory(memoryBeside(m_recording));
        QVERIFY(c.waitUntilIdle());
        QVERIFY(!c.endingOf(c.saved)->error);
    }

    void answersFromTheMemoryAfterANewStart() {
        Controller c;
        ReplayController replay(&c.model);
        replay.open(m_recording);
        QTRY_VERIFY(c.model.store().end());
        RunRequest asked = request(QStringLiteral("Which number is it?"));
        asked.memory = MemoryRequest{memoryBeside(m_recording), m_recording, c.model.store()};
        c.runs.start(asked);
        QVERIFY(c.waitUntilIdle());
        const auto ending = c.endingOf(c.finished);
        QVERIFY2(ending->result, ending->error ? ending->error->message.c_str() : "");
        QVERIFY(!ending->result->readNow);
        QVERIFY(!ending->result->answer.text.empty());
        QCOMPARE(c.model.store().answers().size(), std::size_t{2});
        QVERIFY(c.runs.isFromMemory(*c.model.store().answers().back()));
        QVERIFY(!c.runs.isFromMemory(*c.model.store().answers().front()));

        const QString memory = memoryBeside(m_recording);
        QVERIFY(flipOneByte(memory));
        asked.memory->path = m_folder.filePath(QStringLiteral("damaged.kvmemory"));
        QVERIFY(QFile::rename(memory, asked.memory->path));
        c.runs.start(asked);
        QVERIFY(c.waitUntilIdle());
        const auto damaged = c.endingOf(c.finished);
        QVERIFY(damaged->error);
        QVERIFY2(damaged->error->message.find("is damaged") != std::string::npos,
                 damaged->error->message.c_str());
        QVERIFY(damaged->wanted == Wanted::reading);
    }
};

QTEST_GUILESS_MAIN(TestSavedMemory)
#include "test_saved_memory.moc"
