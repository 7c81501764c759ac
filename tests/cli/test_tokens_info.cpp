// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/paths.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace {

struct Outcome {
    int status = -1;
    QByteArray output, errors;
};

Outcome run(const QStringList& arguments,
            const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment()) {
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(KVPRISM_CLI), arguments);
    if (!process.waitForFinished(60000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

Outcome withModel(QStringList arguments) {
    arguments << QStringLiteral("--model") << QStringLiteral(KVPRISM_EMBEDDED_MODEL);
    return run(arguments);
}

} // namespace

// The subcommands `tokens` and `info`.
class TestTokensInfo : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString write(const char* name, const QByteArray& bytes) {
        QFile file(m_folder.filePath(QLatin1String(name)));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        file.write(bytes);
        return file.fileName();
    }

  private Q_SLOTS:
    void printsTheIdsOfAFileOnOneLine() {
        const Outcome outcome = withModel({QStringLiteral("tokens"), QStringLiteral("--file"),
                                           QStringLiteral(KVPRISM_SOURCE_DIR "/LICENSE")});
        QCOMPARE(outcome.status, 0);
        QVERIFY(outcome.output.startsWith("42185 28807 35185 49126 "));
        QVERIFY(outcome.output.endsWith("\n"));
        QCOMPARE(outcome.output.count('\n'), 1);
        QCOMPARE(outcome.output.count(' '), 7638);
        QCOMPARE(outcome.errors, QByteArray());
    }

    void takesSpecialTokensForTextUnlessAsked() {
        const QStringList text{QStringLiteral("tokens"), QStringLiteral("<|im_end|>")};
        QVERIFY(withModel(text).output.count(' ') > 1);
        QCOMPARE(withModel(text + QStringList{QStringLiteral("--parse-special")}).output, QByteArray("2\n"));
    }

    void showsEachPieceOnOneLineAndSafeForATerminal() {
        const Outcome outcome = withModel({QStringLiteral("tokens"), QStringLiteral("--pieces"),
                                           QStringLiteral("a \"q\\\" é\n\t\x1b[31m\u202e\u00a0 \U00020000")});
        QCOMPARE(outcome.status, 0);
        for (const char c : outcome.output)
            QVERIFY(c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20);
        QVERIFY(outcome.output.startsWith("81\t\"a\"\n"));
        for (const char* part : {"\\\"", "\\\\", "\" é\"", "\\n", "\\t", "\\x1b", "\\u{a0}", "\\xf0"})
            QVERIFY2(outcome.output.contains(part), part);
        QVERIFY(!outcome.output.contains("\u202e"));
    }

    void repairsAndSaysSo() {
        const Outcome outcome = withModel(
            {QStringLiteral("tokens"), QStringLiteral("--file"), write("damaged.txt", "caf\xe9 – au lait")});
        QCOMPARE(outcome.status, 0);
        QVERIFY(
            outcome.errors.contains("1 invalid UTF-8 sequence was replaced by U+FFFD, the first at byte 3."));
        QVERIFY(!outcome.output.contains("U+FFFD"));
    }

    void describesTheModel() {
        const Outcome outcome =
            withModel({QStringLiteral("info"), QStringLiteral("--dtype"), QStringLiteral("f32")});
        QCOMPARE(outcome.status, 0);
        for (const char* part :
             {"30 layers, 9 query / 3 KV heads of 64", "8,192 tokens", "gpt2/smollm, 49,152 tokens", "chatml",
              "instruction", "513.1 MiB in f32", "45.0 KiB per token", "budget of 1,024 tokens"})
            QVERIFY2(outcome.output.contains(part), part);
        QCOMPARE(outcome.errors, QByteArray());
    }

    void describesTheModelAsOneJsonObject() {
        const Outcome outcome =
            withModel({QStringLiteral("info"), QStringLiteral("--json"), QStringLiteral("--budget"),
                       QStringLiteral("512"), QStringLiteral("--dtype"), QStringLiteral("bf16")});
        QCOMPARE(outcome.status, 0);
        const QJsonObject json = QJsonDocument::fromJson(outcome.output).object();
        QCOMPARE(json[QLatin1String("budget")].toInt(), 512);
        const QJsonObject bytes = json[QLatin1String("bytes")].toObject();
        QCOMPARE(bytes[QLatin1String("per_token")].toInt(), 2 * 30 * 3 * 64 * 2);
        QCOMPARE(bytes[QLatin1String("budget")].toInt(), 512 * 2 * 30 * 3 * 64 * 2);
        // 134,515,008 parameters, of which 35,136 in norms.
        QCOMPARE(bytes[QLatin1String("weights")].toInt(), 2 * (134515008 - 35136) + 4 * 35136);
        QCOMPARE(json[QLatin1String("model")].toObject()[QLatin1String("sha256")].toString().size(), 64);
    }

    void loadsNoLibtorch() {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("LD_DEBUG"), QStringLiteral("files"));
        for (const char* command : {"info", "tokens"}) {
            QStringList arguments{QLatin1String(command), QStringLiteral("--model"),
                                  QStringLiteral(KVPRISM_EMBEDDED_MODEL)};
            if (command == std::string_view("tokens"))
                arguments << QStringLiteral("hello");
            const Outcome outcome = run(arguments, environment);
            QCOMPARE(outcome.status, 0);
            QVERIFY(outcome.errors.contains("libpcre2"));
            QVERIFY(!outcome.errors.contains("libtorch"));
        }
    }

    void refusesWithOneSentenceAndTheRightStatus_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("part");
        const auto row = [](const char* name, const char* arguments, int status, const char* part) {
            QTest::newRow(name) << QString::fromLatin1(arguments).split(QLatin1Char(' ')) << status
                                << QByteArray(part);
        };
        row("no text", "tokens", 64, "--file");
        row("text and file", "tokens x --file y", 64, "not both");
        row("unknown option", "tokens x --frobnicate", 64, "--frobnicate");
        row("unknown dtype", "info --dtype f64", 64, "f64");
        row("budget of letters", "info --budget many", 64, "budget");
        row("budget too small", "info --budget 3", 64, "budget");
        row("missing model", "info --model missing.gguf", 66, "missing.gguf");
        row("missing document", "tokens --file missing.txt", 66, "missing.txt");
        row("folder for a model", "info --model .", 66, "has no config.json");
        row("empty document", "tokens --file empty.txt", 65, "is empty");
        row("binary document", "tokens --file binary.txt", 65, "NUL byte");
        row("empty model", "info --model empty.txt", 65, "is empty");
        row("model of another kind", "tokens x --model text.txt", 65, "not a GGUF file");
        row("model cut short", "info --model cut.gguf", 65, "damaged or incomplete");
    }
    void refusesWithOneSentenceAndTheRightStatus() {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QByteArray, part);
        write("empty.txt", "");
        write("binary.txt", QByteArray("a\0b", 3));
        write("text.txt", "no model at all");
        QFile model(QStringLiteral(KVPRISM_EMBEDDED_MODEL));
        QVERIFY(model.open(QIODevice::ReadOnly));
        write("cut.gguf", model.read(100000));
        for (QString& argument : arguments)
            if (QFile::exists(m_folder.filePath(argument)) && argument.contains(QLatin1Char('.')) &&
                argument.size() > 1)
                argument = m_folder.filePath(argument);
        const bool needsModel = !arguments.contains(QStringLiteral("--model"));
        const Outcome outcome = needsModel ? withModel(arguments) : run(arguments);
        QCOMPARE(outcome.status, status);
        QCOMPARE(outcome.output, QByteArray());
        QVERIFY2(outcome.errors.contains(part), outcome.errors.constData());
        QCOMPARE(outcome.errors.count('\n'), 1);
    }

    void saysHowToGetTheEmbeddedModel() {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("XDG_CACHE_HOME"), m_folder.path());
        const Outcome outcome = run({QStringLiteral("tokens"), QStringLiteral("x")}, environment);
        QCOMPARE(outcome.status, 66);
        QVERIFY(outcome.errors.contains("./kvprism setup"));
    }

    void failsWhereStandardOutputIsFull() {
        QProcess process;
        process.setStandardOutputFile(QStringLiteral("/dev/full"));
        process.start(QStringLiteral(KVPRISM_CLI),
                      {QStringLiteral("tokens"), QStringLiteral("x"), QStringLiteral("--model"),
                       QStringLiteral(KVPRISM_EMBEDDED_MODEL)});
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitCode(), 74);
    }
};

QTEST_GUILESS_MAIN(TestTokensInfo)
#include "test_tokens_info.moc"
