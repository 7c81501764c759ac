// SPDX-License-Identifier: GPL-3.0-or-later
// No room for a file that grows, as on a full disk: the window says so while the run goes on, and loses
// nothing that was whole.
#include "engine/trace/recording_reader.h"
#include "tests/app/window_fixture.h"

#include <QProcess>

#include <csignal>
#include <sys/resource.h>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

// While it lives no file of this process can grow beyond so many bytes.
class FileLimit {
  public:
    explicit FileLimit(qint64 bytes) {
        getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{static_cast<rlim_t>(bytes), m_before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileLimit() { setrlimit(RLIMIT_FSIZE, &m_before); }

  private:
    rlimit m_before{};
    void (*m_handler)(int) = std::signal(SIGXFSZ, SIG_IGN); // as the program's main() does
};

} // namespace

class TestFullDisk : public QObject {
    Q_OBJECT

    static QPushButton* wayOn(WindowFixture& f) { return f.message()->findChild<QPushButton*>(); }

  private Q_SLOTS:
    void isSaidWhileTheRunGoesOn() {
        WindowFixture f(slowly(20));
        QVERIFY(f.openText() && f.ask(QStringLiteral("What number?")) && f.waitUntilReading(3));
        const QString recording = f.window->runs().request().recordingPath;
        {
            const FileLimit limit(QFileInfo(recording).size());
            QTRY_VERIFY(f.message()->sentence().contains(QStringLiteral("goes on unrecorded")));
            QVERIFY(f.window->runs().isRunning());
            QVERIFY(f.message()->sentence().contains(QFileInfo(recording).fileName()));
            QCOMPARE(wayOn(f)->text(), QStringLiteral("Stop"));
            QVERIFY(f.waitUntilIdle());
        }
        QCOMPARE(f.window->model().stepCount(), 50);
        QVERIFY(f.window->model().store().end());
        QCOMPARE(f.notes(), QStringList());
        const auto reader = trace::RecordingReader::open(recording.toStdString());
        QVERIFY(reader.ok());
        QVERIFY((*reader)->stepCount() >= 3 && (*reader)->stepCount() < 50);
        // With room again the same question is recorded whole.
        QVERIFY(!f.message()->sentence().isEmpty());
        QCOMPARE(wayOn(f)->text(), QStringLiteral("Ask again"));
        QTest::mouseClick(wayOn(f), Qt::LeftButton);
        QVERIFY(f.window->runs().isRunning());
        QVERIFY(f.waitUntilIdle());
        const QString again = f.window->runs().request().recordingPath;
        QVERIFY(again != recording);
        QVERIFY(trace::checkRecording(again.toStdString()).ok());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void letsTheRunBeStopped() {
        WindowFixture f(slowly(20));
        QVERIFY(f.openText() && f.ask(QStringLiteral("What number?")) && f.waitUntilReading(3));
        const FileLimit limit(QFileInfo(f.window->runs().request().recordingPath).size());
        QTRY_COMPARE(wayOn(f)->text(), QStringLiteral("Stop"));
        QTest::mouseClick(wayOn(f), Qt::LeftButton);
        QVERIFY(f.waitUntilIdle());
        QVERIFY(f.window->model().stepCount() < 50);
        QCOMPARE(f.notes(), QStringList());
    }

    // The program itself, under a limit that its unpacked sample does not fit in: the signal would end it.
    void doesNotEndTheProgram() {
        QTemporaryDir profile;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "TMPDIR"})
            environment.insert(QLatin1String(name), profile.path());
        environment.insert(QStringLiteral("QT_LOGGING_RULES"), QStringLiteral("kvprism.run=true"));
        QProcess window;
        window.setProcessEnvironment(environment);
        window.setProcessChannelMode(QProcess::MergedChannels);
        window.start(QStringLiteral("bash"),
                     {QStringLiteral("-c"), QStringLiteral("ulimit -f 4; exec \"$0\""),
                      QStringLiteral(KVPRISM_WINDOW)});
        QByteArray said;
        while (!said.contains("window shown") && window.waitForReadyRead(20000))
            said += window.readAll();
        QVERIFY2(said.contains("window shown"), said.constData());
        QVERIFY(!QDir(profile.path() + QStringLiteral("/kvprism/bundled"))
                     .exists(QStringLiteral("first_look.kvtrace")));
        QVERIFY(!window.waitForFinished(500)); // it lives
        window.terminate();
        QVERIFY(window.waitForFinished());
        QCOMPARE(window.exitStatus(), QProcess::CrashExit); // of our SIGTERM
    }
};

QTEST_MAIN(TestFullDisk)
#include "test_full_disk.moc"
