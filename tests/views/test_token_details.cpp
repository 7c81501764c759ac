// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/view_fixture.h"
#include "views/models/step_ranks.h"
#include "views/token_details.h"

#include <QLabel>
#include <QToolButton>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;

class TestTokenDetails : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void ranksByFallingScoreThenPosition() {
        trace::CompressionStep step;
        step.held.positions = {StreamPos(0), StreamPos(1), StreamPos(2), StreamPos(3), StreamPos(4)};
        step.held.tiers.assign(5, Tier::global);
        step.held.candidates = {0, 1, 1, 1, 1};
        step.held.scores = {{"exact", {9, 2, 5, 5, std::numeric_limits<float>::quiet_NaN()}}};
        trace::Run run;
        run.config = {{"method", "exact"}};
        const StepRanks ranks(run, step);
        QCOMPARE(ranks.candidates(), 4);
        QVERIFY(!ranks.rankOf(0));
        QCOMPARE(ranks.rankOf(2), std::optional(1));
        QCOMPARE(ranks.rankOf(3), std::optional(2));
        QCOMPARE(ranks.rankOf(1), std::optional(3));
        QCOMPARE(ranks.rankOf(4), std::optional(4));
        QCOMPARE(ranks.standingOf(0), std::optional(1.0));
        QVERIFY(!StepRanks().standingOf(0));
    }

    void ranksEachStepOfTheRunThatIsShown() {
        test::ViewFixture f;
        const auto compare = [&f] {
            for (int twice = 0; twice < 2; ++twice)
                for (int i = f.model.stepCount() - 1; i >= 0; --i) {
                    const trace::CompressionStep& step =
                        *f.model.store().steps()[static_cast<std::size_t>(i)];
                    const StepRanks direct(*f.model.run(), step);
                    QCOMPARE(f.model.ranks(i).candidates(), direct.candidates());
                    for (std::size_t row = 0; row < step.held.size(); ++row) {
                        QCOMPARE(f.model.ranks(i).rankOf(row), direct.rankOf(row));
                        QCOMPARE(f.model.ranks(i).standingOf(row), direct.standingOf(row));
                    }
                }
        };
        compare();
        test::SyntheticOptions other;
        other.seed += 1;
        f.model.append(test::syntheticBatch(other));
        compare();
    }

    void tellsWhyATokenWasDropped() {
        test::ViewFixture f;
        const int token = f.droppedToken();
        const int gone = *f.model.survival().droppedAt(token);
        // From any step after it, the story is that of the step which dropped it.
        for (const int seenFrom : {gone, f.model.stepCount() - 1}) {
            const TokenStory story = tokenStory(f.model, token, seenFrom);
            QCOMPARE(story.tier, std::optional(Tier::dropped));
            QCOMPARE(story.reason, std::optional(trace::Reason::belowCut));
            QVERIFY(story.score && story.score->rank && story.score->cut);
            QCOMPARE(story.score->step, gone);
            const trace::CompressionStep& step = *f.model.store().steps()[static_cast<std::size_t>(gone)];
            QVERIFY(*story.score->rank > step.quota);
            QVERIFY(story.score->value <= *story.score->cut);
            QCOMPARE(story.score->candidates, step.counts.candidates);
            // Newcomers, kept now and not global before, with scores no lower than the token's own.
            QVERIFY(!story.tookItsPlace.empty());
            for (const int other : story.tookItsPlace) {
                QCOMPARE(f.model.store().tierAt(gone, StreamPos(other)), std::optional(Tier::global));
                QVERIFY(f.model.store().tierAt(gone - 1, StreamPos(other)) != std::optional(Tier::global));
            }
            const auto row = f.model.store().rowAt(gone, StreamPos(*story.lastAboveCut));
            QCOMPARE(step.held.scores.back().values[*row], *story.score->cut);
        }
        const TokenStory before = tokenStory(f.model, token, gone - 1);
        QVERIFY(before.tier != std::optional(Tier::dropped));
        QVERIFY(before.tookItsPlace.empty());
    }

    void showsWhatTheStorySays() {
        test::ViewFixture f;
        TokenDetails details(&f.model, &f.navigator);
        f.show(details, {320, 560});
        const int token = f.droppedToken();
        const int gone = *f.model.survival().droppedAt(token);
        f.navigator.lock(token, false);
        QTRY_COMPARE(details.value(QStringLiteral("Tier")), QStringLiteral("Dropped"));
        QCOMPARE(details.value(QStringLiteral("Dropped")), QStringLiteral("at step %1").arg(gone));
        QVERIFY(details.value(QStringLiteral("Cut-off")).contains(QStringLiteral("missed by")));
        const auto buttons = details.findChildren<QToolButton*>();
        QVERIFY(buttons.front()->isVisible());
        QTest::mouseClick(buttons.front(), Qt::LeftButton);
        QCOMPARE(f.navigator.step(), gone);
        f.navigator.clearLock();
        f.navigator.setHover(0);
        QTRY_COMPARE(details.value(QStringLiteral("Tier")), QStringLiteral("Anchor"));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void letsTheValuesOfALockedTokenBeSelectedWhereTheyStood() {
        test::ViewFixture f;
        TokenDetails details(&f.model, &f.navigator);
        f.show(details, {320, 560});
        const int token = f.droppedToken();
        const auto tier = [&]() -> QLabel* {
            for (QLabel* label : details.findChildren<QLabel*>())
                if (label->accessibleName() == QStringLiteral("Tier"))
                    return label;
            return nullptr;
        };
        f.navigator.setHover(token);
        QTRY_VERIFY(tier()->isVisible());
        QCoreApplication::processEvents();
        QVERIFY(!tier()->textInteractionFlags().testFlag(Qt::TextSelectableByMouse));
        const QRect pointed = tier()->geometry();
        const QImage picture = details.grab().toImage();
        f.navigator.lock(token, false);
        QTRY_VERIFY(tier()->textInteractionFlags().testFlag(Qt::TextSelectableByMouse));
        QCoreApplication::processEvents();
        QCOMPARE(tier()->geometry(), pointed);
        QCOMPARE(details.grab().toImage(), picture);
    }

    void asksForNoMoreRoomWhateverItTells() {
        test::ViewFixture f;
        TokenDetails details(&f.model, &f.navigator);
        f.show(details, {300, 200});
        const QSize least = details.minimumSizeHint();
        QVERIFY(least.height() <= 120);
        for (const int token : {0, f.droppedToken(), f.model.tokenCount() - 1}) {
            f.navigator.lock(token, false);
            QTRY_VERIFY(!details.value(QStringLiteral("Tier")).isEmpty());
            QCoreApplication::processEvents();
            QCOMPARE(details.minimumSizeHint(), least);
        }
    }

    void findsTheTokenThatWasWantedMost() {
        test::ViewFixture f;
        const auto token = mostWantedToken(f.model);
        QVERIFY(token);
        const trace::CompressionStep& last = *f.model.store().steps().back();
        const auto row = f.model.store().rowAt(last.index, StreamPos(*token));
        QCOMPARE(last.held.tiers[*row], Tier::global);
        const auto& scores = last.held.scores.back().values;
        for (std::size_t other = 0; other < last.held.size(); ++other)
            QVERIFY(last.held.tiers[other] != Tier::global || !(scores[other] > scores[*row]));
        f.model.clear();
        QVERIFY(!mostWantedToken(f.model));
    }

    void locksWhatTookItsPlace() {
        test::ViewFixture f;
        TokenDetails details(&f.model, &f.navigator);
        f.show(details, {320, 560});
        const int token = f.droppedToken();
        f.navigator.lock(token, false);
        f.navigator.setStep(*f.model.survival().droppedAt(token));
        const TokenStory story = tokenStory(f.model, token, f.navigator.step());
        QTRY_COMPARE(details.value(QStringLiteral("Tier")), QStringLiteral("Dropped"));
        QCoreApplication::processEvents();
        for (QToolButton* button : details.findChildren<QToolButton*>()) {
            if (!button->isVisible() || !button->text().contains(QStringLiteral(" at ")))
                continue;
            QTest::mouseClick(button, Qt::LeftButton);
            break;
        }
        QCOMPARE(f.navigator.effectiveToken(), std::optional(story.tookItsPlace.front()));
    }
};

QTEST_MAIN(TestTokenDetails)
#include "test_token_details.moc"
