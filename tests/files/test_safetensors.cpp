// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/model_config.h"
#include "engine/files/safetensors.h"
#include "engine/files/safetensors_header.h"
#include "engine/files/tensor_names.h"
#include "tests/files/gguf_builder.h"
#include "tests/paths.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <random>

using namespace kvprism;
using namespace kvprism::files;
using namespace kvprism::tests;

namespace {

std::string fileOf(const std::string& header, std::size_t dataBytes) {
    return raw<std::uint64_t>(header.size()) + header + std::string(dataBytes, 'd');
}

Result<std::vector<Tensor>> read(const std::string& bytes) {
    return readSafetensors(std::as_bytes(std::span(bytes)), "tiny.safetensors");
}

// A tensor of a header: F32 unless said otherwise.
std::string entry(const std::string& name, const std::string& shape, const std::string& offsets,
                  const std::string& type = "F32") {
    return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape +
           ",\"data_offsets\":" + offsets + "}";
}

} // namespace

class TestSafetensors : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    // A copy of a model's folder, to be spoiled.
    QString copyOf(const char* family) {
        static int number = 0;
        const QString path = m_folder.filePath(QString::number(++number));
        QDir().mkpath(path);
        const QString from = QStringLiteral(KVPRISM_TEST_DATA "/model/families/") + QLatin1String(family);
        for (const QString& name : QDir(from).entryList(QDir::Files)) {
            QFile::copy(from + QLatin1Char('/') + name, path + QLatin1Char('/') + name);
            QFile::setPermissions(path + QLatin1Char('/') + name, QFile::ReadOwner | QFile::WriteOwner);
        }
        return path;
    }
    static QByteArray contents(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    static void write(const QString& path, const QByteArray& content) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    static std::string failure(const QString& folder) {
        const auto model = openModel(folder.toStdString());
        if (!model)
            return model.error().message;
        const auto config = readModelConfig(**model);
        return config ? std::string() : config.error().message;
    }

  private Q_SLOTS:
    void readsTensorsInTheOrderOfTheirData() {
        const auto tensors =
            read(fileOf("{\"__metadata__\":{\"format\":\"pt\"}," + entry("b", "[2,3]", "[4,28]") + "," +
                            entry("a", "[]", "[0,4]") + "," + entry("c", "[4]", "[28,36]", "BF16") + "}   ",
                        36));
        QVERIFY2(tensors.ok(), tensors.ok() ? "" : tensors.error().message.c_str());
        QCOMPARE(tensors->size(), std::size_t(3));
        QCOMPARE((*tensors)[0].name, std::string("a"));
        QCOMPARE((*tensors)[0].elements, std::uint64_t(1));
        QCOMPARE((*tensors)[1].shape, (std::vector<std::uint64_t>{3, 2})); // the fastest dimension first
        QCOMPARE((*tensors)[1].data.size(), std::size_t(24));
        QCOMPARE((*tensors)[2].type, TensorType::bf16);
        QVERIFY(read(fileOf("{}", 0)).ok());
    }

    void refusesWhatTheFormatForbids_data() {
        QTest::addColumn<std::string>("bytes");
        QTest::addColumn<QByteArray>("part");
        const auto row = [](const char* name, const std::string& bytes, const char* part) {
            QTest::newRow(name) << bytes << QByteArray(part);
        };
        const std::string one = entry("a", "[2]", "[0,8]");
        const auto header = [&](const char* name, const std::string& text, const char* part,
                                std::size_t dataBytes = 8) { row(name, fileOf(text, dataBytes), part); };
        row("nothing", "", "ends within the length");
        row("half a length", "\x02\0\0", "ends within the length");
        row("a header beyond the file", raw<std::uint64_t>(100) + "{}", "100 bytes, but only 2 follow");
        row("a header of an exabyte", raw<std::uint64_t>(1ULL << 60) + "{}", "more than 100000000");
        row("no header", raw<std::uint64_t>(0), "does not begin with '{'");
        header("a space first", " {}", "does not begin with '{'");
        header("a list", "[]", "does not begin with '{'");
        header("a line feed behind", "{}\n", "does not end with '}'");
        header("no JSON", "{" + one + ",}", "is no JSON");
        header("two objects", "{}{}", "is no JSON");
        header("no UTF-8", "{\"\xff\":1}", "is no JSON");
        header("a number for a tensor", "{\"a\":1}", "a number where none belongs");
        header("a list for a tensor", "{\"a\":[]}", "a list where none belongs");
        header("a name twice", "{" + one + "," + entry("a", "[0]", "[8,8]") + "}", "has the name 'a' twice");
        header("a field twice",
               "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
               "the field 'dtype' twice");
        header("another field", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}",
               "a field 'x'");
        header("no shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}",
               "lacks dtype, shape or data_offsets");
        header("metadata of numbers", "{\"__metadata__\":{\"a\":1}}", "a number where none belongs", 0);
        header("metadata that nests", "{\"__metadata__\":{\"a\":{}}}", "an object where none belongs", 0);
        header("a type that is none", "{" + entry("a", "[2]", "[0,8]", "F31") + "}",
               "which the format does not know");
        header("a negative size", "{" + entry("a", "[-2]", "[0,8]") + "}", "a negative number");
        header("a size of a fraction", "{" + entry("a", "[2.0]", "[0,8]") + "}", "a fraction");
        header("one offset", "{" + entry("a", "[2]", "[8]") + "}", "no range within");
        header("offsets turned round", "{" + entry("a", "[2]", "[8,0]") + "}", "no range within");
        header("offsets beyond the data", "{" + entry("a", "[3]", "[0,12]") + "}", "no range within");
        header("a hole before", "{" + entry("a", "[1]", "[4,8]") + "}",
               "begins at 4, but the one before ends at 0");
        header("a hole between", "{" + entry("a", "[1]", "[0,4]") + "," + entry("b", "[1]", "[8,12]") + "}",
               "begins at 8, but the one before ends at 4", 12);
        header("an overlap", "{" + one + "," + entry("b", "[1]", "[4,8]") + "}", "begins at 4");
        header("a hole behind", "{" + entry("a", "[1]", "[0,4]") + "}", "end at 4 of 8");
        header("fewer bytes than the shape needs", "{" + entry("a", "[3]", "[0,8]") + "}",
               "not what its shape");
        header("a shape that overflows", "{" + entry("a", "[4294967296,4294967296,4]", "[0,8]") + "}",
               "not what its shape");
        header("a shape of 2^62 values of 4 bytes", "{" + entry("a", "[4611686018427387904]", "[0,0]") + "}",
               "not what its shape", 0);
        std::string many = "[1";
        for (int i = 0; i < 70; ++i)
            many += ",1";
        header("70 dimensions", "{" + entry("a", many + "]", "[0,4]") + "}", "more than 64 numbers");
    }
    void refusesWhatTheFormatForbids() {
        QFETCH(std::string, bytes);
        QFETCH(QByteArray, part);
        const auto tensors = read(bytes);
        QVERIFY(!tensors.ok());
        QCOMPARE(tensors.error().code, ErrorCode::malformed);
        QVERIFY2(tensors.error().message.find(part.toStdString()) != std::string::npos,
                 tensors.error().message.c_str());
        QVERIFY(tensors.error().message.starts_with("tiny.safetensors: "));
    }
    void saysWhichTypesItDoesNotRead() {
        const auto tensors = read(fileOf("{" + entry("a", "[8]", "[0,8]", "F8_E4M3") + "}", 8));
        QCOMPARE(tensors.error().code, ErrorCode::unavailable);
        QVERIFY(tensors.error().message.find("F8_E4M3") != std::string::npos);
    }
    void survivesAnyHeader() {
        std::mt19937 random(5);
        const std::string whole =
            fileOf("{\"__metadata__\":{\"format\":\"pt\"}," + entry("b", "[2,3]", "[4,28]") + "," +
                       entry("a", "[]", "[0,4]") + "}",
                   28);
        QVERIFY(read(whole).ok());
        for (int round = 0; round < 5000; ++round) {
            std::string bytes = whole;
            for (std::size_t changes = 1 + random() % 3; changes > 0; --changes)
                bytes[random() % bytes.size()] = static_cast<char>("0123456789{}[]\",:-e\xff"[random() % 21]);
            if (random() % 4 == 0)
                bytes.resize(random() % bytes.size());
            if (const auto tensors = read(bytes); !tensors)
                QVERIFY(tensors.error().code == ErrorCode::malformed ||
                        tensors.error().code == ErrorCode::unavailable);
        }
    }

    void opensAFolderOrOneOfItsFiles() {
        for (const char* family : {"smollm2", "llama3"}) { // one file; three files with an index
            const QString folder = copyOf(family);
            QCOMPARE(failure(folder), std::string());
            const auto model = openModel(folder.toStdString());
            QCOMPARE((*model)->path(), folder.toStdString());
            QCOMPARE((*model)->files().size(), std::size_t(family == std::string("llama3") ? 5 : 2));
            QVERIFY((*model)->findTensor("blk.1.ffn_down.weight") != nullptr);
            QCOMPARE(sha256OfModel(**model)->size(), std::size_t(64));
        }
        const QString folder = copyOf("smollm2");
        const auto byFile = openModel((folder + QStringLiteral("/model.safetensors")).toStdString());
        QVERIFY(byFile.ok());
        QCOMPARE((*byFile)->path(), folder.toStdString());
    }
    void givesAModelAHashOfAllItsFiles() {
        const QString folder = copyOf("smollm2");
        const std::string before = *sha256OfModel(**openModel(folder.toStdString()));
        QCOMPARE(*sha256OfModel(**openModel(folder.toStdString())), before);
        write(folder + QStringLiteral("/chat_template.jinja"), "x");
        QVERIFY(*sha256OfModel(**openModel(folder.toStdString())) != before);
    }

    void refusesAFolderThatIsNoModel_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<std::function<QByteArray(QByteArray)>>("change");
        QTest::addColumn<QByteArray>("part");
        using Change = std::function<QByteArray(QByteArray)>;
        const auto row = [](const char* test, const char* name, Change change, const char* part) {
            QTest::newRow(test) << QString::fromLatin1(name) << std::move(change) << QByteArray(part);
        };
        const auto replaced = [](const char* from, const char* to) {
            return Change([=](QByteArray text) {
                const QByteArray changed = QByteArray(text).replace(from, to);
                if (changed == text)
                    qFatal("%s is not there", from);
                return changed;
            });
        };
        const char* index = "model.safetensors.index.json";
        row("no configuration", "config.json", {}, "has no config.json");
        row("no tensors", "model-00002-of-00003.safetensors", {}, "Cannot open");
        row("an index that is no JSON", index, replaced("{", "["), "no JSON object");
        row("an index without a map", index, replaced("weight_map", "map"), "no 'weight_map'");
        for (const char* name :
             {"../model-00001-of-00003.safetensors", "/etc/passwd", "/tmp/x.safetensors", ".safetensors",
              "sub/x.safetensors", "a\\\\b.safetensors", "x\\u0000.safetensors", "config.json"})
            row(name, index, replaced("model-00001-of-00003.safetensors", name), "something else than");
        row("an index that lies", index,
            replaced("\"lm_head.weight\": \"model-00003-of-00003.safetensors\"",
                     "\"lm_head.weight\": \"model-00002-of-00003.safetensors\""),
            "'lm_head.weight' is not in 'model-00002-of-00003.safetensors'");
        row("another family", "config.json", replaced("\"llama\"", "\"gemma3_text\""),
            "'gemma3_text' is not supported");
        row("no layers", "config.json", replaced("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 0"),
            "'num_hidden_layers' is 0");
        row("a text for a number", "config.json", replaced("\"hidden_size\": 32", "\"hidden_size\": \"32\""),
            "'hidden_size' is \"32\"");
        row("a number beyond 64 bits", "config.json",
            replaced("\"hidden_size\": 32", "\"hidden_size\": 18446744073709551615"), "'hidden_size' is");
        row("another shape", "config.json",
            replaced("\"intermediate_size\": 48", "\"intermediate_size\": 64"), "mlp.");
        row("a layer too many", "config.json",
            replaced("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1"),
            "is none that a model of the family 'llama'");
        row("a layer too few", "config.json",
            replaced("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"), "is missing");
        row("KV heads that do not divide", "config.json",
            replaced("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3"), "no multiple of the 3");
        row("another scaling", "config.json",
            replaced("\"rope_type\": \"llama3\"", "\"rope_type\": \"yarn\""), "'yarn' is not supported");
        row("a scaling without its factor", "config.json", replaced("\"factor\": 8.0,", ""),
            "'factor' is missing");
        row("factors turned round", "config.json",
            replaced("\"low_freq_factor\": 1.0", "\"low_freq_factor\": 5.0"), "not below");
        row("a bias", "config.json", replaced("\"attention_bias\": false", "\"attention_bias\": true"),
            "'attention_bias'");
        row("another activation", "config.json", replaced("\"silu\"", "\"gelu\""), "'gelu' is not supported");
        row("quantised", "config.json",
            replaced("\"hidden_act\"", "\"quantization_config\": {}, \"hidden_act\""), "quantised model");
    }
    void refusesAFolderThatIsNoModel() {
        QFETCH(QString, name);
        QFETCH(std::function<QByteArray(QByteArray)>, change);
        QFETCH(QByteArray, part);
        const QString folder = copyOf("llama3");
        QCOMPARE(failure(folder), std::string());
        const QString path = folder + QLatin1Char('/') + name;
        const QByteArray before = contents(path);
        QVERIFY(QFile::remove(path));
        if (change)
            write(path, change(before));
        const std::string message = failure(folder);
        QVERIFY2(message.find(part.toStdString()) != std::string::npos, message.c_str());
        QVERIFY(message.ends_with("."));
    }

    void refusesATensorInTwoFiles() {
        const QString folder = copyOf("smollm2");
        const QByteArray tensors = contents(folder + QStringLiteral("/model.safetensors"));
        write(folder + QStringLiteral("/a.safetensors"), tensors);
        write(folder + QStringLiteral("/b.safetensors"), tensors);
        write(folder + QStringLiteral("/model.safetensors.index.json"),
              R"({"weight_map": {"model.norm.weight": "a.safetensors",
                                 "model.embed_tokens.weight": "b.safetensors"}})");
        const std::string message = failure(folder);
        QVERIFY2(message.find("is in it twice") != std::string::npos, message.c_str());
    }

    void knowsTheNamesOfBothKindsOfFile() {
        for (const auto& [gguf, safetensors] :
             {std::pair("token_embd.weight", "model.embed_tokens.weight"),
              std::pair("output.weight", "lm_head.weight"),
              std::pair("blk.31.attn_q.bias", "model.layers.31.self_attn.q_proj.bias"),
              std::pair("blk.0.attn_k_norm.weight", "model.layers.0.self_attn.k_norm.weight"),
              std::pair("blk.7.ffn_norm.weight", "model.layers.7.post_attention_layernorm.weight")}) {
            QCOMPARE(toGgufName(safetensors), std::string(gguf));
            QCOMPARE(toSafetensorsName(gguf), std::string(safetensors));
        }
        for (const char* other :
             {"", "x", "blk.", "blk.1", "blk.1.", "model.layers..x", "model.layers.1.x.weight",
              "model.layers.1self_attn.q_proj.weight", "rope_freqs.weight"})
            QCOMPARE(toGgufName(other), std::string(other));
    }
};

QTEST_GUILESS_MAIN(TestSafetensors)
#include "test_safetensors.moc"
