// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording_reader.h"
#include "engine/trace/recording_writer.h"
#include "tests/support/compare_runs.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

using namespace kvprism;
using namespace kvprism::trace;
using test::play;
using test::readRecording;
using test::writeRecording;

namespace {

TraceStore invented(const test::SyntheticOptions& options) {
    TraceStore store;
    test::produceSyntheticRun(options, store);
    return store;
}

std::string contentOf(const std::string& file) {
    QFile content(QString::fromStdString(file));
    return content.open(QIODevice::ReadOnly) ? content.readAll().toStdString() : std::string();
}

void writeContent(const std::string& file, const QByteArray& bytes) {
    QFile content(QString::fromStdString(file));
    QVERIFY(content.open(QIODevice::WriteOnly) && content.write(bytes) == bytes.size());
}

} // namespace

#define VERIFY_OK(status) QVERIFY2((status).ok(), (status).ok() ? "" : (status).error().message.c_str())
#define VERIFY_FAILS(status, expected)                                                                       \
    do {                                                                                                     \
        const Status found = (status);                                                                       \
        QVERIFY(!found);                                                                                     \
        QCOMPARE(found.error().code, (expected));                                                            \
    } while (false)

class TestRecording : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string file(const char* name = "run.kvtrace") const {
        return m_folder->filePath(QLatin1String(name)).toStdString();
    }

  private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void replaysWhatWasRecordedBitByBit_data() {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("prefix");
        QTest::addColumn<int>("block");
        QTest::addColumn<int>("budget");
        QTest::addColumn<int>("answers");
        QTest::newRow("usual") << 3000 << 24 << 512 << 512 << 1;
        QTest::newRow("short last block") << 2049 << 24 << 512 << 1024 << 1;
        QTest::newRow("everything fits") << 300 << 24 << 128 << 512 << 1;
        QTest::newRow("no token at all") << 0 << 0 << 512 << 512 << 1;
        QTest::newRow("one token") << 1 << 0 << 1 << 16 << 0;
        QTest::newRow("blocks of one token") << 40 << 0 << 1 << 16 << 1;
        QTest::newRow("prefix of many tokens") << 2000 << 200 << 256 << 512 << 3;
        QTest::newRow("no answer") << 2000 << 24 << 256 << 512 << 0;
    }
    void replaysWhatWasRecordedBitByBit() {
        QFETCH(int, tokens);
        QFETCH(int, prefix);
        QFETCH(int, block);
        QFETCH(int, budget);
        QFETCH(int, answers);
        const TraceStore live = invented({.streamTokens = tokens,
                                          .prefixTokens = prefix,
                                          .blockSize = block,
                                          .budget = budget,
                                          .answers = answers});
        VERIFY_OK(writeRecording(live, file()));
        const auto replayed = readRecording(file());
        VERIFY_OK(replayed);
        QCOMPARE(test::firstDifference(*replayed, live), std::string());
        VERIFY_OK(checkRecording(file()));
        QVERIFY(!std::filesystem::exists(file() + "-journal"));
    }

    void keepsAwkwardTexts() {
        const TraceStore live = invented({.streamTokens = 10, .prefixTokens = 0});
        auto run = std::make_shared<Run>(*live.run());
        run->question = std::string("a\0b", 3);
        run->notices = {"", "zwei Sätze.", "\xFF\xFE not UTF-8"};
        run->config.push_back({"stop-words", std::string("\0", 1)});
        run->tokens.pieces[0] = '\0';
        run->tokens.pieces[1] = '\xC3';
        run->document.path = "it's \"quoted\" \\ and\nbroken";
        auto answer = std::make_shared<Answer>(*live.answers().front());
        answer->text = std::string("\0\0x", 3);
        answer->textEnds.assign(answer->ids.size(), 3);
        TraceStore awkward;
        auto writer = RecordingWriter::create(file());
        VERIFY_OK(writer);
        for (TraceSink* sink : {static_cast<TraceSink*>(&awkward), static_cast<TraceSink*>(writer->get())}) {
            sink->runStarted(run);
            sink->answered(answer);
            sink->runEnded({Outcome::failed, std::string("x\0y", 3), 1, 2, 3});
        }
        VERIFY_OK((*writer)->status());
        const auto replayed = readRecording(file());
        VERIFY_OK(replayed);
        QCOMPARE(test::firstDifference(*replayed, awkward), std::string());
    }

    void keepsAwkwardFileNames() {
        const TraceStore live = invented({.streamTokens = 600});
        for (const char* name : {"a b?mode=ro#x%41.kvtrace", "quote'\".kvtrace", "Grüße.kvtrace", "-dash"}) {
            VERIFY_OK(writeRecording(live, file(name)));
            VERIFY_OK(checkRecording(file(name)));
            QVERIFY(std::filesystem::exists(file(name)));
        }
        VERIFY_OK(writeRecording(live, "/" + file("two slashes.kvtrace")));
        VERIFY_OK(checkRecording("/" + file("two slashes.kvtrace")));
    }

    void takesNoNameForOneOfSQLites() {
        const TraceStore live = invented({.streamTokens = 600});
        const QString before = QDir::currentPath();
        QVERIFY(QDir::setCurrent(m_folder->path()));
        for (const char* name : {":memory:", "file:a.kvtrace?mode=memory", "-dash"}) {
            VERIFY_OK(writeRecording(live, name));
            QVERIFY(std::filesystem::exists(name));
            VERIFY_OK(checkRecording(name));
        }
        QVERIFY(QDir::setCurrent(before));
    }

    void namesNoFileButTheUsersAndTakesLongNames() {
        const std::string longest(247, 'n');
        VERIFY_OK(writeRecording(invented({.streamTokens = 600}), file(longest.c_str())));
        QCOMPARE(mayRecordAt(file((longest + "n").c_str())).error().code, ErrorCode::usage);
        QVERIFY(isRecording(file(longest.c_str())));
        QVERIFY(!isRecording(file("other")));
    }

    void readsOneStepWithoutTheOthers() {
        const TraceStore live = invented({});
        VERIFY_OK(writeRecording(live, file()));
        const auto reader = RecordingReader::open(file());
        VERIFY_OK(reader);
        const auto third = (*reader)->step(3);
        VERIFY_OK(third);
        QVERIFY(**third == *live.steps()[3]);
        QCOMPARE((*reader)->step(-1).error().code, ErrorCode::usage);
        QCOMPARE((*reader)->step((*reader)->stepCount()).error().code, ErrorCode::usage);
    }

    void opensWhatWasCutOff() {
        const TraceStore live = invented({});
        {
            auto writer = RecordingWriter::create(file());
            VERIFY_OK(writer);
            play(live, **writer, 3, false);
        }
        const auto replayed = readRecording(file());
        VERIFY_OK(replayed);
        QCOMPARE(replayed->steps().size(), 3U);
        QCOMPARE(replayed->applied().size(), 3U);
        QVERIFY(!replayed->end());
        VERIFY_OK(checkRecording(file()));
    }

    void isReadWhileItIsWritten() {
        const TraceStore live = invented({});
        const auto stepsThere = [this] { return (*RecordingReader::open(file()))->stepCount(); };
        auto writer = RecordingWriter::create(file());
        VERIFY_OK(writer);
        play(live, **writer, 2, false);
        QTRY_COMPARE(stepsThere(), 2);
        const auto early = RecordingReader::open(file());
        const auto another = RecordingReader::open(file());
        VERIFY_OK(early);
        VERIFY_OK(another);
        (*writer)->stepPlanned(live.steps()[2]);
        QTRY_COMPARE(stepsThere(), 3);
        QVERIFY(**(*early)->step(1) == *live.steps()[1]);
        QCOMPARE((*early)->stepCount(), 2);
        VERIFY_OK((*writer)->status());
    }

    void replacesARecordingOnlyOnceTheNewRunStarts() {
        const TraceStore before = invented({.seed = 1}), after = invented({.seed = 2});
        VERIFY_OK(writeRecording(before, file()));
        auto writer = RecordingWriter::create(file());
        VERIFY_OK(writer);
        QCOMPARE(test::firstDifference(*readRecording(file()), before), std::string());
        play(after, **writer, after.steps().size(), true);
        VERIFY_OK((*writer)->status());
        QCOMPARE(test::firstDifference(*readRecording(file()), after), std::string());
        QCOMPARE(m_folder->isValid() ? QDir(m_folder->path()).entryList(QDir::Files | QDir::Hidden).size()
                                     : 0,
                 2); // with its journal
    }

    void readsOnInTheRecordingThatItOpened() {
        const TraceStore before = invented({.seed = 1}), after = invented({.seed = 2});
        VERIFY_OK(writeRecording(before, file()));
        const auto reader = RecordingReader::open(file());
        VERIFY_OK(reader);
        VERIFY_OK(writeRecording(after, file()));
        TraceStore replayed;
        VERIFY_OK((*reader)->replay(replayed));
        QCOMPARE(test::firstDifference(replayed, before), std::string());
        // Unless the new one's writer is in the middle of a step just then: its journal is not the old one's.
        writeContent(file() + "-journal", QByteArray(4096, 'j'));
        const auto step = (*reader)->step(0);
        VERIFY_FAILS(step ? Status() : Status(step.error()), ErrorCode::io);
        QVERIFY2(step.error().message.find("was replaced while it was read") != std::string::npos,
                 step.error().message.c_str());
    }

    void leavesOtherFilesAlone() {
        for (const QByteArray& content :
             {QByteArray("My notes."), QByteArray(5000, 'x'), QByteArray("SQLite format 3\0", 16)}) {
            writeContent(file("notes.txt"), content);
            const auto writer = RecordingWriter::create(file("notes.txt"));
            QVERIFY(!writer);
            QCOMPARE(writer.error().code, ErrorCode::usage);
            QCOMPARE(contentOf(file("notes.txt")), content.toStdString());
        }
        QCOMPARE(RecordingWriter::create(m_folder->path().toStdString()).error().code, ErrorCode::usage);
        QCOMPARE(RecordingWriter::create("/dev/null").error().code, ErrorCode::usage);
        QCOMPARE(RecordingWriter::create(file("none/run.kvtrace")).error().code, ErrorCode::noInput);
    }

    void leavesAFileAloneThatAppearsBeforeTheRunStarts() {
        auto writer = RecordingWriter::create(file());
        VERIFY_OK(writer);
        writeContent(file(), "Somebody else's.");
        const TraceStore live = invented({});
        play(live, **writer, live.steps().size(), true);
        QVERIFY(!(*writer)->status());
        QCOMPARE(contentOf(file()), std::string("Somebody else's."));
    }

    void refusesARecordingThatAnotherRunWrites() {
        const TraceStore live = invented({});
        auto writer = RecordingWriter::create(file());
        play(live, **writer, 2, false);
        const auto second = RecordingWriter::create(file());
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::io);
        VERIFY_FAILS(mayRecordAt(file()), ErrorCode::io);
        QVERIFY(readRecording(file()).ok()); // reading it goes on
        (*writer).reset();
        VERIFY_OK(mayRecordAt(file()));
        VERIFY_OK(writeRecording(live, file()));
    }

    void leavesFilesAloneThatSqliteWouldTakeForItsOwn() {
        for (const char* suffix : {"-wal", "-shm", "-journal"}) {
            writeContent(file() + suffix, "mine");
            VERIFY_FAILS(mayRecordAt(file()), ErrorCode::usage);
            QCOMPARE(contentOf(file() + suffix), std::string("mine"));
            std::filesystem::remove(file() + suffix);
        }
    }

    void takesTheJournalOfAKilledRunAway() {
        const TraceStore before = invented({.seed = 1}), after = invented({.seed = 2});
        VERIFY_OK(writeRecording(before, file()));
        writeContent(file() + "-journal", QByteArray(20'000, 'j')); // what cannot be played back
        VERIFY_OK(writeRecording(after, file()));
        QCOMPARE(test::firstDifference(*readRecording(file()), after), std::string());
    }

    void refusesStepsOutOfOrder() {
        const TraceStore live = invented({});
        auto writer = RecordingWriter::create(file());
        VERIFY_OK(writer);
        (*writer)->runStarted(std::make_shared<Run>(*live.run()));
        (*writer)->stepPlanned(live.steps()[0]);
        (*writer)->stepPlanned(live.steps()[2]);
        (*writer)->stepPlanned(live.steps()[1]);
        (*writer)->runEnded(*live.end());
        VERIFY_FAILS((*writer)->status(), ErrorCode::defect);
        QCOMPARE((*RecordingReader::open(file()))->stepCount(), 1);
    }

    void refusesASecondRun() {
        const TraceStore live = invented({});
        auto writer = RecordingWriter::create(file());
        VERIFY_OK(writer);
        (*writer)->runStarted(std::make_shared<Run>(*live.run()));
        (*writer)->runStarted(std::make_shared<Run>(*live.run()));
        VERIFY_FAILS((*writer)->status(), ErrorCode::defect);
    }

    void takesFewBytesAToken() {
        const TraceStore live = invented({.streamTokens = 20'000, .blockSize = 512, .budget = 1024});
        VERIFY_OK(writeRecording(live, file()));
        std::size_t held = 0;
        for (const auto& step : live.steps())
            held += step->held.size();
        const double bytes =
            static_cast<double>(std::filesystem::file_size(file())) / static_cast<double>(held);
        QVERIFY2(bytes < 20,
                 std::to_string(bytes).c_str()); // tokens and texts included; 40 is what the design allows
    }
};

QTEST_GUILESS_MAIN(TestRecording)
#include "test_recording.moc"
