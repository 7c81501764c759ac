// SPDX-License-Identifier: GPL-3.0-or-later
// The real program: a window that only shows recordings has no libtorch in its memory, and
// nothing that reads PDFs.
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

class TestNoLibtorch : public QObject {
    Q_OBJECT

    static QByteArray mapOf(const QProcess& process) {
        QFile maps(QStringLiteral("/proc/%1/maps").arg(process.processId()));
        return maps.open(QIODevice::ReadOnly) ? maps.readAll() : QByteArray();
    }

  private Q_SLOTS:
    void isInTheProcessBeforeTheFirstRun() {
        QTemporaryDir profile;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
            environment.insert(QLatin1String(name), profile.filePath(QLatin1String(name)));
        environment.insert(QStringLiteral("QT_LOGGING_RULES"), QStringLiteral("kvprism.run=true"));
        QProcess window;
        window.setProcessEnvironment(environment);
        window.setProcessChannelMode(QProcess::MergedChannels);
        window.start(QStringLiteral(KVPRISM_WINDOW), {});
        QVERIFY2(window.waitForStarted(), "the window program is not there");
        QByteArray said;
        // Until the bundled recording is on the screen.
        while (!said.contains("at step") && window.waitForReadyRead(20000))
            said += window.readAll();
        QVERIFY2(said.contains("window shown") && said.contains("at step"), said.constData());
        const QByteArray map = mapOf(window);
        QVERIFY(map.contains("libQt6Widgets"));
        QVERIFY(!map.contains("libtorch") && !map.contains("libc10") && !map.contains("libkvprism_engine"));
        QVERIFY(!map.contains("libpoppler") && !map.contains("libkvprism_pdf"));
        window.terminate();
        QVERIFY(window.waitForFinished());
    }
};

QTEST_GUILESS_MAIN(TestNoLibtorch)
#include "test_no_libtorch.moc"
