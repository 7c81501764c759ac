// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/sha256.h"

#include <QTemporaryFile>
#include <QTest>

using namespace kvprism;

class TestSha256 : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void agreesWithTheStandardsExamples() {
        QCOMPARE(files::sha256(""),
                 std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        QCOMPARE(files::sha256("abc"),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    }
    void isTheSameOfAFileUnlessItIsStopped() {
        QTemporaryFile file;
        QVERIFY(file.open());
        const QByteArray bytes(3 * (1 << 20) + 17, 'x'); // more than is read at once
        QCOMPARE(file.write(bytes), qint64(bytes.size()));
        QVERIFY(file.flush());
        const std::string path = file.fileName().toStdString();
        QCOMPARE(*files::sha256OfFile(path), files::sha256({bytes.constData(), std::size_t(bytes.size())}));
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = files::sha256OfFile(path, stop.get_token());
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::interrupted);
        QCOMPARE(files::sha256OfFile(path + "-missing").error().code, ErrorCode::noInput);
    }
};

QTEST_GUILESS_MAIN(TestSha256)
#include "test_sha256.moc"
