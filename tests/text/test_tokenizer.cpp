// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/gguf.h"
#include "engine/text/tokenizer.h"
#include "engine/text/utf8_stream.h"
#include "tests/paths.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <thread>

using namespace kvprism;
using namespace kvprism::text;

namespace {

QByteArray contents(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot open %s", qPrintable(path));
    return file.readAll();
}

// The text of a case of token_ids.json, as the model would read it.
std::string textOf(const QJsonObject& one) {
    if (one.contains(QLatin1String("hex"))) {
        const QByteArray bytes = QByteArray::fromHex(one[QLatin1String("hex")].toString().toLatin1());
        return toValidUtf8(bytes.toStdString());
    }
    if (!one.contains(QLatin1String("parts")))
        return contents(QStringLiteral(KVPRISM_SOURCE_DIR "/LICENSE")).toStdString();
    std::string text;
    for (const QJsonValue part : one[QLatin1String("parts")].toArray())
        for (int i = 0; i < part.toArray()[1].toInt(); ++i)
            text += part.toArray()[0].toString().toStdString();
    return text;
}

std::vector<std::int32_t> idsOf(const QJsonObject& one) {
    std::vector<std::int32_t> ids;
    for (const QJsonValue id : one[QLatin1String("ids")].toArray())
        ids.push_back(id.toInt());
    return ids;
}

// Bytes of a text that the embedded model's vocabulary has no token for.
std::string withoutUnwritable(std::string text) {
    std::erase_if(text, [](char c) {
        return std::string_view("\x04\x06\x13\x14\x16\x1d\xf1\xf2").find(c) != std::string_view::npos;
    });
    return text;
}

} // namespace

class TestTokenizer : public QObject {
    Q_OBJECT

    std::unique_ptr<Tokenizer> m_tokenizer;
    QJsonArray m_cases;

    std::string decode(const std::vector<std::int32_t>& ids) const {
        std::string text;
        for (const std::int32_t id : ids)
            text += m_tokenizer->piece(id);
        return text;
    }
    std::vector<std::int32_t> ids(std::string_view text,
                                  SpecialTokens special = SpecialTokens::asText) const {
        return m_tokenizer->encode(text, special)->ids;
    }

  private Q_SLOTS:
    void initTestCase() {
        const auto file = files::GgufFile::open(KVPRISM_EMBEDDED_MODEL);
        QVERIFY2(file.ok(), file.ok() ? "" : file.error().message.c_str());
        auto tokenizer = readTokenizer(**file);
        QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
        m_tokenizer = std::move(*tokenizer);
        m_cases = QJsonDocument::fromJson(contents(QStringLiteral(KVPRISM_TEST_DATA "/text/token_ids.json")))
                      .array();
        QVERIFY(m_cases.size() >= 29);
    }

    void givesTheIdsOfLlamaCpp_data() {
        QTest::addColumn<QJsonObject>("one");
        for (const QJsonValue one : m_cases)
            QTest::newRow(one[QLatin1String("name")].toString().toUtf8().constData()) << one.toObject();
    }
    void givesTheIdsOfLlamaCpp() {
        QFETCH(QJsonObject, one);
        const std::string text = textOf(one);
        const bool parsed = one[QLatin1String("parsed")].toBool();
        const auto encoding =
            m_tokenizer->encode(text, parsed ? SpecialTokens::parsed : SpecialTokens::asText);
        QVERIFY(encoding.ok());
        QCOMPARE(encoding->ids, idsOf(one));
        QCOMPARE(decode(encoding->ids), withoutUnwritable(text));

        // Each token stands for the bytes from its beginning on.
        QCOMPARE(encoding->begins.size(), encoding->ids.size());
        for (std::size_t i = 0; i < encoding->ids.size(); ++i) {
            const std::string piece = m_tokenizer->piece(encoding->ids[i]);
            QCOMPARE(text.substr(encoding->begins[i], piece.size()), piece);
            if (i > 0)
                QVERIFY(encoding->begins[i] > encoding->begins[i - 1]);
        }
    }

    void readsTheLicenseAs7639Tokens() {
        const auto license = ids(contents(QStringLiteral(KVPRISM_SOURCE_DIR "/LICENSE")).toStdString());
        QCOMPARE(license.size(), std::size_t(7639));
        QCOMPARE((std::vector<std::int32_t>(license.begin(), license.begin() + 4)),
                 (std::vector<std::int32_t>{42185, 28807, 35185, 49126}));
    }

    void takesSpecialTokensInATextForTextUnlessAsked() {
        QVERIFY(ids("<|im_end|>").size() > 1);
        QCOMPARE(ids("<|im_end|>", SpecialTokens::parsed), std::vector<std::int32_t>{2});
        for (const std::int32_t id : ids("x<|im_start|>system<|endoftext|>"))
            QVERIFY(!m_tokenizer->isSpecial(id));
    }

    void knowsTheRolesOfTokens() {
        QCOMPARE(m_tokenizer->size(), 49152);
        QCOMPARE(m_tokenizer->find("<|im_start|>"), std::optional(1));
        QVERIFY(!m_tokenizer->find("the"));
        QVERIFY(!m_tokenizer->beginOfSequence());
        QCOMPARE(m_tokenizer->endOfAnswer(), (std::vector<std::int32_t>{0, 2}));
        QVERIFY(m_tokenizer->isSpecial(2));
        QVERIFY(!m_tokenizer->isSpecial(28));
        QCOMPARE(m_tokenizer->piece(2), std::string("<|im_end|>"));
    }

    void hasNoPieceBeyondTheVocabulary() {
        for (const std::int32_t id : {-1, 49152, 2147483647}) {
            QCOMPARE(m_tokenizer->piece(id), std::string());
            QVERIFY(!m_tokenizer->isSpecial(id));
        }
    }

    void refusesInvalidUtf8() {
        const auto encoding = m_tokenizer->encode("abc\xff");
        QVERIFY(!encoding);
        QVERIFY(encoding.error().message.find("byte 3") != std::string::npos);
    }

    void readsOneWordOfAMegabyte_data() {
        QTest::addColumn<QByteArray>("part");
        QTest::newRow("letters") << QByteArray("a");
        QTest::newRow("changing letters") << QByteArray("thequickbrownfox");
        QTest::newRow("CJK") << QByteArray("字");
        QTest::newRow("signs") << QByteArray("=-");
        QTest::newRow("spaces") << QByteArray(" ");
        QTest::newRow("lines") << QByteArray("\n");
        QTest::newRow("digits") << QByteArray("7");
    }
    // Would take hours if it took quadratic time, and would overflow if anything recursed a word's length.
    void readsOneWordOfAMegabyte() {
        QFETCH(QByteArray, part);
        const std::string text = part.repeated((1 << 20) / part.size()).toStdString();
        const auto encoding = m_tokenizer->encode(text);
        QVERIFY(encoding.ok());
        QCOMPARE(decode(encoding->ids), text);
    }

    void cutsAWordOfManyMegabytesBetweenCharacters() {
        const std::string text = QByteArray("字").repeated(3 << 20).prepend("x").toStdString();
        const auto encoding = m_tokenizer->encode(text);
        QVERIFY(encoding.ok());
        QCOMPARE(decode(encoding->ids), text);
    }

    void encodesOnSeveralThreadsAtOnce() {
        const std::string license = contents(QStringLiteral(KVPRISM_SOURCE_DIR "/LICENSE")).toStdString();
        std::array<std::vector<std::int32_t>, 4> results;
        {
            std::vector<std::jthread> threads;
            for (auto& result : results)
                threads.emplace_back([&] { result = ids(license); });
        }
        for (const auto& result : results)
            QCOMPARE(result, results[0]);
    }
};

QTEST_GUILESS_MAIN(TestTokenizer)
#include "test_tokenizer.moc"
