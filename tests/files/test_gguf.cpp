// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/gguf.h"
#include "tests/files/gguf_builder.h"
#include "tests/paths.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace kvprism;
using namespace kvprism::files;
using namespace kvprism::tests;

namespace {

constexpr std::uint64_t nearly2To64 = ~0ULL;

GgufBuilder goodFile() {
    GgufBuilder file;
    file.text("general.architecture", "llama")
        .integer("answer", 42)
        .texts("tokens", {"a", "", "ccc"})
        .integers("types", {1, -3, 7})
        .pair("nested", GgufType::array,
              GgufBuilder::arrayHead(GgufType::array, 1) + GgufBuilder::arrayHead(GgufType::uint8, 2) + "xy")
        .tensor("first", 0, {3, 1}, raw(1.0f) + raw(-2.0f) + raw(0.5f))
        .tensor("second", 2, {32, 2}, std::string(36, '\x11'));
    return file;
}

// A file of one broken piece: `tail` stands where the pairs (or, with `tensors`, the tensor heads) begin.
std::string withHead(std::uint64_t tensors, std::uint64_t pairs, const std::string& tail) {
    return "GGUF" + raw<std::uint32_t>(3) + raw(tensors) + raw(pairs) + tail + std::string(64, '\0');
}

std::string oneTensor(std::uint32_t type, const std::vector<std::uint64_t>& shape, std::uint64_t offset) {
    return GgufBuilder().rawTensorHead(GgufBuilder::tensorHead("w", type, shape, offset)).bytes() +
           std::string(64, '\0');
}

} // namespace

class TestGguf : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string write(const std::string& bytes) {
        QFile file(m_folder.filePath(QStringLiteral("model.gguf")));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        return file.fileName().toStdString();
    }
    std::unique_ptr<GgufFile> open(const std::string& bytes) {
        auto file = GgufFile::open(write(bytes));
        if (!file)
            qFatal("%s", file.error().message.c_str());
        return std::move(*file);
    }

  private Q_SLOTS:
    void readsTensorsWhereTheyLie() {
        for (const std::uint32_t version : {2u, 3u}) {
            GgufBuilder builder = goodFile();
            builder.version = version;
            const auto file = open(builder.bytes());
            QCOMPARE(file->tensors().size(), std::size_t(2));
            const Tensor* first = file->findTensor("first");
            QVERIFY(first);
            QCOMPARE(first->elements, std::uint64_t(3));
            QCOMPARE(first->shape, (std::vector<std::uint64_t>{3, 1}));
            std::array<float, 3> values{};
            QVERIFY(dequantise(first->type, first->data, values).ok());
            QCOMPARE(values, (std::array{1.0f, -2.0f, 0.5f}));
            QCOMPARE(file->findTensor("second")->data.size(), std::size_t(36));
            QCOMPARE(file->findTensor("second")->data[0], std::byte{0x11});
            QVERIFY(!file->findTensor("third"));
        }
    }

    void refusesTensorsThatShareBytes() {
        GgufBuilder builder;
        builder.rawTensorHead(GgufBuilder::tensorHead("late", 0, {16}, 32));
        builder.rawTensorHead(GgufBuilder::tensorHead("early", 0, {9}, 0));
        const auto file = GgufFile::open(write(builder.bytes() + std::string(96, 'x')));
        QVERIFY(!file);
        QCOMPARE(file.error().code, ErrorCode::malformed);
        QVERIFY2(file.error().message.find("tensor 'late' lies within that of tensor 'early'") !=
                     std::string::npos,
                 file.error().message.c_str());
    }

    void takesTheAlignmentFromTheFile() {
        GgufBuilder builder;
        builder.alignment = 256;
        builder.integer("general.alignment", 256)
            .tensor("a", 0, {1}, raw(3.0f))
            .tensor("b", 0, {1}, raw(4.0f));
        const auto file = open(builder.bytes());
        float value = 0;
        std::memcpy(&value, file->findTensor("b")->data.data(), sizeof value);
        QCOMPARE(value, 4.0f);
    }

    void readsMetadataOfEveryType() {
        GgufBuilder builder;
        builder.pair("u8", GgufType::uint8, raw<std::uint8_t>(200))
            .pair("i8", GgufType::int8, raw<std::int8_t>(-7));
        builder.pair("u16", GgufType::uint16, raw<std::uint16_t>(65535))
            .pair("i16", GgufType::int16, raw<std::int16_t>(-300))
            .integer("u32", 4000000000u)
            .pair("i32", GgufType::int32, raw<std::int32_t>(-5));
        builder.pair("u64", GgufType::uint64, raw<std::uint64_t>(1ULL << 40))
            .pair("huge", GgufType::uint64, raw(nearly2To64))
            .pair("i64", GgufType::int64, raw<std::int64_t>(-(1LL << 40)))
            .pair("yes", GgufType::boolean, raw<std::uint8_t>(1));
        builder.number("f32", 0.25f).pair("f64", GgufType::float64, raw(1e300)).text("text", "grüße");
        builder.texts("texts", {"a", "", "ccc"}).integers("integers", {1, -2});
        builder.pair("floats", GgufType::array, GgufBuilder::arrayHead(GgufType::float32, 1) + raw(1.5f));
        const auto file = open(builder.bytes());
        QCOMPARE(*file->integer("u8"), 200);
        QCOMPARE(*file->integer("i8"), -7);
        QCOMPARE(*file->integer("u16"), 65535);
        QCOMPARE(*file->integer("i16"), -300);
        QCOMPARE(*file->integer("u32"), 4000000000);
        QCOMPARE(*file->integer("i32"), -5);
        QCOMPARE(*file->integer("u64"), std::int64_t(1) << 40);
        QCOMPARE(*file->integer("i64"), -(std::int64_t(1) << 40));
        QCOMPARE(*file->integer("yes"), 1);
        QCOMPARE(*file->number("f32"), 0.25);
        QCOMPARE(*file->number("f64"), 1e300);
        QCOMPARE(*file->number("i8"), -7.0);
        QCOMPARE(*file->text("text"), std::string("grüße"));
        QCOMPARE(*file->texts("texts"), (std::vector<std::string>{"a", "", "ccc"}));
        QCOMPARE(*file->count("texts"), std::uint64_t(3));
        QCOMPARE(*file->integers("integers"), (std::vector<std::int64_t>{1, -2}));
        QCOMPARE(*file->numbers("floats"), std::vector<float>{1.5f});
        QVERIFY(!file->integer("huge"));
    }

    void namesTheKeyThatIsMissingOrOfAnotherType() {
        const auto file = open(goodFile().bytes());
        for (const auto& status :
             {file->integer("no.such.key"), file->integer("general.architecture"), file->integer("types")}) {
            QVERIFY(!status);
            QCOMPARE(status.error().code, ErrorCode::malformed);
            QVERIFY(status.error().message.find(file->path()) == 0);
        }
        QVERIFY(file->integer("no.such.key").error().message.find("'no.such.key' is missing") !=
                std::string::npos);
        QVERIFY(!file->text("answer"));
        QVERIFY(!file->number("general.architecture"));
        QVERIFY(!file->texts("types"));
        QVERIFY(!file->texts("answer"));
        QVERIFY(!file->integers("tokens"));
        QVERIFY(!file->numbers("nested"));
        QVERIFY(!file->count("answer"));
    }

    void refusesBadFiles_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("part"); // of the sentence
        const auto row = [](const char* name, const std::string& bytes, const char* part) {
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                                << QByteArray(part);
        };
        const std::string key = rawText("k");
        const auto typed = [&](GgufType type) { return key + raw(static_cast<std::uint32_t>(type)); };
        GgufBuilder version1 = goodFile(), bigEndian = goodFile();
        version1.version = 1;
        bigEndian.version = 0x03000000;

        row("empty", "", "is empty");
        row("another kind of file", "PK\x03\x04 something else", "not a GGUF file");
        row("only the magic word", "GGUF", "version needs 4 bytes");
        row("version 1", version1.bytes(), "version 1 cannot be read");
        row("big-endian", bigEndian.bytes(), "big-endian");
        row("tensors near 2^64", withHead(nearly2To64, 0, ""), "number of tensors is 18446744073709551615");
        row("pairs near 2^64", withHead(0, nearly2To64, ""),
            "number of metadata pairs is 18446744073709551615");
        row("tensors beyond the file", withHead(3, 0, ""), "number of tensors is 3");
        row("key near 2^64", withHead(0, 1, raw(nearly2To64)),
            "offset 32: key 0 needs 18446744073709551615 bytes");
        row("empty key", withHead(0, 1, rawText("")), "key 0 has 0 bytes");
        row("key of 100 KB", withHead(0, 1, rawText(std::string(100000, 'x'))), "key 0 has 100000 bytes");
        row("unknown type", withHead(0, 1, key + raw<std::uint32_t>(13)), "type of 'k' is 13");
        row("text near 2^64", withHead(0, 1, typed(GgufType::string) + raw(nearly2To64)),
            "'k' needs 18446744073709551615");
        row("text beyond the file", withHead(0, 1, typed(GgufType::string) + raw<std::uint64_t>(65)),
            "'k' needs 65 bytes");
        row("bool of 2", withHead(0, 1, typed(GgufType::boolean) + raw<std::uint8_t>(2)),
            "neither true nor false");
        row("array near 2^64",
            withHead(0, 1, typed(GgufType::array) + GgufBuilder::arrayHead(GgufType::uint64, nearly2To64)),
            "length of 'k' is 18446744073709551615");
        row("array whose bytes wrap around", // 2^61 · 8 = 2^64
            withHead(0, 1, typed(GgufType::array) + GgufBuilder::arrayHead(GgufType::uint64, 1ULL << 61)),
            "length of 'k' is");
        row("array of texts near 2^64",
            withHead(0, 1, typed(GgufType::array) + GgufBuilder::arrayHead(GgufType::string, 1ULL << 60)),
            "length of 'k' is");
        row("array of an unknown type",
            withHead(0, 1, typed(GgufType::array) + raw<std::uint32_t>(99) + raw<std::uint64_t>(1)),
            "element type of 'k' is 99");
        std::string deep = typed(GgufType::array);
        for (int i = 0; i < 6; ++i)
            deep += GgufBuilder::arrayHead(GgufType::array, 1);
        row("arrays in arrays in arrays", withHead(0, 1, deep), "nests arrays deeper");
        row("key twice", GgufBuilder().integer("k", 1).integer("k", 2).bytes(), "the key 'k' is there twice");
        row("key that a terminal would act on",
            GgufBuilder().integer("\x1b[2J", 1).integer("\x1b[2J", 2).bytes(), "'\\x1b[2J' is there twice");
        row("alignment 0", GgufBuilder().integer("general.alignment", 0).bytes(), "general.alignment");
        row("alignment 48", GgufBuilder().integer("general.alignment", 48).bytes(), "general.alignment");
        row("alignment 2^31", GgufBuilder().integer("general.alignment", 1u << 31).bytes(),
            "general.alignment");

        row("tensor of no dimensions", oneTensor(0, {}, 0), "0 dimensions");
        row("tensor of 5 dimensions", oneTensor(0, {1, 1, 1, 1, 1}, 0), "5 dimensions");
        row("tensor of rank near 2^32",
            GgufBuilder()
                .rawTensorHead(rawText("w") + raw<std::uint32_t>(~0u) + std::string(40, '\0'))
                .bytes(),
            "4294967295 dimensions");
        row("tensor with an empty dimension", oneTensor(0, {0, 4}, 0), "dimension of 0");
        row("tensor product overflow", oneTensor(0, {1ULL << 33, 1ULL << 33}, 0),
            "size of tensor 'w' overflows");
        row("tensor bytes overflow", oneTensor(0, {1ULL << 62, 2}, 0), "size of tensor 'w' overflows");
        row("tensor beyond the end", oneTensor(0, {17}, 0), "tensor 'w' needs 68 bytes from 0");
        row("tensor offset beyond the end", oneTensor(0, {1}, 96), "tensor 'w' needs 4 bytes from 96");
        row("tensor offset near 2^64", oneTensor(0, {8}, nearly2To64 - 31),
            "tensor 'w' needs 32 bytes from 18446744073709551584");
        row("misaligned tensor", oneTensor(0, {1}, 4), "offset 4 of tensor 'w' is no multiple of 32");
        row("rows of broken blocks", oneTensor(8, {33}, 0), "no multiple of 32");
        row("unknown tensor type", oneTensor(99, {1}, 0), "type number 99");
        row("nameless tensor", GgufBuilder().tensor("", 0, {1}, raw(1.0f)).bytes(),
            "name of tensor 0 has 0 bytes");
        row("tensor name beyond the file", withHead(1, 0, raw(nearly2To64)), "name of tensor 0 needs");
        row("tensor twice",
            GgufBuilder().tensor("w", 0, {1}, raw(1.0f)).tensor("w", 0, {1}, raw(1.0f)).bytes(),
            "tensor 'w' is there twice");
    }
    void refusesBadFiles() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, part);
        const std::string path = write(bytes.toStdString());
        const auto file = GgufFile::open(path);
        QVERIFY(!file);
        QVERIFY2(file.error().message.find(part.toStdString()) != std::string::npos,
                 file.error().message.c_str());
        QVERIFY(file.error().message.find(path) == 0);
        QVERIFY(file.error().message.ends_with("."));
        QVERIFY(file.error().message.find('\n') == std::string::npos);
        QCOMPARE(file.error().code,
                 part.contains("type number") ? ErrorCode::unavailable : ErrorCode::malformed);
    }

    void refusesAFileCutAnywhere() {
        const std::string whole = goodFile().bytes();
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const auto file = GgufFile::open(write(whole.substr(0, length)));
            QVERIFY2(!file, std::to_string(length).c_str());
            QCOMPARE(file.error().code, ErrorCode::malformed);
        }
    }

    void refusesWhatIsNoFile() {
        const auto code = [](const std::string& path) {
            const auto file = GgufFile::open(path);
            return file ? ErrorCode::defect : file.error().code;
        };
        QCOMPARE(code(m_folder.filePath(QStringLiteral("missing")).toStdString()), ErrorCode::noInput);
        QCOMPARE(code(m_folder.path().toStdString()), ErrorCode::noInput);
        QCOMPARE(code("/dev/null"), ErrorCode::noInput);
        const std::string pipe = m_folder.filePath(QStringLiteral("pipe")).toStdString();
        QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
        QCOMPARE(code(pipe), ErrorCode::noInput);
    }

    void readsTheEmbeddedModel() {
        const auto file = GgufFile::open(KVPRISM_EMBEDDED_MODEL);
        QVERIFY2(file.ok(), file.ok() ? "" : file.error().message.c_str());
        QCOMPARE((*file)->tensors().size(), std::size_t(272));
        QCOMPARE(*(*file)->count("tokenizer.ggml.tokens"), std::uint64_t(49152));
        QCOMPARE((*file)->texts("tokenizer.ggml.merges")->at(8), std::string("Ġt he"));
        QCOMPARE((*file)->findTensor("blk.29.ffn_down.weight")->shape,
                 (std::vector<std::uint64_t>{1536, 576}));
    }
};

QTEST_GUILESS_MAIN(TestGguf)
#include "test_gguf.moc"
