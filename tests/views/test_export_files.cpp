// SPDX-License-Identifier: GPL-3.0-or-later
// The files of an export: tables, what is refused, and what is left alone.
#include "tests/views/export_fixture.h"

#include <cmath>
#include <tuple>

using namespace kvprism;
using namespace kvprism::test;
using namespace kvprism::views;

class TestExportFiles : public QObject, ExportFolder {
    Q_OBJECT
  private Q_SLOTS:
    void whatAViewIsAboutIsAskedFor() {
        ExportFixture f;
        const auto refused = [&](ViewExport what, ErrorCode code, const char* says) {
            const Status done = exportView(f.model, f.navigator, what);
            QVERIFY2(!done, says);
            QCOMPARE(done.error().code, code);
            QVERIFY2(done.error().message.find(says) != std::string::npos, done.error().message.c_str());
            QVERIFY(leftOvers().isEmpty());
        };
        for (const char* file : {"refused.png", "refused.csv"}) {
            refused(wanted("comparison", file), ErrorCode::usage, "two runs");
            refused(wanted("needles", file), ErrorCode::usage, "passages");
            ViewExport map = wanted("map", file);
            map.comparison = &f.comparison;
            refused(map, ErrorCode::usage, "about one run");
            map.comparison = nullptr;
            map.needles = {{1, 2}};
            refused(map, ErrorCode::usage, "not about needles");
        }
        SyntheticOptions options;
        options.streamTokens = 1000;
        f.other.append(syntheticBatch(options));
        for (const char* file : {"refused.svg", "refused.json"}) {
            ViewExport another = wanted("difference", file);
            another.comparison = &f.comparison;
            refused(another, ErrorCode::malformed, "1000 tokens");
        }
    }

    void theTableBesideThePictureIsOfWhatItShows() {
        ViewFixture f;
        f.navigator.setStep(2);
        ViewExport what = wanted("text", "data.png");
        what.withData = true;
        QVERIFY(exportView(f.model, f.navigator, what));
        const QList<QByteArray> lines = content(path(QStringLiteral("data.csv"))).trimmed().split('\n');
        QVERIFY(lines.size() > f.model.tokenCount()); // pieces may hold line ends
        int unread = 0;
        for (const QByteArray& line : lines)
            unread += line.contains(",unread,");
        QCOMPARE(unread, f.model.tokenCount() - f.model.survival().readEnd(2));
    }

    void tablesComeWithoutAPicture() {
        ViewFixture f;
        QVERIFY(exportView(f.model, f.navigator, wanted("scores", "all.csv")));
        int candidates = 0;
        for (const auto& step : f.model.store().steps())
            candidates += step->counts.candidates;
        QCOMPARE(content(path(QStringLiteral("all.csv"))).count('\n'), candidates + 1); // all steps
        QVERIFY(exportView(f.model, f.navigator, wanted("budget", "all.json")));
        QVERIFY(content(path(QStringLiteral("all.json"))).startsWith("{\"view\":\"budget\""));
    }

    void whatCannotBeIsOneSentenceAndLeavesNothing() {
        ViewFixture f;
        const auto refused = [&](ViewExport what, ErrorCode code, const char* says) {
            const Status done = exportView(f.model, f.navigator, what);
            QVERIFY2(!done, says);
            QCOMPARE(done.error().code, code);
            QVERIFY2(done.error().message.find(says) != std::string::npos, done.error().message.c_str());
            QVERIFY(done.error().message.ends_with('.'));
            QVERIFY2(leftOvers().isEmpty(), qPrintable(leftOvers().join(QLatin1Char(' '))));
        };
        refused(wanted("nonsense", "refused.png"), ErrorCode::usage, "no view nonsense");
        refused(wanted("map", "refused.jpg"), ErrorCode::usage, "none of .csv");
        refused(wanted("token", "refused.png"), ErrorCode::usage, "one token");
        refused(wanted("map", "no/refused.png"), ErrorCode::io, "Cannot write");
        for (const auto& [width, height, says] : {std::tuple(-1, 0, "width"),
                                                  {399, 0, "width"},
                                                  {100'000, 0, "width"},
                                                  {0, 100'000, "height"},
                                                  {0, 1, "height"},
                                                  {800, 240, "make it at least"}}) {
            ViewExport what = wanted("map", "refused.png");
            what.width = width;
            what.height = height;
            refused(what, ErrorCode::usage, says);
        }
        for (const double scale : {0.0, -1.0, 100.0, std::nan("")}) {
            ViewExport what = wanted("map", "refused.png");
            what.scale = scale;
            refused(what, ErrorCode::usage, "scale");
        }
    }

    void filesOfOthersAreLeftAlone() {
        ViewFixture f;
        for (const char* name : {"own.png", "own.csv"}) {
            QFile file(path(QLatin1String(name)));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write("mine") == 4);
        }
        ViewExport what = wanted("map", "own.png");
        what.withData = true;
        QCOMPARE(exportView(f.model, f.navigator, what).error().code, ErrorCode::usage);
        what.mayReplace = true; // the picture; nobody asked about the table
        QCOMPARE(exportView(f.model, f.navigator, what).error().code, ErrorCode::usage);
        QCOMPARE(content(path(QStringLiteral("own.png"))), QByteArray("mine"));
        what.withData = false;
        QVERIFY(exportView(f.model, f.navigator, what));
        QCOMPARE(content(path(QStringLiteral("own.csv"))), QByteArray("mine"));
        QVERIFY(content(path(QStringLiteral("own.png"))).startsWith("\x89PNG"));
        what.mayReplace = false; // it is ours now
        QVERIFY(exportView(f.model, f.navigator, what));
    }

    void aRecordingIsNeverWrittenOver() {
        ViewFixture f;
        ViewExport what = wanted("map", "recording.png");
        QFile file(what.path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("x") == 1);
        file.close();
        what.recording = what.path;
        what.mayReplace = true;
        QCOMPARE(exportView(f.model, f.navigator, what).error().code, ErrorCode::usage);
        QCOMPARE(content(what.path), QByteArray("x"));
    }

    void linksAreFollowedAndRightsKept() {
        ViewFixture f;
        QVERIFY(exportView(f.model, f.navigator, wanted("map", "real.png")));
        const QString real = path(QStringLiteral("real.png")), link = path(QStringLiteral("link.png"));
        QVERIFY(QFile::setPermissions(real, QFileDevice::ReadOwner | QFileDevice::WriteOwner));
        QVERIFY(QFile::link(real, link));
        f.navigator.setStep(1);
        const QByteArray before = content(real);
        QVERIFY(exportView(f.model, f.navigator, wanted("map", "link.png")));
        QVERIFY(QFileInfo(link).isSymLink() && content(real) != before);
        QVERIFY(!(QFile::permissions(real) & QFileDevice::ReadGroup));
    }

    void aViewThatTheRunHoldsNothingForSaysSo() {
        ViewFixture f; // hashed nothing
        const Status done = exportView(f.model, f.navigator, wanted("lsh", "refused.svg"));
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::unavailable);
        QVERIFY(leftOvers().isEmpty());
    }

    void withoutARunThereIsNothingToWrite() {
        TraceModel model;
        Navigator navigator;
        QCOMPARE(exportView(model, navigator, wanted("map", "refused.png")).error().code,
                 ErrorCode::unavailable);
    }

    // As the dialogs of other systems write it.
    void anEndingInCapitalsIsTheSame() {
        ViewFixture f;
        QVERIFY(exportView(f.model, f.navigator, wanted("map", "capital.SVG")));
        QVERIFY(!wordsOf(path(QStringLiteral("capital.SVG"))).isEmpty());
        QVERIFY(exportView(f.model, f.navigator, wanted("map", "capital.Png")));
        QVERIFY(content(path(QStringLiteral("capital.Png"))).startsWith("\x89PNG"));
        QVERIFY(exportView(f.model, f.navigator, wanted("budget", "capital.JSON")));
        QVERIFY(content(path(QStringLiteral("capital.JSON"))).startsWith("{\"view\":\"budget\""));
    }
};

QTEST_MAIN(TestExportFiles)
#include "test_export_files.moc"
