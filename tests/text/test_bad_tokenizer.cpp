// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/gguf.h"
#include "engine/text/tokenizer.h"
#include "tests/files/gguf_builder.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <functional>
#include <optional>

using namespace kvprism;
using namespace kvprism::text;
using kvprism::tests::GgufBuilder;

namespace {

// A tokenizer of eight tokens and the letters that every one has, any field of which can be changed or left
// out.
struct TinyTokenizer {
    std::optional<std::string> model = "gpt2", kind = "smollm";
    std::vector<std::string> tokens =
        tests::withLetters({"<s>", "</s>", "a", "b", "ab", "Ġ", "Ġab", "<name>"});
    std::optional<std::vector<std::string>> merges{{"a b", "Ġ ab"}};
    std::optional<std::vector<std::int32_t>> kinds = kindsOf(tokens.size());
    static std::vector<std::int32_t> kindsOf(std::size_t tokens) {
        std::vector<std::int32_t> kinds(tokens, 1);
        kinds[0] = kinds[1] = 3;
        kinds[7] = 4;
        return kinds;
    }
    std::uint32_t endId = 1, beginId = 0;
    std::uint8_t addBegin = 0;

    std::string bytes() const {
        GgufBuilder file;
        if (model)
            file.text("tokenizer.ggml.model", *model);
        if (kind)
            file.text("tokenizer.ggml.pre", *kind);
        file.texts("tokenizer.ggml.tokens", tokens);
        if (merges)
            file.texts("tokenizer.ggml.merges", *merges);
        if (kinds)
            file.integers("tokenizer.ggml.token_type", *kinds);
        file.integer("tokenizer.ggml.eos_token_id", endId).integer("tokenizer.ggml.bos_token_id", beginId);
        file.pair("tokenizer.ggml.add_bos_token", files::GgufType::boolean, tests::raw(addBegin));
        return file.bytes();
    }
};

} // namespace

class TestBadTokenizer : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    Result<std::unique_ptr<Tokenizer>> read(const TinyTokenizer& tiny) {
        QFile file(m_folder.filePath(QStringLiteral("tiny.gguf")));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        const std::string bytes = tiny.bytes();
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        file.close();
        return readTokenizer(**files::GgufFile::open(file.fileName().toStdString()));
    }

  private Q_SLOTS:
    void readsATinyTokenizer() {
        const auto tokenizer = read({});
        QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().message.c_str());
        // User-defined tokens are always read as such, control tokens only when asked for.
        const auto encoding = (*tokenizer)->encode("ab ab<name>a\x04<s>"); // no token for that byte
        const auto token = [&](const char* letter) {
            const auto& tokens = TinyTokenizer().tokens;
            return static_cast<std::int32_t>(std::ranges::find(tokens, letter) - tokens.begin());
        };
        QCOMPARE(encoding->ids, (std::vector<std::int32_t>{4, 6, 7, 2, token("<"), token("s"), token(">")}));
        QCOMPARE(encoding->begins, (std::vector<std::uint32_t>{0, 2, 5, 11, 13, 14, 15}));
        QCOMPARE((*tokenizer)->encode("<s>a", SpecialTokens::parsed)->ids, (std::vector<std::int32_t>{0, 2}));
        QVERIFY(!(*tokenizer)->isSpecial(7));
        QCOMPARE((*tokenizer)->endOfAnswer(), std::vector<std::int32_t>{1});
    }

    void beginsASequenceOnlyWhereTheModelAsksForIt() {
        TinyTokenizer tiny;
        QVERIFY(!(*read(tiny))->beginOfSequence());
        tiny.addBegin = 1;
        QCOMPARE((*read(tiny))->beginOfSequence(), std::optional(0));
    }

    void encodesNothingAsNothing() {
        const auto encoding = (*read({}))->encode("");
        QVERIFY(encoding.ok() && encoding->ids.empty() && encoding->begins.empty());
    }

    void refusesWhatCannotBe_data() {
        QTest::addColumn<std::function<void(TinyTokenizer&)>>("change");
        QTest::addColumn<QByteArray>("part");
        const auto row = [](const char* name, std::function<void(TinyTokenizer&)> change, const char* part) {
            QTest::newRow(name) << std::move(change) << QByteArray(part);
        };
        row(
            "no model", [](TinyTokenizer& tiny) { tiny.model.reset(); }, "'tokenizer.ggml.model' is missing");
        row(
            "another model", [](TinyTokenizer& tiny) { tiny.model = "t5"; }, "'t5' is not supported");
        row(
            "another pre-tokenizer", [](TinyTokenizer& tiny) { tiny.kind = "viking"; },
            "use one of 'smollm'");
        row(
            "no pre-tokenizer", [](TinyTokenizer& tiny) { tiny.kind.reset(); }, "'default'");
        row(
            "no tokens", [](TinyTokenizer& tiny) { tiny.tokens.clear(); }, "tokens has 0 entries");
        row(
            "no merges", [](TinyTokenizer& tiny) { tiny.merges.reset(); },
            "'tokenizer.ggml.merges' is missing");
        row(
            "merge of one part", [](TinyTokenizer& tiny) { tiny.merges->push_back("ab"); },
            "merges[2] is 'ab'");
        row(
            "merge with nothing", [](TinyTokenizer& tiny) { tiny.merges->push_back("ab "); }, "merges[2]");
        row(
            "empty merge", [](TinyTokenizer& tiny) { tiny.merges->push_back(""); }, "merges[2]");
        row(
            "a letter without a token",
            [](TinyTokenizer& tiny) { std::ranges::replace(tiny.tokens, "Q", "QQ"); },
            "no token for the character 'Q'");
        row(
            "a token twice", [](TinyTokenizer& tiny) { std::ranges::replace(tiny.tokens, "Ġab", "ab"); },
            "the token 'ab' twice");
        row(
            "no kinds", [](TinyTokenizer& tiny) { tiny.kinds.reset(); },
            "'tokenizer.ggml.token_type' is missing");
        row(
            "a kind too few", [](TinyTokenizer& tiny) { tiny.kinds->pop_back(); },
            "has 100 entries for 101 tokens");
        row(
            "kind 7", [](TinyTokenizer& tiny) { (*tiny.kinds)[7] = 7; }, "token_type[7] is 7");
        row(
            "end beyond the vocabulary", [](TinyTokenizer& tiny) { tiny.endId = 200; },
            "eos_token_id is 200");
        row(
            "begin beyond the vocabulary", [](TinyTokenizer& tiny) { tiny.beginId = ~0u; },
            "bos_token_id is 4294967295");
    }
    void refusesWhatCannotBe() {
        QFETCH(std::function<void(TinyTokenizer&)>, change);
        QFETCH(QByteArray, part);
        TinyTokenizer tiny;
        change(tiny);
        const auto tokenizer = read(tiny);
        QVERIFY(!tokenizer.ok());
        QVERIFY2(tokenizer.error().message.find(part.toStdString()) != std::string::npos,
                 tokenizer.error().message.c_str());
        QVERIFY(tokenizer.error().message.find("tiny.gguf") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestBadTokenizer)
#include "test_bad_tokenizer.moc"
