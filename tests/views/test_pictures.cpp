// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording_writer.h"
#include "tests/support/synthetic_run.h"

#include <QFile>
#include <QImage>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <dlfcn.h>

using namespace kvprism;

// As the command line does it: no Qt application, the library loaded by name.
class TestPictures : public QObject {
    Q_OBJECT

    using Draw = int (*)(const char*, const char*, char*, int);
    Draw m_draw = nullptr;

    std::string path(const char* name) const {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }
    QTemporaryDir m_folder;

  private Q_SLOTS:
    void initTestCase() {
        void* library = dlopen(KVPRISM_PICTURES, RTLD_NOW | RTLD_LOCAL);
        QVERIFY2(library, dlerror());
        m_draw = reinterpret_cast<Draw>(dlsym(library, "kvprism_draw_survival_map"));
        QVERIFY(m_draw);
        auto writer = trace::RecordingWriter::create(path("run.kvtrace"));
        QVERIFY(writer.ok());
        test::produceSyntheticRun({}, **writer);
        QVERIFY((*writer)->status().ok());
    }

    void drawsTheMapOfARecording() {
        std::array<char, 400> message{};
        for (int again = 0; again < 2; ++again) {
            const int status =
                m_draw(path("run.kvtrace").c_str(), path("map.png").c_str(), message.data(), 400);
            QVERIFY2(status == 0, message.data());
            const QImage picture(m_folder.filePath(QStringLiteral("map.png")));
            QVERIFY(picture.width() >= 1200 && picture.height() >= 500);
            int orange = 0;
            for (int y = 0; y < picture.height(); ++y)
                for (int x = 0; x < picture.width(); ++x)
                    orange += picture.pixelColor(x, y) == QColor(0xe69f00);
            QVERIFY(orange > 1000); // global memory
        }
    }

    void keepsQtsOwnWordsOffStandardError() {
        static int words = 0;
        words = 0;
        const QByteArray folder = qgetenv("XDG_RUNTIME_DIR");
        qunsetenv("XDG_RUNTIME_DIR"); // which Qt complains about, as in a root shell
        const auto before = qInstallMessageHandler(
            [](QtMsgType, const QMessageLogContext&, const QString&) { ++words; });
        const int status = m_draw(path("run.kvtrace").c_str(), path("map.png").c_str(), nullptr, 0);
        qWarning("counted"); // the handler is ours again
        qInstallMessageHandler(before);
        if (!folder.isEmpty())
            qputenv("XDG_RUNTIME_DIR", folder);
        QCOMPARE(status, 0);
        QCOMPARE(words, 1);
    }

    void saysWhatIsWrong() {
        std::array<char, 400> message{};
        QCOMPARE(m_draw(path("none.kvtrace").c_str(), path("x.png").c_str(), message.data(), 400), 66);
        QVERIFY(std::string(message.data()).size() > 20);
        QFile noise(m_folder.filePath(QStringLiteral("noise.kvtrace")));
        QVERIFY(noise.open(QIODevice::WriteOnly));
        noise.write("this is no recording at all");
        noise.close();
        QCOMPARE(m_draw(path("noise.kvtrace").c_str(), path("x.png").c_str(), message.data(), 400), 65);
        QCOMPARE(m_draw(path("run.kvtrace").c_str(), path("no/folder/x.png").c_str(), message.data(), 20),
                 74);
        QVERIFY(std::string(message.data()).size() == 19); // cut to fit
        QCOMPARE(m_draw(path("none.kvtrace").c_str(), path("x.png").c_str(), nullptr, 0), 66);
    }
};

QTEST_APPLESS_MAIN(TestPictures)
#include "test_pictures.moc"
