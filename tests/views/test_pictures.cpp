// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tables/picture_request.h"
#include "engine/trace/recording_writer.h"
#include "tests/support/synthetic_run.h"

#include <QDir>
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

    using Draw = int (*)(const tables::PictureRequest*, char*, int);
    Draw m_draw = nullptr;
    QTemporaryDir m_folder;
    std::string m_said;

    std::string path(const char* name) const {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }
    int draw(const char* recording, const char* output, tables::PictureRequest request = {}) {
        const std::string from = path(recording), to = path(output);
        request.recording = from.c_str();
        request.output = to.c_str();
        if (!request.view)
            request.view = "map";
        std::array<char, 600> message{};
        const int status = m_draw(&request, message.data(), static_cast<int>(message.size()));
        m_said = message.data();
        return status;
    }

  private Q_SLOTS:
    void initTestCase() {
        void* library = dlopen(KVPRISM_PICTURES, RTLD_NOW | RTLD_LOCAL);
        QVERIFY2(library, dlerror());
        m_draw = reinterpret_cast<Draw>(dlsym(library, "kvprism_draw_view"));
        QVERIFY(m_draw);
        auto writer = trace::RecordingWriter::create(path("run.kvtrace"));
        QVERIFY(writer.ok());
        test::produceSyntheticRun({}, **writer);
        QVERIFY((*writer)->status().ok());
    }

    void drawsTheMapOfARecording() {
        for (int again = 0; again < 2; ++again) { // ours may be drawn again
            QVERIFY2(draw("run.kvtrace", "map.png") == 0, m_said.c_str());
            const QImage picture(m_folder.filePath(QStringLiteral("map.png")));
            QCOMPARE(picture.width(), 1600);
            QVERIFY(picture.height() >= 500);
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
        const auto before =
            qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) { ++words; });
        const int status = draw("run.kvtrace", "map.png");
        qWarning("counted"); // the handler is ours again
        qInstallMessageHandler(before);
        if (!folder.isEmpty())
            qputenv("XDG_RUNTIME_DIR", folder);
        QCOMPARE(status, 0);
        QCOMPARE(words, 1);
    }

    void saysWhatIsWrong() {
        QCOMPARE(draw("none.kvtrace", "x.png"), 66);
        QVERIFY(m_said.size() > 20);
        QFile noise(m_folder.filePath(QStringLiteral("noise.kvtrace")));
        QVERIFY(noise.open(QIODevice::WriteOnly));
        noise.write("this is no recording at all");
        noise.close();
        QCOMPARE(draw("noise.kvtrace", "x.png"), 65);
        QCOMPARE(draw("run.kvtrace", "no/folder/x.png"), 74);
        QCOMPARE(draw("run.kvtrace", "run.kvtrace"), 64); // ends in nothing that can be drawn
        tables::PictureRequest request;
        request.view = "nonsense";
        QCOMPARE(draw("run.kvtrace", "x.png", request), 64);
        request = {};
        request.step = 99;
        QCOMPARE(draw("run.kvtrace", "x.png", request), 64);
        QVERIFY2(m_said.find("0 to 5") != std::string::npos, m_said.c_str());
        request = {};
        request.width = request.height = 100'000;
        QCOMPARE(draw("run.kvtrace", "x.png", request), 64);
        request.width = request.height = 16'000;
        QCOMPARE(draw("run.kvtrace", "x.png", request), 64);
        QVERIFY2(m_said.find("million pixels") != std::string::npos, m_said.c_str());
        const QStringList left =
            QDir(m_folder.path()).entryList({QStringLiteral("x*"), QStringLiteral("*.new-*")});
        QVERIFY2(left.isEmpty(), qPrintable(left.join(QLatin1Char(' '))));
    }

    void cutsItsSentenceToFit() {
        tables::PictureRequest request;
        const std::string recording = path("none.kvtrace"), output = path("x.png");
        request.recording = recording.c_str();
        request.output = output.c_str();
        request.view = "map";
        std::array<char, 20> message{};
        QCOMPARE(m_draw(&request, message.data(), 20), 66);
        QCOMPARE(std::string(message.data()).size(), std::size_t(19));
        QCOMPARE(m_draw(&request, nullptr, 0), 66);
    }
};

QTEST_APPLESS_MAIN(TestPictures)
#include "test_pictures.moc"
