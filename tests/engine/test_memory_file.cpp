// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/sha256.h"
#include "engine/select/options.h"
#include "engine/session.h"
#include "engine/trace/store.h"
#include "tests/engine/some_text.h"
#include "tests/engine/tiny_model.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

using namespace kvprism;
using namespace kvprism::tests;

namespace {

text::Document someDocument() {
    text::Document document;
    document.name = "test";
    document.text = someText(180, 5);
    document.bytes = document.text.size();
    return document;
}

std::shared_ptr<const LoadedModel> modelNamed(const char* sha256) {
    auto model = std::make_shared<LoadedModel>();
    model->weights = tinyWeights({}, 7);
    model->tokenizer = std::make_unique<ByteTokenizer>();
    model->chat = tinyModel()->chat;
    model->identity = tinyModel()->identity;
    model->identity.name = "tiny";
    model->identity.sha256 = sha256;
    model->identity.dtype = "f32";
    model->identity.layers = model->weights.config.layers;
    model->identity.kvHeads = model->weights.config.kvHeads;
    model->identity.headDim = model->weights.config.headDim;
    return model;
}

select::Config configOf(select::Settings settings) {
    settings.insert(
        {{"max-new-tokens", "6"}, {"layout", "detached"}, {"budget", "40"}, {"block-size", "30"}});
    return *select::configFrom(settings);
}

} // namespace

class TestMemoryFile : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void aSavedMemoryAnswersAsTheSessionThatReadItDoes() {
        const c10::InferenceMode inference;
        for (const char* positions : {"absolute", "reindexed"})
            for (const char* scoring : {"standing", "question"}) {
                const auto model = modelNamed("1234");
                const auto config = configOf({{"positions", positions}, {"scoring", scoring}});
                auto session = LaserSession::open(model, config, someDocument());
                QVERIFY(!(*session)->saveMemory(path("early")));
                const auto answer = (*session)->ask("who?", nullptr, nullptr, {});
                QVERIFY(answer && (*session)->saveMemory(path("a")).ok());
                auto resumed = LaserSession::resume(model, config, path("a"));
                QVERIFY2(resumed.ok(), resumed ? "" : resumed.error().message.c_str());
                QVERIFY((*resumed)->holdsMemory());
                trace::TraceStore store;
                const auto again = (*resumed)->ask("who?", &store, nullptr, {});
                QVERIFY(again && !again->readNow && again->notices.empty());
                QVERIFY(again->answer.ids == answer->answer.ids);
                QCOMPARE(again->tokens.document, answer->tokens.document);
                QCOMPARE(again->tokens.kept, answer->tokens.kept);
                QVERIFY(!store.run() && store.answers().size() == 1);
                const auto other = (*resumed)->ask("and where is it?", nullptr, nullptr, {});
                QCOMPARE(other->notices.size(),
                         std::size_t{scoring == std::string_view("question") ? 1U : 0U});
            }
    }
    void anotherModelIsRefused() {
        const c10::InferenceMode inference;
        save();
        const auto other = LaserSession::resume(modelNamed("5678"), configOf({}), path("m"));
        QVERIFY(!other);
        QCOMPARE(other.error().code, ErrorCode::usage);
        QVERIFY(other.error().message.find("--model") != std::string::npos);
    }
    void whatIsNoMemoryIsRefusedWithASentence() {
        const c10::InferenceMode inference;
        save();
        QFile file(QString::fromStdString(path("m")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        for (const int length : {0, 3, 8, 40, 200, static_cast<int>(whole.size()) - 1})
            refuses(whole.left(length));
        for (const auto at : {whole.size() - 1, whole.size() - 2000}) { // one bit of a value
            QByteArray flipped = whole;
            flipped[at] = static_cast<char>(flipped[at] ^ 1);
            refuses(flipped);
        }
        for (const char* text :
             {"kvprism_memory", "positions", R"(\"version\":1)", R"(stream_tokens\":180)"}) {
            QByteArray damaged = whole;
            const auto at = damaged.indexOf(text);
            QVERIFY2(at > 0, text);
            damaged[at + 2] = static_cast<char>(damaged[at + 2] ^ 1);
            if (damaged != whole) {
                refuses(damaged);
                refuses(resealed(damaged));
            }
        }
        QByteArray fewer = whole; // a position that does not ascend
        const auto list = fewer.indexOf(R"(positions\":[0,1,2)");
        QVERIFY(list > 0);
        fewer.replace(list, 17, R"(positions\":[0,0,2)");
        refuses(fewer);
        refuses(resealed(fewer));
    }
    void savesOverNothingButAMemory() {
        const c10::InferenceMode inference;
        auto session = LaserSession::open(modelNamed("1234"), configOf({}), someDocument());
        QVERIFY((*session)->ask("who?", nullptr, nullptr, {}).ok());
        QFile file(QString::fromStdString(path("precious")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("precious") == 8);
        file.close();
        QVERIFY(QFile::link(QString::fromStdString(path("precious")), QString::fromStdString(path("link"))));
        for (const char* name : {"precious", "link"}) {
            const Status saved = (*session)->saveMemory(path(name));
            QVERIFY(!saved);
            QCOMPARE(saved.error().code, ErrorCode::usage);
            QVERIFY(saved.error().message.find("is no memory, so it is left alone") != std::string::npos);
        }
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("precious"));
        // Through a link the memory that it leads to is replaced.
        save();
        QVERIFY(QFile::link(QString::fromStdString(path("m")), QString::fromStdString(path("to memory"))));
        QVERIFY((*session)->saveMemory(path("to memory")).ok());
        QVERIFY(QFileInfo(QString::fromStdString(path("to memory"))).isSymLink());
        QVERIFY(LaserSession::resume(modelNamed("1234"), configOf({}), path("m")).ok());
    }
    void savingNeverLosesWhatWasThere() {
        const c10::InferenceMode inference;
        save();
        auto session = LaserSession::open(modelNamed("1234"), configOf({}), someDocument());
        QVERIFY((*session)->ask("who?", nullptr, nullptr, {}).ok());
        const auto nowhere = (*session)->saveMemory(path("missing/folder"));
        QCOMPARE(nowhere.error().code, ErrorCode::usage);
        const auto folder = (*session)->saveMemory(m_folder.path().toStdString());
        QCOMPARE(folder.error().code, ErrorCode::usage);
        QVERIFY(LaserSession::resume(modelNamed("1234"), configOf({}), path("m")).ok());
    }

  private:
    std::string path(const char* name) { return m_folder.filePath(QLatin1String(name)).toStdString(); }
    void save() {
        auto session =
            LaserSession::open(modelNamed("1234"), configOf({{"scoring", "window"}}), someDocument());
        QVERIFY((*session)->ask("who?", nullptr, nullptr, {}).ok());
        QVERIFY((*session)->saveMemory(path("m")).ok());
    }
    // The file with a checksum that fits what was changed in it.
    static QByteArray resealed(QByteArray bytes) {
        std::uint64_t length = 0;
        std::memcpy(&length, bytes.constData(), sizeof length);
        const auto size = static_cast<qsizetype>(length);
        const auto header = nlohmann::json::parse(bytes.mid(8, size).toStdString(), nullptr, false);
        if (header.is_discarded() || !header["__metadata__"].contains("kvprism_memory"))
            return bytes;
        const auto about = header["__metadata__"]["kvprism_memory"].get<std::string>();
        files::Sha256 hash;
        hash.add(about);
        hash.add(bytes.mid(8 + size).toStdString());
        const std::string old = header["__metadata__"]["kvprism_sha256"].get<std::string>();
        return bytes.replace(QByteArray::fromStdString(old), QByteArray::fromStdString(hash.hexadecimal()));
    }
    void refuses(const QByteArray& bytes) {
        QFile file(QString::fromStdString(path("bad")));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(bytes);
        file.close();
        const auto opened = LaserSession::resume(modelNamed("1234"), configOf({}), path("bad"));
        QVERIFY(!opened);
        QVERIFY2(opened.error().code != ErrorCode::defect, opened.error().message.c_str());
        QCOMPARE(opened.error().message.back(), '.');
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestMemoryFile)
#include "test_memory_file.moc"
