// SPDX-License-Identifier: GPL-3.0-or-later
// Every kind of tokenizer against its reference: tests/data/text/make_tokenizers.py.
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"
#include "tests/text/tokenizer_folder.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <random>

using namespace kvprism;
using namespace kvprism::test;
using namespace kvprism::text;

namespace {

std::vector<std::int32_t> idsOf(const QJsonValue& list) {
    std::vector<std::int32_t> ids;
    for (const QJsonValue id : list.toArray())
        ids.push_back(id.toInt());
    return ids;
}

std::string textOf(const QJsonObject& one) {
    std::string text;
    for (const QJsonValue part : one[QLatin1String("parts")].toArray())
        for (int i = 0; i < part.toArray()[1].toInt(); ++i)
            text += part.toArray()[0].toString().toStdString();
    return text;
}

} // namespace

class TestTokenizerKinds : public QObject {
    Q_OBJECT
    TokenizerFolder m_folder;
    QJsonArray m_texts;

    QString folderWith(const QString& tokenizer) { return m_folder.with(tokenizer); }
    std::unique_ptr<Tokenizer> tokenizer(const QString& name) { return m_folder.tokenizer(name); }

  private Q_SLOTS:
    void initTestCase() {
        m_texts = QJsonDocument::fromJson(contentsOf(folderOfAll + QStringLiteral("texts.json"))).array();
        QVERIFY(m_texts.size() >= 200);
    }

    void givesTheIdsOfItsReference_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("ids");
        for (const char* name : {"llama3", "qwen2", "smollm", "llama2", "mistral", "sentencepiece"})
            QTest::newRow(name) << QString::fromLatin1(name)
                                << QLatin1String(name) + QStringLiteral("/ids.json");
        for (const char* name : {"llama", "llama-bpe", "qwen2"})
            QTest::newRow((std::string(name) + ".gguf").c_str())
                << QLatin1String(name) + QStringLiteral(".gguf")
                << QLatin1String(name) + QStringLiteral(".ids.json");
    }
    void givesTheIdsOfItsReference() {
        QFETCH(QString, name);
        QFETCH(QString, ids);
        const auto made = tokenizer(name);
        const QJsonArray expected = QJsonDocument::fromJson(contentsOf(folderOfAll + ids)).array();
        QCOMPARE(expected.size(), m_texts.size());
        int different = 0;
        for (qsizetype i = 0; i < m_texts.size(); ++i) {
            const QJsonObject one = m_texts[i].toObject();
            const std::string text = textOf(one);
            const bool parsed = one[QLatin1String("parsed")].toBool();
            const auto encoding = made->encode(text, parsed ? SpecialTokens::parsed : SpecialTokens::asText);
            QVERIFY2(encoding.ok(), encoding.ok() ? "" : encoding.error().message.c_str());
            if (encoding->ids != idsOf(expected[i])) {
                std::string got, wanted;
                for (const std::int32_t id : encoding->ids)
                    got += "[" + made->piece(id) + "]";
                for (const std::int32_t id : idsOf(expected[i]))
                    wanted += "[" + made->piece(id) + "]";
                qWarning("text %lld %d: %s\n  got    %s\n  wanted %s", static_cast<long long>(i), parsed,
                         text.substr(0, 400).c_str(), got.substr(0, 600).c_str(),
                         wanted.substr(0, 600).c_str());
                ++different;
            }
            // Each token stands for the bytes from its beginning to the next one's.
            QCOMPARE(encoding->begins.size(), encoding->ids.size());
            std::size_t last = 0;
            for (const std::size_t begin : encoding->begins) {
                QVERIFY(begin >= last && begin <= text.size());
                last = begin;
            }
        }
        QCOMPARE(different, 0);
    }

    void writesTheTextAgain_data() { givesTheIdsOfItsReference_data(); }
    void writesTheTextAgain() {
        QFETCH(QString, name);
        const auto made = tokenizer(name);
        const std::string text = "Straße, 字 and 👍🏽:\n\tx = 'ab'  1234;\n";
        std::string again;
        const auto encoding = made->encode(text);
        for (const std::int32_t id : encoding->ids)
            again += made->piece(id);
        if (again.starts_with(' ')) // vocabularies of SentencePiece write a space before a text
            again.erase(0, 1);
        QCOMPARE(again, text);
    }

    void knowsTheRolesOfTokens_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("begin");
        QTest::addColumn<QStringList>("ends");
        const auto row = [](const char* name, const char* begin, QStringList ends) {
            QTest::newRow(name) << QString::fromLatin1(name) << QString::fromLatin1(begin) << std::move(ends);
        };
        const QStringList chat{QStringLiteral("<|endoftext|>"), QStringLiteral("<|im_end|>")};
        const QStringList llama3{QStringLiteral("<|end_of_text|>"), QStringLiteral("<|eot_id|>")};
        const QStringList end{QStringLiteral("</s>")};
        row("llama3", "<|begin_of_text|>", llama3);
        row("llama-bpe.gguf", "<|begin_of_text|>", llama3);
        row("qwen2", "", chat);
        row("smollm", "", chat);
        row("llama2", "<s>", end);
        row("mistral", "<s>", end);
        row("sentencepiece", "<s>", end);
        row("llama.gguf", "<s>", end);
    }
    void knowsTheRolesOfTokens() {
        QFETCH(QString, name);
        QFETCH(QString, begin);
        QFETCH(QStringList, ends);
        const auto made = tokenizer(name);
        const auto first = made->beginOfSequence();
        QCOMPARE(first ? QString::fromStdString(made->piece(*first)) : QString(), begin);
        QStringList pieces;
        for (const std::int32_t id : made->endOfAnswer()) {
            QVERIFY(made->isSpecial(id));
            QCOMPARE(made->find(made->piece(id)), std::optional(id));
            pieces << QString::fromStdString(made->piece(id));
        }
        pieces.sort();
        for (const QString& one : ends) // config.json of the folder's model may name another one
            QVERIFY2(pieces.contains(one), qPrintable(pieces.join(QLatin1Char(' '))));
        QVERIFY(!made->kind().empty());
    }

    // One space between the template's words and the user's, as where the turn is encoded whole.
    void writesOneSpaceBetweenTemplateAndWords_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"llama.gguf", "sentencepiece", "llama2"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void writesOneSpaceBetweenTemplateAndWords() {
        QFETCH(QString, name);
        const auto made = tokenizer(name);
        QVERIFY(made->writesSpaceBefore());
        const ChatTemplate chat{"llama2", "[INST] ", " [/INST]"};
        auto ids = *prefixIds(*made, chat, "Read the licence.");
        QCOMPARE(ids.front(), *made->beginOfSequence());
        const auto whole = made->encode("[INST] Read the licence.");
        QCOMPARE(std::vector(ids.begin() + 1, ids.end()), whole->ids);
        const auto question = *questionIds(*made, chat, "Why?", true);
        QCOMPARE(question, made->encode("[INST] Why? [/INST]")->ids);
    }

    // NFC puts two characters into one: what comes behind still has its place in the text.
    void knowsWhereTokensOfANormalisedTextBegin() {
        const auto made = tokenizer(QStringLiteral("qwen2"));
        const std::string text = "abe\u0301 12 e\u0301\u0301x Straße";
        const auto encoding = made->encode(text);
        std::string again;
        for (std::size_t i = 0; i < encoding->ids.size(); ++i) {
            const std::string piece = made->piece(encoding->ids[i]);
            again += piece;
            if (piece == "1")
                QCOMPARE(text[encoding->begins[i]], '1');
        }
        QCOMPARE(again, std::string("ab\u00e9 12 \u00e9\u0301x Straße"));
        const auto at = text.find("Str");
        QVERIFY(std::ranges::any_of(encoding->begins, [&](std::uint32_t begin) { return begin == at - 1; }));
    }

    // Would take hours if anything took quadratic time, and would overflow if anything recursed a word's
    // length.
    void readsLongWords_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"llama3", "qwen2", "smollm", "llama2", "mistral", "sentencepiece"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void readsLongWords() {
        QFETCH(QString, name);
        const auto made = tokenizer(name);
        for (const char* part :
             {"a", "thequick", "字", "e\xCC\x81", " ", "\n", " \n", "7", "=-", "\xF0\x9F\x91\x8D"}) {
            const std::string text = QByteArray(part).repeated((1 << 17) / int(qstrlen(part))).toStdString();
            const auto encoding = made->encode(text);
            QVERIFY2(encoding.ok(), encoding.ok() ? "" : encoding.error().message.c_str());
            QVERIFY(encoding->ids.size() > 100);
        }
    }

    // The marks of a character are put in order, which must not take the square of their number.
    void normalisesAnyNumberOfMarks() {
        const auto made = tokenizer(QStringLiteral("qwen2"));
        const std::string text =
            "a" + QByteArray("\xCC\x81\xCC\x96").repeated(1 << 19).toStdString() + " e\u0301";
        const auto encoding = made->encode(text);
        QVERIFY2(encoding.ok(), encoding.ok() ? "" : encoding.error().message.c_str());
        QCOMPARE(made->piece(encoding->ids.back()), std::string("\u00e9"));
        QVERIFY(encoding->begins.back() >= text.size() - 4);
    }

    // Nothing that the files of a tokenizer may hold crashes; worth most under the sanitizers.
    void survivesAnyTokenizerFile_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("file");
        const auto row = [](const char* name, const char* file) {
            QTest::newRow((name + std::string("/") + file).c_str())
                << QString::fromLatin1(name) << QString::fromLatin1(file);
        };
        row("llama3", "tokenizer.json");
        row("mistral", "tokenizer.json");
        row("sentencepiece", "tokenizer.model");
        row("sentencepiece", "tokenizer_config.json");
    }
    void survivesAnyTokenizerFile() {
        QFETCH(QString, name);
        QFETCH(QString, file);
        const QString folder = folderWith(name), path = folder + QLatin1Char('/') + file;
        const QByteArray whole = contentsOf(path);
        std::mt19937 random(3);
        int readable = 0;
        for (int round = 0; round < 300; ++round) {
            QByteArray bytes = whole;
            // The steps around a vocabulary are few bytes among many: half of the changes are among them.
            const auto from = random() % 2 ? bytes.indexOf("\"model\"") : bytes.size();
            const auto end = static_cast<unsigned>(from > 0 ? from : bytes.size());
            for (auto changes = 1 + random() % 3; changes > 0; --changes) {
                const auto at = static_cast<qsizetype>(random() % end);
                if (random() % 3 == 0)
                    bytes.remove(at, static_cast<qsizetype>(random() % 20));
                else
                    bytes[at] = "0123456789{}[]\",:-e\xff\0ntab"[random() % 25];
                if (bytes.size() < static_cast<qsizetype>(end))
                    break;
            }
            QFile written(path);
            QVERIFY(written.remove() && written.open(QIODevice::WriteOnly));
            written.write(bytes);
            written.close();
            const auto made = TokenizerFolder::read(folder);
            if (!made) {
                QVERIFY(made.error().code != ErrorCode::defect && made.error().message.ends_with('.'));
                continue;
            }
            ++readable;
            const auto encoding = (*made)->encode("It's 12 Straße\n  字 <s>x", SpecialTokens::parsed);
            if (encoding)
                for (const std::int32_t id : encoding->ids)
                    QVERIFY(id >= 0 && id < (*made)->size());
        }
        QVERIFY(readable < 300);
        QFile written(path);
        QVERIFY(written.remove() && written.open(QIODevice::WriteOnly));
        written.write(whole);
        written.close();
        QVERIFY(TokenizerFolder::read(folder).ok());
    }

    void survivesAnyVocabularyOfAGgufFile() {
        const QByteArray whole = contentsOf(folderOfAll + QStringLiteral("llama.gguf"));
        const QString path = m_folder.filePath(QStringLiteral("mutated.gguf"));
        std::mt19937 random(8);
        int readable = 0;
        for (int round = 0; round < 500; ++round) {
            QByteArray bytes = whole;
            for (auto changes = 1 + random() % 40; changes > 0; --changes)
                bytes[static_cast<qsizetype>(random() % static_cast<unsigned>(bytes.size()))] =
                    static_cast<char>(random());
            QFile written(path);
            QVERIFY(written.open(QIODevice::WriteOnly));
            written.write(bytes);
            written.close();
            const auto made = TokenizerFolder::read(path);
            if (!made) {
                QVERIFY(made.error().code != ErrorCode::defect && made.error().message.ends_with('.'));
                continue;
            }
            ++readable;
            const auto encoding = (*made)->encode("It's 12 Straße\n  字 <s>x", SpecialTokens::parsed);
            if (encoding)
                for (const std::int32_t id : encoding->ids)
                    QVERIFY(id >= 0 && id < (*made)->size());
        }
        QVERIFY(readable > 10 && readable < 500);
    }

    void takesTheBytesOfACharacterOneByOne() {
        const auto made = tokenizer(QStringLiteral("sentencepiece"));
        const std::string text = "a👍b";
        const auto encoding = made->encode(text);
        std::vector<std::uint32_t> places;
        for (std::size_t i = 0; i < encoding->ids.size(); ++i)
            if (made->piece(encoding->ids[i]).size() == 1 && (made->piece(encoding->ids[i])[0] & 0x80))
                places.push_back(encoding->begins[i]);
        QCOMPARE(places, (std::vector<std::uint32_t>{1, 2, 3, 4}));
    }
};

QTEST_GUILESS_MAIN(TestTokenizerKinds)
#include "test_tokenizer_kinds.moc"
