// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/view_fixture.h"
#include "views/models/token_marks.h"
#include "views/replay_bar.h"
#include "views/replay_timeline.h"
#include "views/selection_chip.h"

#include <QToolButton>
#include <QUndoStack>

using namespace kvprism;
using namespace kvprism::views;

class TestReplayBar : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void movesByKeys() {
        test::ViewFixture f;
        ReplayBar bar(&f.model, &f.navigator);
        f.show(bar, {900, 56});
        bar.timeline()->setFocus();
        const int last = f.model.stepCount() - 1;
        QCOMPARE(f.navigator.step(), last);
        QTest::keyClick(bar.timeline(), Qt::Key_Left);
        QCOMPARE(f.navigator.step(), last - 1);
        QTest::keyClick(bar.timeline(), Qt::Key_Home);
        QCOMPARE(f.navigator.step(), 0);
        QTest::keyClick(bar.timeline(), Qt::Key_Right);
        QCOMPARE(f.navigator.step(), 1);
        QTest::keyClick(bar.timeline(), Qt::Key_End);
        QCOMPARE(f.navigator.step(), last);
        QTest::keyClick(bar.timeline(), Qt::Key_Space);
        QVERIFY(bar.isPlaying());
        QTest::keyClick(bar.timeline(), Qt::Key_Space);
        QVERIFY(!bar.isPlaying());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void playsToTheEndAndLoops() {
        test::ViewFixture f;
        ReplayBar bar(&f.model, &f.navigator);
        bar.setSpeed(500); // a step a millisecond
        std::vector<int> seen;
        connect(&f.navigator, &Navigator::stepChanged, this, [&](int step) { seen.push_back(step); });
        bar.setPlaying(true);
        QTRY_VERIFY(!bar.isPlaying());
        std::vector<int> expected;
        for (int step = 0; step < f.model.stepCount(); ++step)
            expected.push_back(step);
        QCOMPARE(seen, expected);
        bar.setLooping(true);
        seen.clear();
        bar.setPlaying(true);
        QTRY_VERIFY(seen.size() > 2 * expected.size());
        QVERIFY(bar.isPlaying());
        f.model.clear();
        QVERIFY(!bar.isPlaying());
    }

    void scrubsOnTheTimeline() {
        test::ViewFixture f;
        ReplayBar bar(&f.model, &f.navigator);
        f.show(bar, {900, 56});
        ReplayTimeline& line = *bar.timeline();
        QTest::mouseClick(&line, Qt::LeftButton, {}, QPoint(line.centreOf(2), line.height() / 2));
        QCOMPARE(f.navigator.step(), 2);
        QTest::mousePress(&line, Qt::LeftButton, {}, QPoint(line.centreOf(1), 20));
        QTest::mouseMove(&line, QPoint(line.centreOf(4), 20));
        QTest::mouseRelease(&line, Qt::LeftButton, {}, QPoint(line.centreOf(4), 20));
        QCOMPARE(f.navigator.step(), 4);
        for (int step = 0; step < f.model.stepCount(); ++step)
            QCOMPARE(line.stepAt(line.centreOf(step)), step);
    }

    void drawsAndTellsTheMarksThatAreSet() {
        test::ViewFixture f;
        ReplayBar bar(&f.model, &f.navigator);
        f.show(bar, {900, 56});
        ReplayTimeline& line = *bar.timeline();
        f.navigator.setStep(0);
        const QImage before = line.grab().toImage();
        using Kind = TimelineMark::Kind;
        line.setMarks({{Kind::needle, 3, QStringLiteral("needle lost: “captain”")},
                       {Kind::pin, 3, QStringLiteral("pinned 4 tokens")},
                       {Kind::answer, 5, QStringLiteral("answer 1")}});
        const QImage after = line.grab().toImage();
        const QRgb ink = shadesOf(line.palette()).text.rgb();
        const auto inkNear = [&](const QImage& picture, int step) {
            int count = 0;
            for (int x = line.centreOf(step) - 12; x <= line.centreOf(step) + 12; ++x)
                for (int y = 0; y < 11; ++y)
                    count += picture.pixel(x, y) == ink;
            return count;
        };
        QCOMPARE(inkNear(before, 3), 0);
        QVERIFY(inkNear(after, 3) > inkNear(after, 5)); // two marks stand side by side
        QVERIFY(inkNear(after, 5) > 10);
        QCOMPARE(inkNear(after, 4), 0);
        QCOMPARE(line.labelsAt(3).size(), 2);
        QVERIFY(line.labelsAt(4).isEmpty());
        f.navigator.setStep(3);
        QVERIFY(line.accessibleDescription().contains(QStringLiteral("captain")));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void jumpsToWhereTheLockedTokenWasDropped() {
        test::ViewFixture f;
        ReplayBar bar(&f.model, &f.navigator);
        f.show(bar, {900, 56});
        const int token = f.droppedToken();
        QVERIFY(token >= 0);
        f.navigator.lock(token, false);
        QTest::keyClick(&bar, Qt::Key_D);
        QCOMPARE(std::optional(f.navigator.step()), f.model.survival().droppedAt(token));
    }

    void saysWhyAControlIsDisabledAndNamesAll() {
        test::ViewFixture f;
        ReplayBar bar(&f.model, &f.navigator);
        f.show(bar, {900, 56});
        const auto buttons = bar.findChildren<QToolButton*>();
        QVERIFY(buttons.size() >= 8);
        for (const QToolButton* button : buttons) {
            QVERIFY(!button->accessibleName().isEmpty());
            QVERIFY(button->focusPolicy() & Qt::TabFocus);
        }
        const auto drop = std::find_if(buttons.begin(), buttons.end(), [](const QToolButton* b) {
            return b->toolTip().contains(QStringLiteral("dropped"));
        });
        QVERIFY(drop != buttons.end());
        QVERIFY(!(*drop)->isEnabled());
        QVERIFY((*drop)->toolTip().contains(QStringLiteral("lock a token first")));
        f.navigator.lock(0, false); // an anchor
        QVERIFY((*drop)->toolTip().contains(QStringLiteral("was not dropped")));
        f.navigator.lock(f.droppedToken(), false);
        QVERIFY((*drop)->isEnabled());
    }

    void showsTheSelectionAndLetsItGo() {
        test::ViewFixture f;
        QWidget window;
        SelectionChip chip(&f.model, &f.navigator, &window);
        f.show(window, {300, 60});
        QVERIFY(!chip.isVisible());
        f.navigator.lock(100, false);
        QVERIFY(chip.isVisible());
        QVERIFY(chip.text().contains(f.model.text().label(100)));
        f.navigator.lock(200, true);
        QCOMPARE(chip.text(), QStringLiteral("2 tokens"));
        QTest::mouseClick(chip.findChild<QToolButton*>(), Qt::LeftButton);
        QVERIFY(!chip.isVisible());
        QVERIFY(f.navigator.locked().empty());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    // A mark changes nothing that is shown, so it has to be said that it was made, and from when on it holds.
    void saysWhatASelectionIsMarkedAsAndFromWhenOn() {
        test::ViewFixture f;
        QUndoStack history;
        TokenMarks marks(&history);
        QWidget window;
        auto* chip = new SelectionChip(&f.model, &f.navigator, &window);
        chip->setMarks(&marks, QStringLiteral("Ctrl+Shift+Return"));
        f.show(window, {300, 60});
        f.navigator.setRange(Navigator::TokenRange{100, 104});
        QVERIFY(!chip->text().contains(QStringLiteral("pinned")));
        marks.pin({100, 104});
        QVERIFY(chip->text().endsWith(
            QStringLiteral("pinned: holds from the next reading on, ask again (Ctrl+Shift+Return)")));
        QCOMPARE(chip->accessibleDescription(), chip->text());
        marks.evict({100, 101});
        QVERIFY(chip->text().contains(QStringLiteral("pinned and evicted: holds")));
        f.navigator.setRange(Navigator::TokenRange{100, 101});
        QVERIFY(chip->text().contains(QStringLiteral("  evicted: holds")));
        history.undo();
        QVERIFY(chip->text().contains(QStringLiteral("  pinned: holds")));
        f.navigator.setRange(Navigator::TokenRange{300, 301});
        QVERIFY(!chip->text().contains(QStringLiteral("holds")));
        auto run = std::make_shared<trace::Run>(*f.whole.run); // read with the same pins
        run->config.push_back({"pin", "100-104"});
        TraceBatch pinned = f.whole;
        pinned.run = run;
        f.model.append(pinned);
        f.navigator.setRange(Navigator::TokenRange{100, 104});
        QVERIFY(chip->text().endsWith(QStringLiteral("pinned in this run")));
    }
};

QTEST_MAIN(TestReplayBar)
#include "test_replay_bar.moc"
