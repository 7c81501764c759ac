// SPDX-License-Identifier: GPL-3.0-or-later
// verify with the real engine and the embedded model.
#include "tests/cli/program.h"
#include "tests/paths.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>
#include <sqlite3.h>

using namespace kvprism::test;
using nlohmann::json;

class TestVerify : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;
    QString m_document, m_recording;

    QString path(const char* name) const { return m_home.filePath(QLatin1String(name)); }
    Finished ask(const QString& document, const QString& recording, const QStringList& more = {}) const {
        return runCli(QStringList{QStringLiteral("ask"), QStringLiteral("--document"), document,
                                  QStringLiteral("--question"), QStringLiteral("What is the secret number?"),
                                  QStringLiteral("--model"), QStringLiteral(KVPRISM_EMBEDDED_MODEL),
                                  QStringLiteral("--budget"), QStringLiteral("64"),
                                  QStringLiteral("--block-size"), QStringLiteral("64"),
                                  QStringLiteral("--max-new-tokens"), QStringLiteral("8"),
                                  QStringLiteral("--quiet"), QStringLiteral("--record"), recording} +
                          more,
                      m_home.path(), QByteArray("The secret number is 48213. ").repeated(12));
    }
    Finished verify(const QString& recording, const QStringList& more = {}) const {
        return runCli(QStringList{QStringLiteral("verify"), recording, QStringLiteral("--quiet")} + more,
                      m_home.path());
    }
    QString changedCopy(const char* name, const char* statement) const {
        const QString copy = path(name);
        QFile::remove(copy);
        if (!QFile::copy(m_recording, copy))
            return {};
        sqlite3* database = nullptr;
        const bool done = sqlite3_open(copy.toUtf8().constData(), &database) == SQLITE_OK &&
                          sqlite3_exec(database, statement, nullptr, nullptr, nullptr) == SQLITE_OK &&
                          sqlite3_changes(database) > 0;
        sqlite3_close(database);
        return done ? copy : QString();
    }

  private Q_SLOTS:
    void initTestCase() {
        m_document = path("text.txt");
        m_recording = path("run.kvtrace");
        QFile file(m_document);
        QVERIFY(file.open(QIODevice::WriteOnly) &&
                file.write(QByteArray("The secret number is 48213. Nothing else matters. ").repeated(12)) >
                    0);
        file.close();
        const Finished asked = ask(m_document, m_recording);
        QVERIFY2(asked.status == 0, asked.err.constData());
    }

    void aRunDoneAgainIsTheSame() {
        const Finished same = verify(m_recording);
        QVERIFY2(same.status == 0 && same.err.isEmpty(), same.err.constData());
        QVERIFY2(same.out.contains("the same choices in") && same.out.contains("and the same answer.\n"),
                 same.out.constData());
        const json told = json::parse(verify(m_recording, {QStringLiteral("--json")}).out.toStdString());
        QVERIFY(told["same"].get<bool>() && told["first_difference"].is_null());
        QCOMPARE(told["scores_differ_by"].get<double>(), 0.0);
        QCOMPARE(told["answers"].get<int>(), 1);
    }

    void aRunThatHashesIsTheSameAndExportsWhatItSaw() {
        const QString recording = path("lsh.kvtrace"), table = path("lsh.json");
        QCOMPARE(ask(m_document, recording, {QStringLiteral("--preset"), QStringLiteral("laser-kv")}).status,
                 0);
        const Finished same = verify(recording);
        QVERIFY2(same.status == 0 && same.out.endsWith(" and the same answer.\n"), same.out + same.err);
        const Finished exported = runCli({QStringLiteral("export"), recording, QStringLiteral("--view"),
                                          QStringLiteral("lsh"), QStringLiteral("--output"), table},
                                         m_home.path());
        QVERIFY2(exported.status == 0, exported.err.constData());
        QFile file(table);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const json rows = json::parse(file.readAll().toStdString())["rows"];
        QVERIFY(rows.size() > 100);
        for (const json& row : rows) {
            QVERIFY(row["collisions"].get<int>() >= 0 && row["collisions"].get<int>() <= 8);
            QVERIFY(row["signature:7"].get<int>() < 1024 && !row.contains("signature:8"));
            QVERIFY(row["rank"].get<int>() >= 1);
        }
    }

    void theFirstStepThatDiffersIsNamed() {
        // Recorded as if it had run with another width of the pool.
        const QString other =
            changedCopy("other.kvtrace", "UPDATE config SET value = '1' WHERE name = 'score-pool-width'; "
                                         "UPDATE config SET value = 'none' WHERE name = 'score-pool'");
        QVERIFY(!other.isEmpty());
        const Finished differs = verify(other);
        QCOMPARE(differs.status, 65);
        QVERIFY2(isOneSentence(differs.err) && differs.err.contains(": step ") &&
                     differs.err.contains(" differs: "),
                 differs.err.constData());
        const Finished told = verify(other, {QStringLiteral("--json")});
        QCOMPARE(told.status, 65);
        QVERIFY(json::parse(told.out.toStdString())["first_difference"]["step"].is_number());
    }

    void whatCannotBeRunAgainIsRefused() {
        const auto refuses = [&](const QString& recording, int status, const char* says,
                                 const QStringList& more = {}) {
            const Finished refused = verify(recording, more);
            const bool good = refused.status == status && isOneSentence(refused.err) &&
                              refused.err.contains(says) && refused.out.isEmpty();
            if (!good)
                qWarning("%d %s", refused.status, refused.err.constData());
            return good;
        };
        const QString bare = path("bare.kvtrace");
        QCOMPARE(ask(m_document, bare, {QStringLiteral("--without-text")}).status, 0);
        QVERIFY(refuses(bare, 65, "without its text"));
        QVERIFY(refuses(
            changedCopy("model.kvtrace",
                        "UPDATE about SET value = '00' || substr(value, 3) WHERE name = 'model_sha256'"),
            65, "is another model"));
        QVERIFY(refuses(
            changedCopy("gone.kvtrace", "UPDATE about SET value = '/no/model' WHERE name = 'model_path'"), 66,
            "--model"));
        QVERIFY(refuses(changedCopy("new.kvtrace", "INSERT INTO config VALUES (1000, 'crystal-ball', '1')"),
                        65, "crystal-ball"));
        QVERIFY(refuses(m_recording, 65, "is not the document",
                        {QStringLiteral("--document"), QStringLiteral(KVPRISM_SOURCE_DIR "/LICENSE")}));
        const QString text = path("changing.txt"), recording = path("changing.kvtrace");
        QVERIFY(QFile::copy(m_document, text));
        QCOMPARE(ask(text, recording).status, 0);
        QFile changing(text);
        QVERIFY(changing.open(QIODevice::Append) && changing.write("More.") > 0);
        changing.close();
        QVERIFY(refuses(recording, 65, "it has changed since"));
        QVERIFY(changing.remove()); // what was recorded of it is all of it
        QCOMPARE(verify(recording).status, 0);
    }

    void aDocumentFromStandardInputIsInItsRecording() {
        const QString recording = path("input.kvtrace");
        QCOMPARE(ask(QStringLiteral("-"), recording).status, 0);
        const Finished same = verify(recording);
        QVERIFY2(same.status == 0, same.err.constData());
    }
};

QTEST_GUILESS_MAIN(TestVerify)
#include "test_verify.moc"
