// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/comparison_fixture.h"
#include "views/compare_counts.h"
#include "views/compare_head.h"
#include "views/compare_view.h"
#include "views/compared_answers.h"
#include "views/compared_divergence.h"
#include "views/comparison_palette.h"
#include "views/difference_map.h"
#include "views/divergence_strip.h"

#include <QLabel>
#include <QSignalSpy>
#include <QToolButton>

using namespace kvprism;
using namespace kvprism::views;

class TestCompareView : public QObject {
    Q_OBJECT

    static QToolButton* buttonThatSays(const QWidget& view, const QString& tip) {
        for (QToolButton* button : view.findChildren<QToolButton*>())
            if (button->isVisible() && button->toolTip() == tip)
                return button;
        return nullptr;
    }

    static std::shared_ptr<trace::Answer> answerThatSays(const char* text) {
        auto answer = std::make_shared<trace::Answer>();
        answer->question = "Which number?";
        answer->text = text;
        return answer;
    }

  private Q_SLOTS:
    void teachesWhileThereIsNothingToCompare() {
        test::ViewFixture f;
        RunComparison comparison(&f.model);
        CompareView view(&f.model, &f.navigator, &comparison);
        f.show(view, {360, 420});
        QVERIFY(!view.map()->isVisible());
        QVERIFY(view.emptySentence().startsWith(QStringLiteral("Choose a second run")));
        QSignalSpy chosen(&view, &CompareView::chooseRequested);
        QTest::mouseClick(buttonThatSays(view, QStringLiteral("Choose the run to compare with")),
                          Qt::LeftButton);
        QCOMPARE(chosen.count(), 1);
        view.setNotice(QStringLiteral("Reading the other run …"));
        QCOMPARE(view.emptySentence(), QStringLiteral("Reading the other run …"));
        view.setNotice({});
        f.model.clear();
        QVERIFY(view.emptySentence().startsWith(QStringLiteral("Open a recording")));
        // Another document says why.
        f.model.append(f.whole);
        TraceModel other;
        test::SyntheticOptions options;
        options.streamTokens = 2000;
        other.append(test::syntheticBatch(options));
        comparison.setOther(&other);
        QVERIFY(view.emptySentence().contains(QStringLiteral("2000 tokens")));
        QVERIFY(!view.map()->isVisible());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void tellsTheTwoRunsApartAndAsksTheWindow() {
        test::ComparisonFixture f;
        CompareView view(&f.model, &f.navigator, &f.comparison);
        view.setNames(QStringLiteral("first"), QStringLiteral("<second>"));
        f.show(view, {1000, 700});
        QCOMPARE(view.head()->textOfA(),
                 QStringLiteral("first · peak · recursive · budget 512 · scoring question"));
        QCOMPARE(view.head()->textOfB(),
                 QStringLiteral("<second> · peak · recursive · budget 768 · scoring question"));
        QCOMPARE(view.head()->differences(),
                 QStringLiteral("Also different (A | B): protection-divisor 4 | 6 · seed 1 | 9"));
        QSignalSpy swapped(&view, &CompareView::swapRequested);
        QSignalSpy closed(&view, &CompareView::closeRequested);
        QTest::mouseClick(buttonThatSays(view, QStringLiteral("Show B as A and A as B")), Qt::LeftButton);
        QToolButton* close = buttonThatSays(view, QStringLiteral("End the comparison"));
        close->setFocus();
        QTest::keyClick(close, Qt::Key_Space);
        QCOMPARE(swapped.count(), 1);
        QCOMPARE(closed.count(), 1);
        // Where there is no room, what is the same in both goes.
        view.resize(320, 400);
        QCoreApplication::processEvents();
        QCOMPARE(view.head()->textOfA(), QStringLiteral("first · peak · budget 512"));
        // A long name gives way to what differs.
        view.setNames(QString(80, QLatin1Char('n')), QString());
        QVERIFY(view.head()->textOfA().endsWith(QStringLiteral(" · peak · budget 512")));
        QVERIFY(view.head()->textOfA().contains(QChar(0x2026)));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void hoversLocksAndMovesOnTheMap() {
        test::ComparisonFixture f;
        CompareView view(&f.model, &f.navigator, &f.comparison);
        f.show(view, {1000, 700});
        DifferenceMap& map = *view.map();
        const QPoint at = map.centreOf(1200, 3);
        QTest::mouseMove(&map, at);
        QTRY_COMPARE(f.navigator.hover(), std::optional(map.tokenAt(at)));
        QTest::mouseClick(&map, Qt::LeftButton, {}, at);
        QCOMPARE(f.navigator.locked(), std::set<int>{map.tokenAt(at)});
        QCOMPARE(f.navigator.step(), 3);
        map.setFocus();
        QTest::keyClick(&map, Qt::Key_Down);
        QCOMPARE(f.navigator.step(), 4);
        QTest::keyClick(&map, Qt::Key_Plus);
        QVERIFY(!map.axis().showsAll());
        QTest::keyClick(&map, Qt::Key_0);
        QVERIFY(map.axis().showsAll());
        QTest::keyClick(&map, Qt::Key_Escape);
        QVERIFY(f.navigator.locked().empty());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    // Looks at the picture itself: one pixel inside a cell has its class's colour or that of its pattern.
    void paintsTheClassOfEveryCell() {
        test::ComparisonFixture f;
        DifferenceMap map(&f.model, &f.navigator, &f.comparison);
        f.show(map, {900, 400});
        f.navigator.reveal(900);
        f.navigator.lock(900, false);
        map.zoom(1000); // a token is many pixels wide
        f.navigator.clearLock();
        f.navigator.setHover(std::nullopt);
        const QImage picture = map.grab().toImage();
        const ComparisonPalette& colours = ComparisonPalette::of(map.palette());
        std::set<KeptBy> seen;
        for (int x = map.mapArea().left() + 3; x < map.mapArea().right(); x += 7) {
            for (int step = 0; step < f.model.stepCount() - 1; ++step) {
                const int token = map.tokenAt({x, 0});
                const KeptBy who = f.comparison.at(step, token);
                const QColor pixel = picture.pixelColor(x, map.centreOf(token, step).y());
                QVERIFY2(pixel == colours.colour(who) || pixel == colours.texture(who),
                         qPrintable(QStringLiteral("token %1 step %2").arg(token).arg(step)));
                seen.insert(who);
            }
        }
        QVERIFY(seen.size() >= 3);
    }

    void countsTheCurrentStepAndFollowsTheLine() {
        test::ComparisonFixture f;
        CompareView view(&f.model, &f.navigator, &f.comparison);
        f.show(view, {1000, 700});
        CompareCounts& counts = *view.counts();
        QTest::mouseClick(&counts, Qt::LeftButton, {}, {counts.centreOf(2), counts.height() / 2});
        QCOMPARE(f.navigator.step(), 2);
        const auto kept = trace::compareKept(*f.whole.steps[2], *f.other.store().steps()[2]);
        QCOMPARE(counts.summary(),
                 QStringLiteral("At step 2: both hold %1, only A %2, only B %3, neither %4; Jaccard index %5")
                     .arg(kept.both.size())
                     .arg(kept.onlyA.size())
                     .arg(kept.onlyB.size())
                     .arg(kept.neither)
                     .arg(QLocale().toString(kept.jaccard(), 'f', 3)));
        QCOMPARE(counts.accessibleDescription(), counts.summary());
        counts.setFocus();
        QTest::keyClick(&counts, Qt::Key_Right);
        QCOMPARE(f.navigator.step(), 3);
        QTest::keyClick(&counts, Qt::Key_End);
        QCOMPARE(f.navigator.step(), f.model.stepCount() - 1);
        QTest::keyClick(&counts, Qt::Key_Home);
        QCOMPARE(f.navigator.step(), 0);
    }

    void saysWhichStepsCannotBeCompared() {
        test::SyntheticOptions a;
        a.blockSize = 256;
        test::SyntheticOptions b = a;
        b.blockSize = 512;
        test::ComparisonFixture f(a, b);
        CompareView view(&f.model, &f.navigator, &f.comparison);
        f.show(view, {1000, 700});
        f.navigator.setStep(2);
        QCOMPARE(view.counts()->summary(),
                 QStringLiteral("No step of B ends where step 2 of A does. The last "
                                "step that can be compared is 1."));
        view.grab();
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void laysTheAnswersSideBySideAndEscapesThem() {
        test::ComparisonFixture f;
        TraceBatch a, b;
        a.answers = {answerThatSays("The <b>number</b> is 48213.")};
        f.model.clear();
        f.other.clear();
        TraceBatch runA = f.whole;
        runA.answers = a.answers;
        runA.end.reset();
        f.model.append(runA);
        TraceBatch runB = test::otherRunOver(f.whole, test::ComparisonFixture::otherOptions());
        runB.answers.clear();
        runB.end.reset();
        f.other.append(runB);
        CompareView view(&f.model, &f.navigator, &f.comparison);
        f.show(view, {1000, 700});
        QCOMPARE(view.answers()->pairs().size(), std::size_t(1));
        QCOMPARE(view.answers()->pairs()[0]->question(), QStringLiteral("Which number?"));
        const auto says = [&](const QString& part) {
            const auto labels = view.answers()->pairs()[0]->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                               [&](const QLabel* label) { return label->text().contains(part); });
        };
        QVERIFY(says(QStringLiteral("not answered yet")));
        QVERIFY(says(QStringLiteral("&lt;b&gt;number&lt;/b&gt;")));
        QVERIFY(!says(QStringLiteral("underline")));
        b.answers = {answerThatSays("The <b>number</b> is 7.")};
        f.other.append(b);
        QVERIFY(says(QStringLiteral("underline\">48213</span>")));
        QVERIFY(says(QStringLiteral("underline\">7</span>")));
        QVERIFY(!says(QStringLiteral("not answered yet")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void tellsHowFarEachAnswerIsFromTheDenseRun() {
        test::ComparisonFixture f;
        CompareView view(&f.model, &f.navigator, &f.comparison);
        f.show(view, {1000, 900});
        const AnswerPair& pair = *view.answers()->pairs()[0];
        const auto strips = pair.findChildren<DivergenceStrip*>();
        QCOMPARE(strips.size(), 2);
        QStringList said = pair.divergence()->text().split(QLatin1Char('\n'));
        QCOMPARE(said.size(), 3);
        const auto& dense = *f.whole.answers.front()->dense;
        QVERIFY(said[0].contains(QString::fromStdString(dense.text)));
        double sum = 0;
        for (const float divergence : dense.divergences)
            sum += static_cast<double>(divergence);
        const double mean = sum / static_cast<double>(dense.size());
        QVERIFY(said[1].startsWith(QStringLiteral("A is %1 nats").arg(QLocale().toString(mean, 'f', 3))));
        QVERIFY(said[2].startsWith(QStringLiteral("B is ")));
        QVERIFY(strips[0]->isVisible() && strips[0]->height() >= strips[0]->sizeHint().height());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    // Bars of both are to one scale: the smaller of the two largest does not reach the top.
    void drawsBothDivergencesToOneScale() {
        DivergenceStrip small(nullptr), large(nullptr);
        trace::DenseReference reference;
        reference.text = "yes";
        reference.ids = {1};
        reference.divergences = {1};
        reference.denseLosses = reference.losses = {0};
        reference.sameLikeliest = {1};
        const auto inked = [](DivergenceStrip& strip) {
            const QImage picture = strip.grab().toImage();
            const QColor ground = picture.pixelColor(picture.width() - 2, picture.height() - 1);
            int pixels = 0;
            for (int y = 0; y < picture.height(); ++y)
                pixels += picture.pixelColor(2, y) != ground;
            return pixels;
        };
        for (DivergenceStrip* strip : {&small, &large}) {
            strip->resize(strip->sizeHint());
            strip->setScale(strip == &small ? 4 : 1);
            strip->show(reference);
        }
        QVERIFY(inked(small) < inked(large) - 15);
    }

    void saysWhichRunIsTheDenseOneAndWhatWouldRecordTheRest() {
        const auto recorded = answerThatSays("Seven.");
        recorded->dense.emplace();
        recorded->dense->text = "Seven indeed.";
        recorded->dense->ids = {1};
        recorded->dense->divergences = recorded->dense->losses = recorded->dense->denseLosses = {0.5F};
        recorded->dense->sameLikeliest = {1};
        const auto bare = answerThatSays("Eight.");
        const auto told = [](const ComparedDivergence::Side& a, const ComparedDivergence::Side& b) {
            return ComparedDivergence(a, b, nullptr).text().split(QLatin1Char('\n'));
        };
        QStringList said = told({recorded, false}, {bare, true});
        QCOMPARE(said.size(), 3);
        QVERIFY(said[0].contains(QStringLiteral("“Seven indeed.”")));
        QVERIFY(said[1].startsWith(QStringLiteral("A is 0.500 nats")));
        QCOMPARE(said[2], QStringLiteral("B kept everything: it is the dense run itself."));
        said = told({bare, false}, {bare, true});
        QCOMPARE(said.size(), 2);
        QVERIFY(said[0].contains(QStringLiteral("--dense-reference on")));
        said = told({bare, false}, {bare, false}); // one sentence for both
        QCOMPARE(said.size(), 1);
        QVERIFY(said[0].contains(QStringLiteral("“Dense reference” (--dense-reference on)")));
        said = told({bare, true}, {bare, true});
        QCOMPARE(said,
                 QStringList{QStringLiteral("Both runs kept everything: each is the dense run itself.")});
        QVERIFY(ComparedDivergence({}, {}, nullptr).isHidden());
        // The view knows it from the run.
        test::SyntheticOptions roomy;
        roomy.budget = 4000;
        test::ComparisonFixture f(test::SyntheticOptions(), roomy);
        TraceBatch b = test::otherRunOver(f.whole, roomy);
        b.answers = {bare};
        f.other.clear();
        f.other.append(b);
        CompareView view(&f.model, &f.navigator, &f.comparison);
        QVERIFY(view.answers()->pairs()[0]->divergence()->text().contains(
            QStringLiteral("B kept everything: it is the dense run itself.")));
    }

    void takesNoMoreRoomThanTheAnswersNeedAfterAResize() {
        test::ComparisonFixture f;
        CompareView narrow(&f.model, &f.navigator, &f.comparison);
        f.show(narrow, {360, 700});
        narrow.resize(1000, 700);
        QTest::qWait(20);
        CompareView wide(&f.model, &f.navigator, &f.comparison);
        f.show(wide, {1000, 700});
        QTest::qWait(20);
        QCOMPARE(narrow.answers()->pairs()[0]->height(), wide.answers()->pairs()[0]->height());
        QCOMPARE(narrow.head()->height(), wide.head()->height());
        narrow.resize(360, 700);
        QTest::qWait(20);
        QCOMPARE(narrow.head()->height(), wide.head()->height()); // a line a run in any width
    }

    void bearsAnySizeAndTheOtherRunGoing() {
        test::SyntheticOptions large;
        large.streamTokens = 131072;
        large.blockSize = 2048;
        large.budget = 4096;
        test::SyntheticOptions second = large;
        second.budget = 8192;
        test::ComparisonFixture f(large, second);
        CompareView view(&f.model, &f.navigator, &f.comparison);
        for (const QSize size : {QSize(1280, 800), QSize(300, 300), QSize(60, 40)}) {
            view.resize(size);
            view.show();
            view.grab();
        }
        f.other.clear();
        view.grab();
        QVERIFY(!view.map()->isVisible());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void namesEveryControl() {
        test::ComparisonFixture f;
        CompareView view(&f.model, &f.navigator, &f.comparison);
        f.show(view, {1000, 700});
        for (const QWidget* widget : view.findChildren<QWidget*>())
            if (widget->focusPolicy() != Qt::NoFocus && widget->isVisible())
                QVERIFY2(!widget->accessibleName().isEmpty(), widget->metaObject()->className());
    }
};

QTEST_MAIN(TestCompareView)
#include "test_compare_view.moc"
