// SPDX-License-Identifier: GPL-3.0-or-later
// A curtain before some steps: every view shows what it would of a run that has come no further.
#include "tests/views/view_fixture.h"
#include "views/answer_view.h"
#include "views/budget_view.h"
#include "views/models/overlap_model.h"
#include "views/models/run_comparison.h"
#include "views/needle_view.h"
#include "views/replay_bar.h"
#include "views/replay_timeline.h"
#include "views/score_view.h"
#include "views/step_caption.h"
#include "views/survival_map.h"
#include "views/text_canvas.h"
#include "views/text_view.h"
#include "views/token_details.h"

#include <QSignalSpy>

using namespace kvprism;
using namespace kvprism::views;

namespace {

TraceBatch firstSteps(const TraceBatch& whole, int steps) {
    TraceBatch part;
    part.run = whole.run;
    part.steps.assign(whole.steps.begin(), whole.steps.begin() + steps);
    for (const trace::StepApplied& applied : whole.applied)
        if (applied.index < steps)
            part.applied.push_back(applied);
    return part;
}

// What is known of every token, by model.
void compareModels(const TraceModel& is, const TraceModel& shouldBe) {
    QCOMPARE(is.stepCount(), shouldBe.stepCount());
    QCOMPARE(is.expectedSteps(), shouldBe.expectedSteps());
    QCOMPARE(is.store().applied().size(), shouldBe.store().applied().size());
    QCOMPARE(is.store().answers().size(), shouldBe.store().answers().size());
    QCOMPARE(is.store().end().has_value(), shouldBe.store().end().has_value());
    for (int token = 0; token < is.tokenCount(); ++token) {
        QCOMPARE(is.survival().readAt(token), shouldBe.survival().readAt(token));
        QCOMPARE(is.survival().droppedAt(token), shouldBe.survival().droppedAt(token));
        QCOMPARE(is.survival().heldShare(token, token + 1), shouldBe.survival().heldShare(token, token + 1));
        for (int step = 0; step <= is.expectedSteps(); ++step)
            QCOMPARE(is.survival().tier(step, token), shouldBe.survival().tier(step, token));
    }
}

} // namespace

class TestCurtain : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void coversAndUncoversAnyStep() {
        test::ViewFixture f;
        const int steps = f.model.stepCount();
        for (const int at : {0, 1, 3, steps - 1, steps}) {
            TraceModel before, all;
            before.append(firstSteps(f.whole, at));
            all.append(f.whole);
            f.model.drawCurtain(at);
            QCOMPARE(f.model.curtain(), std::optional(at));
            compareModels(f.model, before);
            QCOMPARE(f.navigator.steps(), at);
            QCOMPARE(static_cast<int>(f.model.whole().steps().size()), steps);
            f.model.liftCurtain();
            QVERIFY(!f.model.curtain());
            compareModels(f.model, all);
            QCOMPARE(f.navigator.steps(), steps);
        }
        f.model.drawCurtain(steps + 1); // there is nothing behind it
        QVERIFY(!f.model.curtain());
    }

    void whatComesMeanwhileWaitsBehindIt() {
        test::ViewFixture f;
        TraceBatch next = f.whole;
        f.model.append(firstSteps(f.whole, 4));
        f.model.drawCurtain(3);
        next.run.reset();
        next.steps.erase(next.steps.begin(), next.steps.begin() + 4);
        next.applied.clear();
        const QSignalSpy steps(&f.model, &TraceModel::stepsAppended), ended(&f.model, &TraceModel::ended);
        f.model.append(next);
        QCOMPARE(f.model.stepCount(), 3);
        QCOMPARE(steps.size(), 0);
        f.model.liftCurtain();
        QCOMPARE(steps.size(), 1);
        QCOMPARE(steps.front(), QVariantList({3, f.model.stepCount() - 1}));
        QCOMPARE(f.model.stepCount(), static_cast<int>(f.whole.steps.size()));
        QCOMPARE(ended.size(), f.whole.end ? 1 : 0);
    }

    void anotherRunHasNone() {
        test::ViewFixture f;
        f.model.drawCurtain(2);
        f.model.append(f.whole);
        QVERIFY(!f.model.curtain());
        QCOMPARE(f.model.stepCount(), static_cast<int>(f.whole.steps.size()));
        f.model.drawCurtain(2);
        f.model.clear();
        QVERIFY(!f.model.curtain());
        QCOMPARE(f.model.stepCount(), 0);
    }

    void viewsShowWhatTheyWouldOfARunThatHasComeSoFar() {
        constexpr int at = 3;
        test::ViewFixture covered, early;
        early.model.append(firstSteps(early.whole, at));
        const int token = covered.droppedToken();
        QVERIFY(*covered.model.survival().droppedAt(token) >= 1);
        QString different;
        const auto compare = [&](const char* name, auto make, QSize size) {
            covered.model.liftCurtain();
            covered.navigator.setStep(at + 1);
            const auto one = make(covered), other = make(early);
            for (QWidget* view : {one.get(), other.get()}) {
                view->resize(size);
                view->show();
                QVERIFY(QTest::qWaitForWindowExposed(view));
            }
            covered.navigator.lock(token, false);
            early.navigator.lock(token, false);
            one->grab(); // with what is going to be covered
            covered.model.drawCurtain(at);
            covered.navigator.setStep(at - 1);
            early.navigator.setStep(at - 1);
            covered.navigator.setFollowing(early.navigator.following());
            QTest::qWait(20); // for what views put off
            if (QWidget* focused = QApplication::focusWidget())
                focused->clearFocus();
            if (one->grab().toImage() != other->grab().toImage())
                different += QLatin1String(name) + QLatin1Char(' ');
        };
        const auto of = [](auto* type) {
            using View = std::remove_pointer_t<decltype(type)>;
            return [](test::ViewFixture& f) -> std::unique_ptr<QWidget> {
                return std::make_unique<View>(&f.model, &f.navigator);
            };
        };
        compare("budget", of(static_cast<BudgetView*>(nullptr)), {500, 300});
        compare("text", of(static_cast<TextView*>(nullptr)), {600, 400});
        compare("token", of(static_cast<TokenDetails*>(nullptr)), {360, 420});
        compare("scores", of(static_cast<ScoreView*>(nullptr)), {500, 300});
        compare("caption", of(static_cast<StepCaption*>(nullptr)), {700, 200});
        compare("timeline", of(static_cast<ReplayTimeline*>(nullptr)), {600, 48});
        compare("replay", of(static_cast<ReplayBar*>(nullptr)), {900, 60});
        QCOMPARE(different, QString());
        QCOMPARE(covered.warnings.seen(), QStringList());
    }

    // The map says besides that it is covered, in the middle of what is.
    void theMapKeepsItsPlaceAndSaysThatItIsCovered() {
        constexpr int at = 3;
        test::ViewFixture covered, early;
        early.model.append(firstSteps(early.whole, at));
        SurvivalMap map(&covered.model, &covered.navigator), other(&early.model, &early.navigator);
        covered.show(map, {900, 500});
        early.show(other, {900, 500});
        map.zoom(2);
        other.zoom(2);
        covered.model.drawCurtain(at);
        QVERIFY(map.axis() == other.axis());
        const QImage is = map.grab().toImage(), shouldBe = other.grab().toImage();
        const QRect area = map.mapArea();
        const auto part = [&](const QImage& image, const QRect& rect) { return image.copy(rect); };
        const int edge = (map.centreOf(0, at).y() + map.centreOf(0, at - 1).y()) / 2;
        const QRect above(area.left(), area.top(), area.width(), edge - area.top() - 2);
        const QRect below(area.left(), edge + 2, 2 * grid, area.bottom() - edge - 2);
        QVERIFY(part(is, above) == part(shouldBe, above));
        QVERIFY(part(is, below) == part(shouldBe, below));
        QVERIFY(is != shouldBe); // the note
        QVERIFY(map.accessibleDescription().contains(QStringLiteral("covered")));
        covered.model.liftCurtain();
        QVERIFY(!map.accessibleDescription().contains(QStringLiteral("covered")));
    }

    void answersAreCoveredAsWell() {
        test::ViewFixture f;
        TraceBatch answered;
        auto answer = std::make_shared<trace::Answer>();
        answer->question = "Where?";
        answer->text = "By the river.";
        answered.answers = {answer};
        f.model.append(answered);
        const auto before = static_cast<int>(f.model.store().answers().size());
        AnswerView view(&f.model, &f.navigator);
        f.show(view, {400, 400});
        const QString said = view.answerAt(before - 1);
        f.model.drawCurtain(2);
        QCOMPARE(f.model.store().answers().size(), std::size_t(0));
        QCOMPARE(static_cast<int>(f.model.whole().answers().size()), before);
        const auto scrolled = view.findChild<QWidget*>(QString(), Qt::FindDirectChildrenOnly);
        QVERIFY(scrolled && !scrolled->isVisible());
        f.model.liftCurtain();
        QVERIFY(scrolled->isVisible());
        QCOMPARE(view.answerAt(before - 1), said);
        f.model.append(answered); // and is taken once
        QCOMPARE(view.answerAt(before), said);
    }

    void overlapAndComparisonGoNoFurther() {
        test::ViewFixture f;
        TraceModel b;
        b.append(f.whole);
        RunComparison comparison(&f.model);
        comparison.setOther(&b);
        QVERIFY(comparison.ready());
        OverlapModel overlap(&f.model, &f.navigator, nullptr);
        const int compared = comparison.comparedSteps();
        f.model.drawCurtain(2);
        QCOMPARE(comparison.comparedSteps(), 2);
        QVERIFY(!overlap.chooses(2));
        QVERIFY(overlap.firstChoice().value_or(0) < 2);
        f.model.liftCurtain();
        QCOMPARE(comparison.comparedSteps(), compared);
    }

    void theTimelineSaysWhatIsCovered() {
        test::ViewFixture f;
        ReplayTimeline timeline(&f.model, &f.navigator);
        f.show(timeline, {900, 60});
        f.model.drawCurtain(2);
        const QImage before = timeline.grab().toImage();
        QTest::mouseMove(&timeline, QPoint(timeline.centreOf(4), timeline.height() / 2));
        QTRY_VERIFY(timeline.grab().toImage() != before);
        QVERIFY(timeline.accessibleDescription().contains(QStringLiteral("steps 0 to 1")));
    }
};

QTEST_MAIN(TestCurtain)
#include "test_curtain.moc"
