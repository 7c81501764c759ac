// SPDX-License-Identifier: GPL-3.0-or-later
// Completion and manual, as the program makes them from its own subcommands.
#include "tests/cli/program.h"
#include "tests/paths.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace kvprism::test;

class TestShell : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;

    QByteArray printed(const QStringList& arguments) const { return runCli(arguments, m_home.path()).out; }

    // What bash offers for the last of the words.
    QList<QByteArray> offered(const QByteArray& words) const {
        QProcess bash;
        bash.setWorkingDirectory(m_home.path());
        bash.start(QStringLiteral("bash"),
                   {QStringLiteral("--norc"), QStringLiteral("-c"),
                    QStringLiteral("set -u; source <(\"$0\" completion bash); COMP_WORDS=(%1); "
                                   "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _kvprism_cli; "
                                   "printf '%s\\n' \"${COMPREPLY[@]}\"")
                        .arg(QString::fromUtf8(words)),
                    QStringLiteral(KVPRISM_CLI)});
        if (!bash.waitForFinished() || bash.exitCode() != 0)
            return {bash.readAllStandardError()};
        return bash.readAllStandardOutput().trimmed().split('\n');
    }

    // The program `name` finds nothing wrong with what comes from `arguments`; where it is not installed,
    // true.
    bool accepts(const char* name, const QStringList& options, const QByteArray& text) const {
        const QString program = QStandardPaths::findExecutable(QLatin1String(name));
        if (program.isEmpty())
            return true;
        QFile file(m_home.filePath(QStringLiteral("checked")));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            return false;
        file.close();
        QProcess process;
        process.start(program, options + QStringList{file.fileName()});
        const bool done = process.waitForFinished() && process.exitCode() == 0;
        const QByteArray errors = process.readAllStandardError();
        if (!done || !errors.isEmpty())
            qWarning("%s: %s", name, errors.constData());
        return done && errors.isEmpty();
    }

  private Q_SLOTS:
    void initTestCase() {
        QFile file(m_home.filePath(QStringLiteral("a run.kvtrace")));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }

    void bashOffersSubcommandsOptionsValuesAndFiles() {
        QVERIFY(offered("kvprism-cli ''").contains("ask"));
        QCOMPARE(offered("./kvprism com"), (QList<QByteArray>{"compare", "completion"}));
        QCOMPARE(offered("kvprism-cli com"), (QList<QByteArray>{"compare", "completion"}));
        QCOMPARE(offered("kvprism-cli ask --question Why --protection"),
                 QList<QByteArray>{"--protection-divisor"});
        QVERIFY(offered("kvprism-cli ask --").contains("--document"));
        QVERIFY(offered("kvprism-cli ask --method ''").contains("peak"));
        QCOMPARE(offered("kvprism-cli ask --mode acc"), QList<QByteArray>{"accumulate"});
        QCOMPARE(offered("kvprism-cli ask --document a"), QList<QByteArray>{"a run.kvtrace"});
        QCOMPARE(offered("kvprism-cli inspect a"), QList<QByteArray>{"a run.kvtrace"});
        QCOMPARE(offered("kvprism-cli bench f"), QList<QByteArray>{"facts"});
        QVERIFY(offered("kvprism-cli bench facts --").contains("--lengths"));
        QCOMPARE(offered("kvprism-cli ask --budget ''"), QList<QByteArray>{""});
        QVERIFY(!offered("kvprism-cli ask --").contains("--protection_divisor")); // hidden spellings stay so
    }

    void everyShellTakesItsScript() {
        QVERIFY(accepts("bash", {QStringLiteral("-n")},
                        printed({QStringLiteral("completion"), QStringLiteral("bash")})));
        QVERIFY(accepts("zsh", {QStringLiteral("-n")},
                        printed({QStringLiteral("completion"), QStringLiteral("zsh")})));
        QVERIFY(accepts("fish", {QStringLiteral("-n")},
                        printed({QStringLiteral("completion"), QStringLiteral("fish")})));
        for (const char* shell : {"bash", "zsh", "fish"}) {
            const QByteArray script = printed({QStringLiteral("completion"), QLatin1String(shell)});
            for (const char* word : {"export", "method", "peak", "facts"})
                QVERIFY2(script.contains(word), shell);
        }
        const Finished other = runCli({QStringLiteral("completion"), QStringLiteral("tcsh")}, m_home.path());
        QCOMPARE(other.status, 64);
        QVERIFY(isOneSentence(other.err) && other.err.contains("bash, zsh, fish"));
    }

    void theManualHasEverySubcommandAndOption() {
        const QByteArray manual = printed({QStringLiteral("man")});
        QVERIFY(manual.contains(".TH KVPRISM"));
        for (const char* part : {".SS ask", ".SS bench facts", "\\fB\\-\\-document\\fR",
                                 "\\fB\\-\\-budget\\fR \\fIN\\fR", "(default: auto)", ".SH EXIT STATUS"})
            QVERIFY2(manual.contains(part), part);
        QVERIFY(accepts("groff",
                        {QStringLiteral("-man"), QStringLiteral("-ww"), QStringLiteral("-Tutf8"),
                         QStringLiteral("-z"), QStringLiteral("-K"), QStringLiteral("utf8")},
                        manual));
    }
};

QTEST_GUILESS_MAIN(TestShell)
#include "test_shell.moc"
