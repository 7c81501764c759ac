// SPDX-License-Identifier: GPL-3.0-or-later
// Views as pictures: what is on them, and that everybody draws the same.
#include "engine/tables/picture_request.h"
#include "tests/support/recording_files.h"
#include "tests/views/export_fixture.h"
#include "views/comparison_palette.h"
#include "views/survival_map.h"
#include "views/tier_palette.h"

#include <QImage>

#include <array>
#include <dlfcn.h>

using namespace kvprism;
using namespace kvprism::test;
using namespace kvprism::views;

namespace {

int pixelsOf(const QImage& image, const QColor& colour) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            count += image.pixelColor(x, y) == colour;
    return count;
}

} // namespace

class TestViewExport : public QObject, ExportFolder {
    Q_OBJECT
  private Q_SLOTS:
    void everyViewIsDrawnInEverySchemeAndFormat_data() {
        QTest::addColumn<QString>("view");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QString>("ending");
        for (const DrawableView& view : drawableViews())
            for (const bool dark : {false, true})
                for (const char* ending : {"png", "svg"})
                    QTest::addRow("%s %s %s", qPrintable(nameOf(view)), dark ? "dark" : "light", ending)
                        << nameOf(view) << dark << QString::fromLatin1(ending);
    }
    void everyViewIsDrawnInEverySchemeAndFormat() {
        QFETCH(QString, view);
        QFETCH(bool, dark);
        QFETCH(QString, ending);
        ExportFixture f;
        f.navigator.setStep(3);
        f.navigator.lock(f.droppedToken(), false);
        ViewExport what;
        what.view = view;
        what.path = path(view + QLatin1Char('.') + ending);
        what.scheme = dark ? Scheme::dark : Scheme::light;
        f.address(what);
        const Status done = exportView(f.model, f.navigator, what);
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        QVERIFY(content(path(view + QStringLiteral(".csv"))).count('\n') > 1);
        if (ending == QLatin1String("png")) {
            const QImage picture(what.path);
            QVERIFY(picture.width() >= 400 && picture.height() >= 240);
            QCOMPARE(picture.pixelColor(1, 1), shadesOf(paletteFor(what.scheme)).panel);
            QVERIFY(picture.text(QStringLiteral("Title")).contains(QStringLiteral(" – ")));
            QVERIFY(picture.text(QStringLiteral("Description")).contains(QStringLiteral("budget 256")));
        } else {
            QVERIFY(!wordsOf(what.path).isEmpty());
        }
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void anSvgCarriesTitleConfigurationStepAndLegendAsText() {
        ExportFixture f;
        f.navigator.setStep(2);
        f.navigator.lock(100, false);
        const trace::Run& run = *f.model.run();
        for (const DrawableView& view : drawableViews()) {
            ViewExport what = wanted("", "words.svg");
            what.view = nameOf(view);
            f.address(what);
            const Status done = exportView(f.model, f.navigator, what);
            QVERIFY2(done, done ? "" : done.error().message.c_str());
            const QString words = wordsOf(what.path);
            const QString kept = QLocale().toString(f.model.store().steps()[2]->counts.kept);
            for (const QString& part :
                 {viewTitle(view), QString::fromStdString(run.document.name),
                  QStringLiteral("SmolLM2-135M-Instruct"), // as the window has it
                  QStringLiteral("method lsh"), QStringLiteral("mode recursive"), QStringLiteral("seed "),
                  QStringLiteral("budget 256 of 2,000 tokens"), QStringLiteral("blocks of 256"),
                  QStringLiteral("anchors 64, window 64"), QStringLiteral("step 2 (of 0 to 7)"),
                  kept + QStringLiteral(" kept"), QStringLiteral("Drawn by KVPrism"),
                  QStringLiteral("run ") + QString::fromStdString(run.id)})
                QVERIFY2(words.contains(part), qPrintable(nameOf(view) + QStringLiteral(": ") + part));
            if (what.comparison)
                for (const QString& part :
                     {QStringLiteral("method recency"), QStringLiteral("budget 384 of 2,000 tokens"),
                      QStringLiteral("kept by A and %1 by B")
                          .arg(QLocale().toString(f.other.store().steps()[2]->counts.kept)),
                      QStringLiteral("run ") + QString::fromStdString(f.other.run()->id)})
                    QVERIFY2(words.contains(part), qPrintable(nameOf(view) + QStringLiteral(": ") + part));
            if (tables::findTable(view.name)->about == tables::About::twoRuns) {
                for (const KeptBy who : {KeptBy::both, KeptBy::onlyA, KeptBy::onlyB, KeptBy::neither})
                    QVERIFY2(words.contains(keptByTitle(who)), qPrintable(nameOf(view)));
                continue;
            }
            const bool ofTiers = view.name == "map" || view.legend;
            for (const trace::Tier tier : {trace::Tier::anchor, trace::Tier::window})
                QVERIFY2(!ofTiers || words.contains(tierTitle(tier)), qPrintable(nameOf(view)));
            QVERIFY2(words.contains(QStringLiteral("ropped")), qPrintable(nameOf(view)));
        }
    }

    void theMapSaysHowItAggregates() {
        SyntheticOptions options;
        options.streamTokens = 6000;
        ViewFixture f(options);
        QVERIFY(exportView(f.model, f.navigator, wanted("map", "aggregated.svg")));
        QVERIFY(wordsOf(path(QStringLiteral("aggregated.svg"))).contains(QStringLiteral("tokens a column")));
    }

    void sizeAndScaleAreAsAsked() {
        ViewFixture f;
        ViewExport what = wanted("map", "sized.png");
        what.width = 900;
        what.height = 500;
        QVERIFY(exportView(f.model, f.navigator, what));
        const QImage plain(what.path);
        QCOMPARE(plain.size(), QSize(900, 500));
        what.scale = 2;
        QVERIFY(exportView(f.model, f.navigator, what));
        const QImage fine(what.path);
        QCOMPARE(fine.size(), QSize(1800, 1000));
        QVERIFY(fine.dotsPerMeterX() > 1.9 * plain.dotsPerMeterX());
        // Not the same pixels twice as large: cells and letters are finer.
        QVERIFY(fine != plain.scaled(fine.size()));
    }

    // What a point of the picture shows is what the trace says of that token at that step.
    void aPicturesCellsAreTheTiersOfTheTrace() {
        SyntheticOptions options;
        options.streamTokens = 1000;
        options.budget = 256;
        options.blockSize = 128;
        ViewFixture f(options);
        ViewExport what = wanted("map", "cells.png");
        what.width = 3200; // three columns a token
        QVERIFY(exportView(f.model, f.navigator, what));
        const QImage picture(what.path);
        SurvivalMap map(&f.model, &f.navigator);
        f.show(map, QSize(3200, 640));
        int counted = 0;
        const TierPalette& tiers = TierPalette::of(paletteFor(Scheme::light));
        // The page's head is as high as the first row of the map's cells is found below its own top.
        int shift = -1;
        for (int y = 0; y < picture.height() && shift < 0; ++y)
            if (picture.pixelColor(map.mapArea().left() + 1, y) == tiers.colour(trace::Tier::anchor) ||
                picture.pixelColor(map.mapArea().left() + 1, y) == tiers.texture(trace::Tier::anchor))
                shift = y - map.mapArea().top();
        QVERIFY(shift > 0);
        for (int token = 0; token < f.model.tokenCount(); token += 3)
            for (int step = 0; step < f.model.stepCount(); ++step) {
                const QPoint at = map.centreOf(token, step) + QPoint(0, shift);
                const QColor colour = picture.pixelColor(at);
                const auto tier = f.model.survival().tier(step, token);
                const QColor ground = shadesOf(paletteFor(Scheme::light)).panel;
                QVERIFY2(tier ? colour == tiers.colour(*tier) || colour == tiers.texture(*tier)
                              : colour == ground,
                         qPrintable(
                             QStringLiteral("token %1 step %2: %3").arg(token).arg(step).arg(colour.name())));
                ++counted;
            }
        QVERIFY(counted > 2000);
    }

    void thePointerAndTheFocusLeaveNoTrace() {
        ViewFixture f;
        f.navigator.setStep(3);
        SurvivalMap shown(&f.model, &f.navigator);
        f.show(shown, QSize(900, 500));
        for (const char* view : {"map", "text", "budget"}) {
            f.navigator.setHover(std::nullopt);
            QVERIFY(exportView(f.model, f.navigator, wanted(view, "calm.png")));
            shown.setFocus();
            QTest::mouseMove(&shown, QPoint(300, 200));
            f.navigator.setHover(40);
            QVERIFY(exportView(f.model, f.navigator, wanted(view, "pointed.png")));
            QCOMPARE(QImage(path(QStringLiteral("pointed.png"))), QImage(path(QStringLiteral("calm.png"))));
            QCOMPARE(f.navigator.hover(), std::optional<int>(40));
        }
    }

    void lockedTokensAndTheStepAreShown() {
        ViewFixture f;
        f.navigator.setStep(3);
        for (const char* view : {"map", "text", "budget"}) {
            QVERIFY(exportView(f.model, f.navigator, wanted(view, "before.png")));
            f.navigator.setStep(2);
            QVERIFY(exportView(f.model, f.navigator, wanted(view, "after.png")));
            QVERIFY(QImage(path(QStringLiteral("before.png"))) != QImage(path(QStringLiteral("after.png"))));
            f.navigator.setStep(3);
        }
        const QColor accent = shadesOf(paletteFor(Scheme::light)).accent;
        QVERIFY(exportView(f.model, f.navigator, wanted("text", "locked.png")));
        const int without = pixelsOf(QImage(path(QStringLiteral("locked.png"))), accent);
        f.navigator.lock(120, false);
        QVERIFY(exportView(f.model, f.navigator, wanted("text", "locked.png")));
        QVERIFY(pixelsOf(QImage(path(QStringLiteral("locked.png"))), accent) > without);
    }

    void theApplicationsSchemeAndFontChangeNoPicture() {
        ViewFixture f;
        for (const char* view : {"map", "budget", "text"}) {
            QVERIFY(exportView(f.model, f.navigator, wanted(view, "one.png")));
            const QFont font = QApplication::font();
            QFont large = font;
            large.setPointSizeF(20);
            QApplication::setFont(large);
            applyStyle(*qApp, Scheme::dark);
            QVERIFY(exportView(f.model, f.navigator, wanted(view, "other.png")));
            QApplication::setFont(font);
            applyStyle(*qApp, Scheme::light);
            QCOMPARE(QImage(path(QStringLiteral("other.png"))), QImage(path(QStringLiteral("one.png"))));
        }
    }

    // The window's way and the command line's: the same bytes, of picture and table.
    void theCommandLineDrawsTheSame() {
        ExportFixture f;
        const std::string recording = path(QStringLiteral("same.kvtrace")).toStdString();
        const std::string with = path(QStringLiteral("other.kvtrace")).toStdString();
        QVERIFY(writeRecording(f.model.store(), recording) && writeRecording(f.other.store(), with));
        void* library = dlopen(KVPRISM_PICTURES, RTLD_NOW | RTLD_LOCAL);
        QVERIFY2(library, dlerror());
        const auto draw = reinterpret_cast<int (*)(const tables::PictureRequest*, char*, int)>(
            dlsym(library, "kvprism_draw_view"));
        QVERIFY(draw);
        f.navigator.setStep(4);
        f.navigator.lock(150, false);
        for (const DrawableView& view : drawableViews())
            for (const char* ending : {".png", ".svg"}) {
                ViewExport what;
                what.view = nameOf(view);
                what.path = path(QStringLiteral("window") + QLatin1String(ending));
                f.address(what);
                const Status done = exportView(f.model, f.navigator, what);
                QVERIFY2(done, done ? "" : done.error().message.c_str());
                const std::string name(view.name);
                const std::string output = path(QStringLiteral("line") + QLatin1String(ending)).toStdString();
                tables::PictureRequest request;
                request.recording = recording.c_str();
                request.view = name.c_str();
                request.output = output.c_str();
                request.step = 4;
                request.token = 150;
                request.withData = true;
                if (what.comparison)
                    request.with = with.c_str();
                if (!what.needles.empty())
                    request.needleTokens = "100-110,1500-1530";
                char said[400] = "";
                QVERIFY2(draw(&request, said, sizeof said) == 0, said);
                QCOMPARE(content(path(QStringLiteral("line") + QLatin1String(ending))), content(what.path));
                const QByteArray table = content(path(QStringLiteral("window.csv")));
                QVERIFY(!table.isEmpty());
                QCOMPARE(content(path(QStringLiteral("line.csv"))), table);
                QVERIFY(QFile::remove(path(QStringLiteral("line.csv"))));
                QVERIFY(QFile::remove(path(QStringLiteral("window.csv"))));
            }
    }

    void aComparisonShowsItsNumbersStepByStep() {
        ExportFixture f;
        ViewExport what = wanted("comparison", "numbers.svg");
        what.withData = true;
        f.address(what);
        QVERIFY(exportView(f.model, f.navigator, what));
        const QStringList words = wordsOf(what.path).split(QLatin1Char('\n'));
        const QList<QByteArray> lines = content(path(QStringLiteral("numbers.csv"))).trimmed().split('\n');
        QCOMPARE(lines.size(), f.model.stepCount() + 1);
        for (int step = 0; step < f.model.stepCount(); ++step) {
            const trace::KeptComparison kept =
                trace::compareKept(*f.model.store().steps()[static_cast<std::size_t>(step)],
                                   *f.other.store().steps()[static_cast<std::size_t>(step)]);
            const QList<QByteArray> cells = lines[step + 1].split(',');
            const std::array<std::size_t, 4> counts{kept.both.size(), kept.onlyA.size(), kept.onlyB.size(),
                                                    static_cast<std::size_t>(kept.neither)};
            for (std::size_t i = 0; i < counts.size(); ++i) {
                QCOMPARE(cells[4 + static_cast<int>(i)].toULongLong(), counts[i]);
                QVERIFY2(words.contains(grouped(static_cast<qint64>(counts[i]))), cells[4].constData());
            }
        }
    }

    void aLongTextIsCutToWholeLinesAroundThePlaceAndSaysSo() {
        SyntheticOptions options;
        options.streamTokens = 20'000;
        options.blockSize = 2048;
        ViewFixture f(options);
        f.navigator.lock(12'000, false);
        QVERIFY(exportView(f.model, f.navigator, wanted("text", "long.svg")));
        const QString words = wordsOf(path(QStringLiteral("long.svg")));
        const auto place = words.indexOf(QStringLiteral("A part of the text: tokens "));
        QVERIFY(place >= 0);
        const QStringList numbers =
            words.mid(place + 27).section(QLatin1Char('\n'), 0, 0).split(QLatin1Char(' '));
        QLocale locale;
        const int first = locale.toInt(numbers[0]), last = locale.toInt(numbers[2]);
        QVERIFY(first < 12'000 && last > 12'000 && last - first > 300 && last - first < 19'000);
        QVERIFY(QImage(path(QStringLiteral("long.svg"))).height() < 2800);
    }

    void aShortTextIsShownWhole() {
        SyntheticOptions options;
        options.streamTokens = 300;
        ViewFixture f(options);
        QVERIFY(exportView(f.model, f.navigator, wanted("text", "short.svg")));
        QVERIFY(!wordsOf(path(QStringLiteral("short.svg"))).contains(QStringLiteral("A part of the text")));
    }

    void theHeightThatItAsksForIsEnough() {
        ViewFixture f;
        for (const char* view : {"map", "budget", "text"}) {
            ViewExport what = wanted(view, "least.png");
            what.width = 800;
            what.height = 240;
            const Status refused = exportView(f.model, f.navigator, what);
            if (refused)
                continue;
            const std::string& said = refused.error().message;
            what.height = std::stoi(said.substr(said.rfind(' ')));
            const Status done = exportView(f.model, f.navigator, what);
            QVERIFY2(done, done ? "" : done.error().message.c_str());
            QCOMPARE(QImage(what.path).height(), what.height);
        }
    }

    void controlsAreNoPartOfAPicture() {
        ViewFixture f;
        f.navigator.setStep(3);
        QVERIFY(exportView(f.model, f.navigator, wanted("scores", "controls.svg")));
        const QString words = wordsOf(path(QStringLiteral("controls.svg")));
        for (const char* word : {"Log scale", "Point at"})
            QVERIFY2(!words.contains(QLatin1String(word)), word);
        QVERIFY(words.contains(QStringLiteral("logarithmic scale")));
    }

    void aRunWithoutStepsOrTextIsDrawn() {
        SyntheticOptions empty;
        empty.streamTokens = 0;
        ViewFixture f(empty);
        for (const char* view : {"map", "text", "budget"}) {
            const Status done = exportView(f.model, f.navigator, wanted(view, "empty.png"));
            QVERIFY2(done, done ? "" : done.error().message.c_str());
        }
    }
};

QTEST_MAIN(TestViewExport)
#include "test_view_export.moc"
