// SPDX-License-Identifier: GPL-3.0-or-later
// A few interleavings with the real engine and the embedded model: under AddressSanitizer this is the test
// that nothing of a run is used after it is gone.
#include "engine/engine_loader.h"
#include "engine/select/options.h"
#include "tests/app/interleaving.h"
#include "tests/paths.h"
#include "tests/support/fail_on_warning.h"

#include <QTemporaryDir>

using namespace kvprism;
using namespace kvprism::app;
using namespace kvprism::test;

namespace {

constexpr unsigned interleavings = 10;
constexpr int actions = 12;

RunRequest requestOf(const QString& recording) {
    RunRequest request;
    request.model.path = KVPRISM_EMBEDDED_MODEL;
    request.config = *select::configFrom(
        {{"scoring", "standing"}, {"budget", "128"}, {"block-size", "64"}, {"max-new-tokens", "4"}});
    const QByteArray text = QByteArray("The secret number is 48213. Nothing else matters. ").repeated(30);
    request.document =
        std::make_shared<const text::Document>(*text::documentFromBytes("letter.txt", text.toStdString()));
    request.question = QStringLiteral("What is the secret number?");
    request.recordingPath = recording;
    return request;
}

} // namespace

class TestInterleavingsReal : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    QString m_recording = m_folder.filePath(QStringLiteral("run.kvtrace"));

  private Q_SLOTS:
    void initTestCase() {
        views::TraceModel model;
        RunController controller(loadEngine, &model);
        controller.start(requestOf(m_recording));
        QVERIFY(QTest::qWaitFor([&] { return !controller.isRunning(); }, 120000));
        QVERIFY(model.store().end());
    }

    void leaveNothingBehindInAnyOrder() {
        WarningCatcher warnings;
        for (unsigned i = 0; i < interleavings; ++i) {
            std::mt19937 random(i);
            views::TraceModel model;
            RunController controller(loadEngine, &model);
            Interleaving bench(random, {.controller = controller,
                                        .model = model,
                                        .first = requestOf(QString()),
                                        .recording = m_recording,
                                        .memory = m_folder.filePath(QStringLiteral("%1.kvmemory").arg(i)),
                                        .longestPause = 400});
            for (int action = 0; action < actions; ++action)
                bench.act();
            if (i % 2 == 0) // else it is closed in the middle
                bench.settle();
            if (QTest::currentTestFailed())
                qFatal("interleaving %u", i);
        }
        QCOMPARE(warnings.seen(), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestInterleavingsReal)
#include "test_interleavings_real.moc"
