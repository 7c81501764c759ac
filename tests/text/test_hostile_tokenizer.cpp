// SPDX-License-Identifier: GPL-3.0-or-later
// Tokenizers made to do harm, most of them found by tests/fuzz: a sentence each, where there was a crash or a
// hang.
#include "engine/text/json_tokenizer.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "tests/paths.h"

#include <QFile>
#include <QTest>

#include <algorithm>

using namespace kvprism;
using namespace kvprism::text;

namespace {

std::string repeated(const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i)
        text += part;
    return text;
}

// A tokenizer over characters with this vocabulary, and more fields where `more` has them.
std::string jsonTokenizer(const std::string& vocabulary, const std::string& more = "") {
    return R"({"pre_tokenizer":{"type":"Metaspace"},"model":{"type":"BPE","byte_fallback":true,"merges":[],"vocab":{)" +
           vocabulary + "}}" + more + "}";
}

// Files with unbalanced brackets in their texts; here, as moc does not find the tests behind one.
std::string nested() {
    return repeated("[", 300000) + repeated("]", 300000);
}
std::string jsonNestedInTheType() {
    return R"({"model":{"type":)" + nested() + "}}";
}
std::string jsonNestedInAStep() {
    return jsonTokenizer(R"("a":0)",
                         R"(,"normalizer":{"type":"Replace","pattern":{"String":)" + nested() + "}}");
}
std::string jsonWithATokenOfBrackets() {
    return jsonTokenizer("\"" + repeated("[", 1000) + R"(\"{":0,"a":1)");
}
std::string jsonWithPatterns(int patterns) {
    const std::string split = R"({"type":"Split","behavior":"Isolated","pattern":{"String":"a"}},)";
    std::string vocabulary = R"("Ġ":0,"Ċ":1)";
    for (char c = 0x21; c < 0x7F; ++c)
        vocabulary +=
            std::string(",\"") + (c == '"' || c == '\\' ? "\\" : "") + c + "\":" + std::to_string(c);
    return R"({"pre_tokenizer":{"type":"Sequence","pretokenizers":[)" + repeated(split, patterns) +
           R"({"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]},"model":{"merges":[],"vocab":{)" +
           vocabulary + "}}}";
}

Result<std::unique_ptr<Tokenizer>> fromJson(const std::string& text) {
    return readJsonTokenizer(text, {}, "tokenizer.json");
}

// A small SentencePiece model of tests/fuzz/make_seeds.py.
std::string model(const char* name) {
    QFile file(QStringLiteral(KVPRISM_SOURCE_DIR "/tests/fuzz/seeds/sentencepiece/") + QLatin1String(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot open %s", qPrintable(file.fileName()));
    return file.readAll().toStdString();
}

std::string changed(std::string bytes, std::string_view from, std::string_view to) {
    const std::size_t at = bytes.find(from);
    if (at == std::string::npos || from.size() != to.size())
        qFatal("nothing to change");
    return bytes.replace(at, from.size(), to);
}

Result<std::unique_ptr<Tokenizer>> fromModel(const std::string& bytes) {
    auto vocabulary = vocabularyOfModel(bytes, "tokenizer.model");
    if (!vocabulary)
        return vocabulary.error();
    SentencePieceParts parts;
    parts.vocabulary = std::move(*vocabulary);
    return SentencePieceTokenizer::make(std::move(parts), bytes, "tokenizer.model");
}

std::string piecesOf(const Tokenizer& tokenizer, std::string_view text) {
    std::string pieces;
    const auto encoding = tokenizer.encode(text);
    for (const std::int32_t id : encoding ? encoding->ids : std::vector<std::int32_t>())
        pieces += "[" + tokenizer.piece(id) + "]";
    return pieces;
}

#define REFUSES(made, part)                                                                                  \
    do {                                                                                                     \
        const auto& result = (made);                                                                         \
        QVERIFY(!result.ok());                                                                               \
        QCOMPARE(result.error().code, ErrorCode::malformed);                                                 \
        QVERIFY2(result.error().message.find(part) != std::string::npos, result.error().message.c_str());    \
    } while (false)

} // namespace

class TestHostileTokenizer : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    // Copying or printing a JSON value calls itself once a level.
    void refusesJsonThatNestsDeeply() {
        REFUSES(fromJson(jsonNestedInTheType()), "nests too deeply");
        REFUSES(fromJson(jsonNestedInAStep()), "nests too deeply");
    }
    void takesBracketsInTextsForTexts() {
        const auto made = fromJson(jsonWithATokenOfBrackets());
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
    }

    // A few bytes that asked for a table of four million tokens.
    void refusesIdsFarBeyondTheVocabulary() {
        REFUSES(fromJson(jsonTokenizer(R"("a":0,"b":4194303)")),
                "has the id 4194303, but there are 2 tokens");
        QVERIFY(fromJson(jsonTokenizer(R"("a":0,"b":1000)")).ok()); // a few holes are common
    }

    // It was looked up in the embedding.
    void refusesABeginOutsideTheVocabulary() {
        const auto beginning = [](const char* id) {
            return fromJson(jsonTokenizer(
                R"("a":0,"b":1)",
                std::string(R"(,"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":)") +
                    R"({"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],)" +
                    R"("special_tokens":{"<s>":{"id":"<s>","ids":[)" + id + R"(],"tokens":["<s>"]}}})"));
        };
        const auto inside = beginning("1");
        QVERIFY2(inside.ok(), inside.ok() ? "" : inside.error().message.c_str());
        QCOMPARE((*inside)->beginOfSequence(), std::optional<std::int32_t>(1));
        REFUSES(beginning("2"), "puts the token 2 before a text, but there are 2 tokens");
    }

    // Words are cut by one pattern within the other.
    void refusesThousandsOfPatterns() {
        const auto some = fromJson(jsonWithPatterns(20));
        QVERIFY2(some.ok(), some.ok() ? "" : some.error().message.c_str());
        QVERIFY((*some)->encode("banana").ok());
        REFUSES(fromJson(jsonWithPatterns(100000)), "patterns");
    }

    void takesATokenOfAByteOnlyAsItIsWritten() {
        const auto made = fromJson(jsonTokenizer(R"("<0x A>":0,"<0xA>>":1,"<0x+A>":2,"<0x62>":3,"a":4)"));
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
        QCOMPARE(piecesOf(**made, "ab<\n"), std::string("[a][b]")); // nothing writes the others
        QCOMPARE((*made)->piece(1), std::string("<0xA>>"));
    }

    // The library puts pieces into a trie, which throws at some.
    void refusesPiecesThatTheLibraryThrowsAt() {
        REFUSES(fromModel(changed(model("unigram.model"), "<tool>", std::string_view("\0\0ool>", 6))),
                "does not take");
    }

    void readsRulesOfNormalisation() {
        const auto made = fromModel(model("charsmap.model")); // "A" becomes "a"
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
        QCOMPARE(piecesOf(**made, "A"), piecesOf(**made, "a"));
    }
    void refusesRulesOfNormalisationThatLeadOutside_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        const QByteArray length("\x00\x08\x00\x00", 4), root("\x00\x00\x04\x00", 4),
            value("\x00\x00\x00\x80", 4), end("a\x00", 2);
        QTest::newRow("beyond the trie") << root << QByteArray("\x00\x00\x08\x00", 4);
        QTest::newRow("far beyond it") << root << QByteArray("\x00\xFF\xFF\x7F", 4);
        QTest::newRow("beyond the texts") << value << QByteArray("\x02\x00\x00\x80", 4);
        QTest::newRow("a trie of no whole units") << length << QByteArray("\x01\x08\x00\x00", 4);
        QTest::newRow("a trie longer than all") << length << QByteArray("\x00\x08\x00\x01", 4);
        QTest::newRow("a text without end") << end << QByteArray("ab", 2);
    }
    void refusesRulesOfNormalisationThatLeadOutside() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        std::string bytes = model("charsmap.model");
        const std::size_t at = bytes.find("identity"); // before the rules
        std::string tail = changed(bytes.substr(at), from.toStdString(), to.toStdString());
        REFUSES(fromModel(bytes.substr(0, at) + tail), "lead nowhere");
    }

    // Without a piece for a space, "▁" is written as three bytes for one in the text, or for none before it.
    void placesAscendWhereASpaceIsWrittenAsBytes() {
        const std::string space = "\n\x03\xE2\x96\x81\x15";
        const auto made = fromModel(changed(model("bpe.model"), space, "\n\x03xyz\x15"));
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
        for (const std::string text : {" ", "x y", "字  字", "\t ü "}) {
            const auto encoding = (*made)->encode(text);
            QVERIFY(encoding.ok() && !encoding->begins.empty());
            QVERIFY2(std::ranges::is_sorted(encoding->begins), text.c_str());
            QVERIFY(encoding->begins.back() <= text.size());
        }
    }

    // A character that is said to be a control token: the library gives up in the middle of a text.
    void callsAVocabularyThatCannotEncodeDamaged() {
        const std::string score("\xC3\xBC\x15\x00\x00\x80\xC0", 7); // of "ü", before its kind
        const auto made = fromModel(changed(model("char.model"), score + "\x18\x01", score + "\x18\x03"));
        QVERIFY(made.ok());
        REFUSES((*made)->encode("ü"), "cannot encode");
    }
};

QTEST_GUILESS_MAIN(TestHostileTokenizer)
#include "test_hostile_tokenizer.moc"
