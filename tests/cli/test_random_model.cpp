// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/program.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace kvprism::test;

namespace {

QJsonObject objectOf(const QByteArray& json) {
    return QJsonDocument::fromJson(json).object();
}

} // namespace

// --random, from the command line.
class TestRandomModel : public QObject {
    Q_OBJECT

    QTemporaryDir m_home;
    QString m_document;

    Finished run(const QStringList& arguments) const { return runCli(arguments, m_home.path()); }
    Finished ask(const QStringList& more) const {
        return run(QStringList{QStringLiteral("ask"), QStringLiteral("--random"), QStringLiteral("tiny"),
                               QStringLiteral("--device"), QStringLiteral("cpu"),
                               QStringLiteral("--question"), QStringLiteral("What?"),
                               QStringLiteral("--max-new-tokens"), QStringLiteral("8"),
                               QStringLiteral("--json")} +
                   more);
    }
    Finished read(const QStringList& more) const {
        return ask(QStringList{QStringLiteral("--document"), m_document, QStringLiteral("--budget"),
                               QStringLiteral("256"), QStringLiteral("--block-size"), QStringLiteral("128")} +
                   more);
    }
    QString file(const char* name) const { return m_home.filePath(QLatin1String(name)); }

  private Q_SLOTS:
    void initTestCase() {
        m_document = file("document.txt");
        QFile text(m_document);
        QVERIFY(text.open(QIODevice::WriteOnly));
        text.write(QByteArray("One sentence after another. ").repeated(40));
    }

    void answersWithAsManyTokensAsAreAskedFor() {
        const Finished first = read({});
        QCOMPARE(first.err.contains("template is unknown"), false);
        QCOMPARE(first.status, 0);
        const QJsonObject result = objectOf(first.out);
        QCOMPARE(result[QLatin1String("stop_reason")].toString(), QStringLiteral("length"));
        const QJsonObject model = result[QLatin1String("model")].toObject();
        QCOMPARE(model[QLatin1String("name")].toString(), QStringLiteral("random tiny"));
        QCOMPARE(model[QLatin1String("path")].toString(), QStringLiteral("random:tiny"));
        QCOMPARE(result[QLatin1String("tokens")].toObject()[QLatin1String("answer")].toInt(), 8);
        const Finished again = read({});
        QCOMPARE(objectOf(again.out)[QLatin1String("answer")], result[QLatin1String("answer")]);
    }

    void isVerifiedAndRemembered() {
        const QString recording = file("run.kvtrace"), memory = file("run.kvmemory");
        const Finished asked =
            read({QStringLiteral("--record"), recording, QStringLiteral("--save-memory"), memory});
        QVERIFY2(asked.status == 0, asked.err.constData());
        const Finished verified = run({QStringLiteral("verify"), recording});
        QVERIFY2(verified.status == 0, verified.err.constData());
        QVERIFY(verified.out.contains("the same choices"));
        // Told from the shape alone: these weights would need 30 GB.
        const Finished other = run({QStringLiteral("verify"), recording, QStringLiteral("--model"),
                                    QStringLiteral("random:llama-3.1-8b")});
        QCOMPARE(other.status, 65);
        QVERIFY2(other.err.contains("another model"), other.err.constData());
        const Finished checked = run({QStringLiteral("inspect"), recording, QStringLiteral("--check")});
        QVERIFY2(checked.status == 0, checked.err.constData());
        const Finished remembered = ask({QStringLiteral("--memory"), memory});
        QVERIFY2(remembered.status == 0, remembered.err.constData());
        QCOMPARE(objectOf(remembered.out)[QLatin1String("answer")],
                 objectOf(asked.out)[QLatin1String("answer")]);
    }

    void isDescribed() {
        const Finished info = run({QStringLiteral("info"), QStringLiteral("--random"),
                                   QStringLiteral("llama-3.1-8b"), QStringLiteral("--json")});
        QCOMPARE(info.status, 0);
        const QJsonObject model = objectOf(info.out)[QLatin1String("model")].toObject();
        QCOMPARE(model[QLatin1String("layers")].toInt(), 32);
        QCOMPARE(model[QLatin1String("sha256")].toString().size(), 64);
        QCOMPARE(run({QStringLiteral("info"), QStringLiteral("--random"), QStringLiteral("tiny")}).status, 0);
        QCOMPARE(run({QStringLiteral("tokens"), QStringLiteral("--random"), QStringLiteral("tiny"),
                      QStringLiteral("ab")})
                     .out,
                 QByteArray("97 98\n"));
    }

    void refusesInOneSentence_data() {
        QTest::addColumn<QStringList>("arguments");
        const QStringList ask{QStringLiteral("ask"),   QStringLiteral("--document"),
                              file("document.txt"),    QStringLiteral("--question"),
                              QStringLiteral("What?"), QStringLiteral("--random")};
        QTest::newRow("unknown") << ask + QStringList{QStringLiteral("huge")};
        QTest::newRow("empty") << ask + QStringList{QString()};
        QTest::newRow("and a file") << ask + QStringList{QStringLiteral("tiny"), QStringLiteral("--model"),
                                                         QStringLiteral("x.gguf")};
        QTest::newRow("info") << QStringList{QStringLiteral("info"), QStringLiteral("--random"),
                                             QStringLiteral("huge")};
        QTest::newRow("tokens") << QStringList{QStringLiteral("tokens"), QStringLiteral("--random"),
                                               QStringLiteral("huge"), QStringLiteral("ab")};
        QTest::newRow("peer") << QStringList{QStringLiteral("bench"), QStringLiteral("--random"),
                                             QStringLiteral("tiny"), QStringLiteral("--peer"),
                                             QStringLiteral("llama-bench")};
    }
    void refusesInOneSentence() {
        QFETCH(QStringList, arguments);
        const Finished finished = run(arguments);
        QCOMPARE(finished.status, 64);
        QVERIFY2(isOneSentence(finished.err), finished.err.constData());
    }
};

QTEST_GUILESS_MAIN(TestRandomModel)
#include "test_random_model.moc"
