// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/gguf.h"
#include "engine/files/model_config.h"
#include "engine/text/chat_template.h"
#include "engine/text/document.h"
#include "engine/text/tokenizer.h"
#include "engine/text/utf8.h"
#include "tests/files/gguf_builder.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace kvprism;
using namespace kvprism::text;
using kvprism::tests::GgufBuilder;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t limit) {
    return random() % limit;
}

// A whole little model: shape, tokenizer, template, tensors of every type.
std::string smallModel() {
    GgufBuilder file;
    file.text("general.architecture", "llama").text("general.name", "tiny").integer("general.alignment", 32);
    for (const auto& [key, value] :
         std::initializer_list<std::pair<const char*, std::uint32_t>>{{"block_count", 1},
                                                                      {"context_length", 64},
                                                                      {"embedding_length", 32},
                                                                      {"feed_forward_length", 32},
                                                                      {"attention.head_count", 4},
                                                                      {"attention.head_count_kv", 2},
                                                                      {"rope.dimension_count", 8}})
        file.integer(std::string("llama.") + key, value);
    file.number("llama.attention.layer_norm_rms_epsilon", 1e-5f).number("llama.rope.freq_base", 10000.0f);
    file.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", "smollm");
    const auto tokens = tests::withLetters({"<s>", "a", "b", "ab", "Ġ", "Ġab", "é", "<|im_end|>"});
    std::vector<std::int32_t> kinds(tokens.size(), 1);
    kinds[0] = kinds[7] = 3;
    file.texts("tokenizer.ggml.tokens", tokens);
    file.texts("tokenizer.ggml.merges", {"a b", "Ġ ab", "ab ab"});
    file.integers("tokenizer.ggml.token_type", kinds);
    file.integer("tokenizer.ggml.eos_token_id", 7).text("tokenizer.chat_template", "<|im_start|><|im_end|>");
    file.tensor("token_embd.weight", 8, {32, tokens.size()}, std::string(tokens.size() * 34, '\x21'));
    // Type number and bytes of a block of 32 values, in turn: F16, BF16, Q4_0, Q4_1, F32.
    constexpr std::pair<std::uint32_t, std::size_t> types[] = {{1, 64}, {30, 64}, {2, 18}, {3, 20}, {0, 128}};
    std::size_t next = 0;
    for (const auto& [name, shape] : tests::llamaTensors(1, 32, 32, 32, 16)) {
        const auto& [type, bytes] = types[next++ % std::size(types)];
        file.tensor(name, type, shape, std::string((shape.size() == 1 ? 1 : shape[1]) * bytes, '\x22'));
    }
    return file.bytes();
}

// A few bytes changed: any value, a bit, or a number that counts and lengths dislike.
void mutate(std::string& bytes, Random& random) {
    for (std::size_t changes = 1 + below(random, 3); changes > 0 && !bytes.empty(); --changes) {
        const std::size_t at = below(random, bytes.size());
        switch (below(random, 5)) {
        case 0:
            bytes[at] = static_cast<char>(random());
            break;
        case 1:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(random, 8)));
            break;
        case 2:
            bytes.resize(at);
            break;
        case 3:
            bytes.insert(at, 1 + below(random, 9), static_cast<char>(random()));
            break;
        default:
            for (std::size_t i = at; i < std::min(at + 8, bytes.size()); ++i)
                bytes[i] = '\xFF';
        }
    }
}

bool isSentence(const Error& error) {
    return !error.message.empty() && error.message.find('\n') == std::string::npos &&
           error.code != ErrorCode::defect;
}

} // namespace

// Nothing that a file or a text may hold crashes; worth most under the sanitizers. KVPRISM_MUTATIONS asks for
// more.
class TestMutatedFiles : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_rounds = qEnvironmentVariableIntValue("KVPRISM_MUTATIONS") > 0
                       ? qEnvironmentVariableIntValue("KVPRISM_MUTATIONS")
                       : 2000;

    std::string write(const std::string& bytes) {
        QFile file(m_folder.filePath(QStringLiteral("mutated.gguf")));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        return file.fileName().toStdString();
    }

    void readMetadata(const files::GgufFile& file) {
        for (const char* key :
             {"general.architecture", "general.name", "general.alignment", "llama.block_count",
              "llama.rope.freq_base", "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"}) {
            if (const auto value = file.integer(key); !value)
                QVERIFY(isSentence(value.error()));
            if (const auto value = file.number(key); !value)
                QVERIFY(isSentence(value.error()));
            if (const auto value = file.text(key); !value)
                QVERIFY(isSentence(value.error()));
            if (const auto value = file.texts(key); !value)
                QVERIFY(isSentence(value.error()));
            if (const auto value = file.integers(key); !value)
                QVERIFY(isSentence(value.error()));
            if (const auto value = file.numbers(key); !value)
                QVERIFY(isSentence(value.error()));
        }
    }
    void readTensors(const files::GgufFile& file) {
        for (const files::Tensor& tensor : file.tensors()) {
            std::vector<float> values(tensor.elements);
            QVERIFY(files::dequantise(tensor.type, tensor.data, values).ok());
        }
    }
    void readText(const files::GgufFile& file) {
        (void)recogniseChatTemplate(file);
        if (const auto config = files::readModelConfig(file); !config)
            QVERIFY(isSentence(config.error()));
        const auto tokenizer = readTokenizer(file);
        if (!tokenizer) {
            QVERIFY(isSentence(tokenizer.error()));
            return;
        }
        const auto encoding = (*tokenizer)->encode("ab abab é <|im_end|> x", SpecialTokens::parsed);
        QVERIFY(encoding.ok());
        for (const std::int32_t id : encoding->ids)
            QVERIFY(id >= 0 && id < (*tokenizer)->size());
    }

  private Q_SLOTS:
    void survivesAnyModelFile() {
        const std::string whole = smallModel();
        {
            const auto file = files::GgufFile::open(write(whole));
            QVERIFY2(file.ok(), file.ok() ? "" : file.error().message.c_str());
            QVERIFY(files::readModelConfig(**file).ok() && readTokenizer(**file).ok());
        }
        Random random(3);
        int opened = 0;
        for (int round = 0; round < m_rounds && !QTest::currentTestFailed(); ++round) {
            std::string bytes = whole;
            mutate(bytes, random);
            const auto file = files::GgufFile::open(write(bytes));
            if (!file) {
                QVERIFY(isSentence(file.error()));
                continue;
            }
            ++opened;
            readMetadata(**file);
            readTensors(**file);
            readText(**file);
        }
        QVERIFY(opened > m_rounds / 50); // else nothing behind open() was tried
    }

    void survivesAnyDocument() {
        const auto file = files::GgufFile::open(write(smallModel()));
        const auto tokenizer = std::move(*readTokenizer(**file));
        const std::string whole =
            "a b ab abab é 字 😀 \u00a0\u2003 don't 12 <s> \r\n\t <|im_end|> naïve Grüße";
        Random random(4);
        for (int round = 0; round < m_rounds; ++round) {
            std::string bytes = whole;
            for (std::size_t times = below(random, 4) + 1; times > 0; --times)
                mutate(bytes, random);
            const auto document = documentFromBytes("x", bytes);
            if (!document) {
                QVERIFY(isSentence(document.error()));
                continue;
            }
            QCOMPARE(validUtf8Prefix(document->text), document->text.size());
            const auto encoding = tokenizer->encode(document->text);
            QVERIFY(encoding.ok());
            QVERIFY(std::is_sorted(encoding->begins.begin(), encoding->begins.end()));
            std::uint64_t before = 0;
            for (const std::uint32_t begin : encoding->begins) {
                const std::uint64_t disk = document->diskOffset(begin);
                QVERIFY(disk >= before && disk < document->bytes);
                before = disk;
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestMutatedFiles)
#include "test_mutated_files.moc"
