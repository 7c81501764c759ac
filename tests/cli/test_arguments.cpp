// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/options.h"
#include "tests/cli/program.h"
#include "tests/paths.h"
#include "tests/support/pdf_builder.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace kvprism;
using namespace kvprism::test;

class TestArguments : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_home.isValid());
        write("text.txt", "A short text about nothing in particular.\n");
        write("empty.txt", "");
        write("notes.csv", "my own table\n");
        write("binary.bin", QByteArray("ELF\0\1\2\3", 7));
        write("latin.txt", "caf\xe9 au lait\n");
        write("blank.txt", " \n\n");
        write("broken.pdf", QByteArray::fromStdString(test::pdf({"cut"}).substr(0, 150)));
        write("locked.pdf", QByteArray::fromStdString(test::lockedPdf()));
        write("scanned.pdf", QByteArray::fromStdString(test::pdf({""})));
        QFile huge(path("huge.txt"));
        QVERIFY(huge.open(QIODevice::WriteOnly) && huge.resize(100 << 20));
    }
    void badArgumentsAreOneSentenceAndTheRightStatus_data() {
        QTest::addColumn<QString>("line"); // words; %1 is the folder with the files
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("says");
        const auto add = [](const char* line, int status, const char* says) {
            QTest::addRow("%s", line) << QString::fromUtf8(line) << status << QByteArray(says);
        };
        const char* const ask = "ask --document %1/text.txt --question why ";
        const auto addAsk = [&](const std::string& options, int status, const char* says) {
            add((ask + options).c_str(), status, says);
        };
        add("", 64, "subcommand");
        add("nonsense", 64, "nonsense");
        add("asks", 64, "did you mean ask?");
        add("bench fact", 64, "did you mean facts?");
        add("ask What now", 64, "'What' is one word too many for ask");
        add("ask", 64, "--document");
        add("ask --document", 64, "--document");
        add("ask --document %1/text.txt", 64, "--question");
        add("ask --document - ", 64, "--question");
        add("ask --document %1/text.txt --json", 64, "--question");
        add("ask --document %1/text.txt --question=", 64, "--question");
        add("ask --document %1/missing.txt --question why", 66, "missing.txt");
        add("ask --document %1 --question why", 66, "folder");
        add("ask --document %1/empty.txt --question why", 65, "empty");
        add("ask --document %1/binary.bin --question why", 65, "binary.bin");
        add("ask --document %1/huge.txt --question why", 65, "64 MiB");
        add("ask --document - --question why", 65, "standard input");
        add("ask --document %1/latin.txt --question why", 65, "offset 3");
        add("ask --document %1/broken.pdf --question why", 65, "damaged or cut off");
        add("ask --document %1/locked.pdf --question why", 65, "password");
        add("ask --document %1/scanned.pdf --question why", 65, "OCR");
        add("ask --document %1/text.txt --questions", 64, "--questions needs a value");
        add("ask --document %1/text.txt --questions %1/none.txt", 66, "none.txt");
        add("ask --document %1/text.txt --questions %1/blank.txt", 65, "nothing but white space");
        add("ask --document %1/text.txt --questions %1/latin.txt", 65, "offset 3");
        add("ask --document - --questions -", 64, "standard input");
        add("ask --document %1/text.txt --questions %1/text.txt --record %1/r.kvtrace", 64, "--record");
        addAsk("--questions %1/text.txt", 64, "--question");
        addAsk("--frobnicate", 64, "--frobnicate");
        addAsk("--budget", 64, "--budget");
        addAsk("--budget 0", 64, "--budget");
        addAsk("--budget -5", 64, "--budget");
        addAsk("--budget many", 64, "--budget");
        addAsk("--budget 1 --budget 2", 64, "--budget is given twice: give it once.");
        addAsk("--bugdet 3 --zzz", 64, "--bugdet is no option of ask; did you mean --budget?");
        addAsk("--model --json", 64, "--model needs a value");
        addAsk("--model=", 64, "--model is empty");
        addAsk("--record=", 64, "--record is empty");
        addAsk("--threads 1.5", 64, "--threads takes a whole number from 0 to 1024, not '1.5'.");
        addAsk("--seed -1", 64, "--seed takes a whole number from 0 to 18446744073709551615, not '-1'.");
        addAsk("--record %1/none/r.kvtrace", 74, "no folder");
        addAsk("--record %1", 74, "is not a file");
        addAsk("--record /dev/null", 74, "is not a file");
        addAsk("--record %1/text.txt", 74, "left alone");
        addAsk(("--record %1/" + std::string(250, 'n')).c_str(), 74, "too long");
        add("info --model --json", 64, "--model needs a value");
        add("bench speed --peer=", 64, "--peer is empty");
        add("demo --seed -1", 64, "--seed takes a whole number");
        add("perplexity --model %1/m.gguf --document %1/text.txt --per-token %1/text.txt", 64,
            "which is read");
        add("perplexity --model %1/text.txt --document - --per-token %1/text.txt", 64, "which is read");
        add("perplexity --model %1/m.gguf --document %1/text.txt --per-token %1/notes.csv", 64, "left alone");
        add("perplexity --model %1/m.gguf --document %1/text.txt --per-token %1", 64, "is no file");
        add("perplexity --model %1/m.gguf --document %1/text.txt --per-token %1/no/t.csv", 74, "t.csv");
        addAsk("--budget 64 --compression-ratio 0.5", 64, "--compression-ratio");
        addAsk("--compression_ratio 2", 64, "--compression-ratio");
        addAsk("--method lhs", 64, "peak, exact, lsh, hybrid, snapkv, h2o, knorm, recency, random, none");
        addAsk("--preset laser", 64, "prism");
        addAsk("--mode sideways", 64, "recursive, accumulate");
        addAsk("--method recency --mode accumulate", 64, "recursive");
        addAsk("--method recency --scoring question", 64, "--scoring");
        addAsk("--mode recursive --compression_mode accumulate", 64, "twice");
        addAsk("--block_size 4 --block-size 5", 64, "twice");
        addAsk("--protection-divisor 2", 64, "--protection-divisor");
        addAsk("--backend fast", 64, "auto, eager");
        addAsk("--positions relative", 64, "auto, absolute");
        addAsk("--device tpu", 64, "--device");
        addAsk("--dtype f64", 64, "--dtype");
        addAsk("--threads -1", 64, "--threads");
        addAsk("--stop-words a\\q", 64, "--stop-words");
        addAsk("--temperature -1", 64, "--temperature");
        addAsk("--record a.kvtrace --no-record", 64, "--no-record");
        addAsk("--quiet --verbose", 64, "--quiet");
        for (const char* flag : {"--dataset_config x", "--dataset-split x", "--num_samples 3",
                                 "--start-sample-index 0", "--results_file x", "--save_dir x"})
            addAsk(flag, 64, "evaluate");
        add("perplexity", 64, "--document");
        add("perplexity --document %1/missing.txt", 66, "missing.txt");
        add("perplexity --document %1/text.txt --budget x", 64, "--budget");
        add("methods --nonsense", 64, "--nonsense");
        add("bench facts --methods magic", 64, "magic");
        add("bench facts --lengths 12", 66, "setup"); // no embedded model in this home
        add("bench speed --tokens 0", 64, "--tokens");
        add("bench explorer --tokens 10", 64, "--tokens");
        add("bench explorer --size 1280", 64, "as 1280x800, not '1280'");
        add("bench explorer --size 1280x8", 64, "from 400 to 16384");
        add("bench explorer --budget 16", 64, "budget");
        add("demo --model %1/missing.gguf", 66, "missing.gguf");
        add("demo --budget 0", 64, "--budget");
    }
    void badArgumentsAreOneSentenceAndTheRightStatus() {
        QFETCH(QString, line);
        QFETCH(int, status);
        QFETCH(QByteArray, says);
        QStringList arguments = line.split(QLatin1Char(' '), Qt::SkipEmptyParts);
        for (QString& argument : arguments)
            argument.replace(QStringLiteral("%1"), m_home.path());
        const Finished finished = runCli(arguments, m_home.path());
        QVERIFY2(finished.status == status, finished.err.constData());
        QVERIFY2(isOneSentence(finished.err), finished.err.constData());
        QVERIFY2(finished.err.contains(says), finished.err.constData());
        QCOMPARE(finished.out, QByteArray());
    }
    void aMessageIsOneLineAndHarmlessToATerminal() {
        const Finished finished =
            runCli({QStringLiteral("ask"), QStringLiteral("--document"), QStringLiteral("no\n\x1b[2Jsuch"),
                    QStringLiteral("--question"), QStringLiteral("why")},
                   m_home.path());
        QCOMPARE(finished.status, 66);
        QVERIFY(isOneSentence(finished.err));
        QVERIFY2(finished.err.contains("no\\n\\x1b[2Jsuch"), finished.err.constData());
        const Finished word = runCli({QStringLiteral("\x1b]0;x")}, m_home.path());
        QVERIFY(isOneSentence(word.err) && !word.err.contains('\x1b'));
    }
    void aQuestionHasToBeText_data() {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("blanks") << QStringLiteral("--question") << QByteArray(" \t ")
                                << QByteArray("is empty");
        QTest::newRow("Latin-1") << QStringLiteral("--question") << QByteArray("caf\xe9?")
                                 << QByteArray("--question is not valid UTF-8 at byte 3");
        QTest::newRow("another") << QStringLiteral("--stop-words") << QByteArray("\xff")
                                 << QByteArray("--stop-words is not valid UTF-8 at byte 0");
    }
    void aQuestionHasToBeText() {
        QFETCH(QString, option);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, says);
        // Bytes that are no text have to pass a shell: QProcess would turn them into text.
        QProcess process;
        process.setProcessEnvironment(environmentIn(m_home.path()));
        QString octal;
        for (const char c : value)
            octal += QStringLiteral("\\%1").arg(static_cast<unsigned char>(c), 3, 8, QLatin1Char('0'));
        process.start(
            QStringLiteral("bash"),
            {QStringLiteral("-c"),
             QStringLiteral("\"$0\" ask --document \"$1\" %1 $'%2' %3")
                 .arg(option, octal,
                      option == QStringLiteral("--question") ? QString() : QStringLiteral("--question why")),
             QStringLiteral(KVPRISM_CLI), path("text.txt")});
        QVERIFY(process.waitForFinished());
        const QByteArray err = process.readAllStandardError();
        QVERIFY2(process.exitCode() == 64, err.constData());
        QVERIFY2(isOneSentence(err) && err.contains(says), err.constData());
    }
    void helpAndVersionAreNoErrors() {
        const Finished version = runCli({QStringLiteral("--version")}, m_home.path());
        QCOMPARE(version.status, 0);
        QVERIFY(version.out.contains(KVPRISM_VERSION));
        const Finished help = runCli({QStringLiteral("ask"), QStringLiteral("--help")}, m_home.path());
        QCOMPARE(help.status, 0);
        for (const select::OptionSpec& spec : select::optionTable())
            QVERIFY2(help.out.contains(
                         "--" + QByteArray(spec.name.data(), static_cast<qsizetype>(spec.name.size())) + " "),
                     spec.name.data());
        QVERIFY(!help.out.contains("dataset"));
    }
    void aClosedStandardOutputIsAnErrorAndNoCrash() {
        // /dev/full refuses every byte.
        for (const char* argument : {"methods", "--help", "--version"}) {
            QProcess process;
            process.setProcessEnvironment(environmentIn(m_home.path()));
            process.setStandardOutputFile(QStringLiteral("/dev/full"));
            process.start(QStringLiteral(KVPRISM_CLI), {QString::fromLatin1(argument)});
            QVERIFY(process.waitForFinished());
            QCOMPARE(process.exitCode(), 74);
            QVERIFY(isOneSentence(process.readAllStandardError()));
        }
    }

  private:
    QString path(const char* name) const { return m_home.filePath(QString::fromLatin1(name)); }
    void write(const char* name, const QByteArray& content) {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
    }

    QTemporaryDir m_home;
};

QTEST_GUILESS_MAIN(TestArguments)
#include "test_arguments.moc"
