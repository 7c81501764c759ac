// SPDX-License-Identifier: GPL-3.0-or-later
// The program with a model from a folder: a tiny random one, whose answers mean nothing.
#include "tests/cli/program.h"
#include "tests/files/gguf_builder.h"
#include "tests/paths.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

using namespace kvprism;
using namespace kvprism::test;
using nlohmann::json;

class TestModelFolder : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    QString m_model = m_home.filePath(QStringLiteral("tiny-llama"));
    QString m_document = m_home.filePath(QStringLiteral("paris.txt"));

    static void write(const QString& path, const std::string& content) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(content.data(), static_cast<qint64>(content.size())),
                 static_cast<qint64>(content.size()));
    }
    // A byte-level vocabulary that is as small as one can be.
    static json tokenizer() {
        json vocab = json::object();
        for (const std::string& letter : tests::withLetters({}))
            vocab[letter] = vocab.size();
        json added = json::array();
        for (const char* text : {"<|im_start|>", "<|im_end|>"})
            added.push_back({{"id", vocab.size() + added.size()}, {"content", text}, {"special", true}});
        return {{"added_tokens", added},
                {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
                {"model", {{"type", "BPE"}, {"vocab", vocab}, {"merges", json::array()}}}};
    }
    Finished run(const QStringList& arguments) { return runCli(arguments, m_home.path()); }
    json parsed(const Finished& finished) {
        if (finished.status != 0)
            qFatal("status %d: %s", finished.status, finished.err.constData());
        return json::parse(finished.out.toStdString());
    }

  private Q_SLOTS:
    void initTestCase() {
        QVERIFY(QDir().mkpath(m_model));
        const QString from = QStringLiteral(KVPRISM_TEST_DATA "/model/families/llama3/");
        for (const QString& name : QDir(from).entryList(QDir::Files))
            QVERIFY(QFile::copy(from + name, m_model + QLatin1Char('/') + name));
        write(m_model + QStringLiteral("/tokenizer.json"), tokenizer().dump());
        write(m_model + QStringLiteral("/tokenizer_config.json"),
              R"({"eos_token": "<|im_end|>", "chat_template": "<|im_start|>{{ role }}<|im_end|>"})");
        write(m_document, std::string(300, 'x') + " The secret number of Paris is 48213.\n");
    }
    void isDescribedByInfo() {
        const json info = parsed(
            run({QStringLiteral("info"), QStringLiteral("--json"), QStringLiteral("--model"), m_model}));
        QCOMPARE(info["model"]["name"].get<std::string>(), std::string("tiny-llama"));
        QCOMPARE(info["model"]["architecture"].get<std::string>(), std::string("llama"));
        QCOMPARE(info["model"]["path"].get<std::string>(), m_model.toStdString());
        QCOMPARE(info["template"]["name"].get<std::string>(), std::string("chatml"));
        QCOMPARE(info["tokenizer"]["tokens"].get<int>(), 98);
        QCOMPARE(info["model"]["vocabulary"].get<int>(), 128);
    }
    void turnsTextsIntoTokens() {
        const QStringList tokens{QStringLiteral("tokens"), QStringLiteral("--model"), m_model,
                                 QStringLiteral("a b<|im_end|>")};
        QCOMPARE(run(tokens).out.split(' ').size(), 13);
        QCOMPARE(run(tokens + QStringList{QStringLiteral("--parse-special")}).out.split(' ').size(), 4);
        // A file of the folder stands for it.
        QStringList byFile = tokens;
        byFile[2] += QStringLiteral("/model-00001-of-00003.safetensors");
        QCOMPARE(run(byFile).out, run(tokens).out);
    }
    void readsAndAnswers() {
        const json answer =
            parsed(run({QStringLiteral("ask"), QStringLiteral("--json"), QStringLiteral("--no-record"),
                        QStringLiteral("--model"), m_model, QStringLiteral("--document"), m_document,
                        QStringLiteral("--question"), QStringLiteral("Which number?"),
                        QStringLiteral("--budget"), QStringLiteral("128"), QStringLiteral("--block-size"),
                        QStringLiteral("64"), QStringLiteral("--max-new-tokens"), QStringLiteral("5")}));
        QCOMPARE(answer["model"]["path"].get<std::string>(), m_model.toStdString());
        QCOMPARE(answer["model"]["sha256"].get<std::string>().size(), std::size_t(64));
        QVERIFY(answer["tokens"]["document"].get<int>() > 300);
        QVERIFY(answer["steps"].size() > 2);
    }
    void measuresAPerplexity() {
        const Finished finished = run({QStringLiteral("perplexity"), QStringLiteral("--model"), m_model,
                                       QStringLiteral("--document"), m_document});
        QVERIFY2(finished.status == 0, finished.err.constData());
    }
    void saysWhatAFolderLacks() {
        const QString empty = m_home.filePath(QStringLiteral("empty"));
        QDir().mkpath(empty);
        for (const char* command : {"info", "tokens"}) {
            QStringList arguments{QString::fromLatin1(command), QStringLiteral("--model"), empty};
            if (arguments[0] == QLatin1String("tokens"))
                arguments << QStringLiteral("x");
            const Finished finished = run(arguments);
            QCOMPARE(finished.status, 66);
            QVERIFY2(isOneSentence(finished.err), finished.err.constData());
            QVERIFY(finished.err.contains("config.json"));
        }
    }
};

QTEST_GUILESS_MAIN(TestModelFolder)
#include "test_model_folder.moc"
