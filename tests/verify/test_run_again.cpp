// SPDX-License-Identifier: GPL-3.0-or-later
// A recording run again with an engine that does the same, something else, or stops.
#include "engine/trace/recording_writer.h"
#include "engine/verify/recorded_run.h"
#include "engine/verify/run_again.h"
#include "tests/support/fake_engine.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace kvprism;
using namespace kvprism::test;

namespace {

// A session over a document, and what it recorded of its questions.
struct Recorded {
    explicit Recorded(const FakeEngineOptions& options, const text::Document& document = {}) {
        engine = makeFakeEngine(options, std::make_shared<EngineDiary>());
        session = std::move(*engine->openSession({}, document, nullptr, {}));
        path = folder.filePath(QStringLiteral("run.kvtrace")).toStdString();
        auto writer = std::move(*trace::RecordingWriter::create(path));
        EngineObserver nobody;
        for (const char* question : {"First?", "Second?"})
            if (options.remembers || std::string(question) == "First?")
                (void)session->ask(question, writer.get(), &nobody, {});
        writer.reset();
        reader = std::move(*trace::RecordingReader::open(path));
    }

    QTemporaryDir folder;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<Session> session;
    std::string path;
    std::unique_ptr<trace::RecordingReader> reader;
};

Result<verify::Verification> again(const Recorded& recorded, const FakeEngineOptions& options,
                                   std::stop_token stop = {}) {
    const auto engine = makeFakeEngine(options, std::make_shared<EngineDiary>());
    const auto session = std::move(*engine->openSession({}, {}, nullptr, {}));
    EngineObserver nobody;
    return verify::runAgain(*session, *recorded.reader, &nobody, std::move(stop));
}

} // namespace

class TestRunAgain : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void comparesEveryQuestionThatWasAsked() {
        FakeEngineOptions options;
        options.remembers = true;
        const Recorded recorded(options);
        QCOMPARE(recorded.reader->answers().size(), std::size_t{2});
        const auto result = again(recorded, options);
        QVERIFY2(result.ok(), result ? "" : result.error().message.c_str());
        QVERIFY(!result->difference);
        QCOMPARE(result->steps, recorded.reader->stepCount());
        QCOMPARE(result->answers, std::size_t{2});
        QCOMPARE(result->scoresApart, 0.0);
    }

    void stopsAtTheFirstStepThatDiffers() {
        FakeEngineOptions options;
        const Recorded recorded(options);
        options.otherChoiceAt = 2;
        const auto result = again(recorded, options);
        QVERIFY(result.ok() && result->difference);
        QCOMPARE(result->difference->step, 2);
        QCOMPARE(result->steps, 2);
        QVERIFY(result->difference->what.starts_with("position "));
        QCOMPARE(result->difference->sentence(), "step 2 differs: " + result->difference->what);
    }

    void saysHowFarItCameWhereItIsStopped() {
        FakeEngineOptions options;
        const Recorded recorded(options);
        std::stop_source stop;
        stop.request_stop();
        const auto result = again(recorded, options, stop.get_token());
        QVERIFY(!result.ok());
        QCOMPARE(result.error().code, ErrorCode::interrupted);
        QVERIFY(result.error().message.starts_with("Interrupted after 0 steps"));
    }

    void passesOnWhyItFailed() {
        FakeEngineOptions options;
        const Recorded recorded(options);
        options.failAsking = "There was not enough memory.";
        const auto result = again(recorded, options);
        QVERIFY(!result.ok());
        QCOMPARE(result.error().message, options.failAsking);
    }

    void saysWhatCannotBeRunAgain() {
        const Recorded recorded(FakeEngineOptions{});
        trace::Run run = *recorded.reader->run();
        QVERIFY(verify::checkRepeatable(run, 3).ok());
        QVERIFY(!verify::checkRepeatable(run, 0).ok());
        run.withoutText = true;
        QVERIFY(!verify::checkRepeatable(run, 3).ok());
        QVERIFY(verify::recordedConfig(run).ok());
        run.config.push_back({"crystal-ball", "1"});
        QVERIFY(verify::recordedConfig(run).error().message.find("crystal-ball") != std::string::npos);
    }

    void findsTheDocumentOrSaysWhereItIsNot() {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("letter.txt"));
        const auto write = [&](const char* text) {
            QFile file(path);
            return file.open(QIODevice::WriteOnly) && file.write(text) > 0;
        };
        QVERIFY(write("The captain wrote 48213.\n"));
        const auto document = text::readDocument(path.toStdString());
        QVERIFY(document.ok());
        const Recorded recorded(FakeEngineOptions{}, *document);
        const trace::Run& run = *recorded.reader->run();
        const auto found = verify::recordedDocument(run, "look for it.", "take the old one.");
        QVERIFY(found.ok());
        QCOMPARE(found->text, document->text);
        QVERIFY(write("Somebody else wrote this.\n"));
        const auto changed = verify::recordedDocument(run, "look for it.", "take the old one.");
        QCOMPARE(changed.error().code, ErrorCode::malformed);
        QVERIFY(changed.error().message.ends_with("it has changed since; take the old one."));
        QVERIFY(QFile::remove(path)); // and the invented words are not those of the document
        const auto gone = verify::recordedDocument(run, "look for it.", "take the old one.");
        QCOMPARE(gone.error().code, ErrorCode::noInput);
        QVERIFY(gone.error().message.ends_with("is not where it was: look for it."));
    }

    void knowsTheModelByItsHash() {
        trace::ModelIdentity model;
        model.path = "old.gguf";
        model.sha256 = "abc";
        model.dtype = "bf16";
        const ModelRequest request = verify::requestOf(model, "new.gguf");
        QVERIFY(request.path == "new.gguf" && request.dtype == "bf16");
        trace::ModelIdentity loaded = model;
        loaded.path = "new.gguf";
        QVERIFY(verify::checkModel(loaded.sha256, "new.gguf", model, "choose it.").ok());
        loaded.sha256 = "other";
        QVERIFY(verify::checkModel(loaded.sha256, "new.gguf", model, "choose it.")
                    .error()
                    .message.ends_with("(SHA-256 abc): choose it."));
    }
};

QTEST_GUILESS_MAIN(TestRunAgain)
#include "test_run_again.moc"
