// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/view_fixture.h"
#include "views/models/needles.h"
#include "views/style.h"
#include "views/survival_map.h"
#include "views/tier_palette.h"

#include <QUndoStack>
#include <QWheelEvent>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;

class TestSurvivalMap : public QObject {
    Q_OBJECT

    static void wheel(SurvivalMap& map, const QPoint& at, int angle) {
        QWheelEvent event(QPointF(at), map.mapToGlobal(QPointF(at)), {}, {0, angle}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&map, &event);
    }

  private Q_SLOTS:
    void hoversLocksAndAddsTheTokenUnderThePointer() {
        test::ViewFixture f;
        SurvivalMap map(&f.model, &f.navigator);
        f.show(map, {900, 400});
        const QPoint at = map.centreOf(1000, 4);
        QTest::mouseMove(&map, at);
        QTRY_COMPARE(f.navigator.hover(), std::optional(map.tokenAt(at)));
        QVERIFY(std::abs(*f.navigator.hover() - 1000) <= map.axis().tokensPerPixel());
        QTest::mouseClick(&map, Qt::LeftButton, {}, at);
        QCOMPARE(f.navigator.locked(), std::set<int>{map.tokenAt(at)});
        QCOMPARE(f.navigator.step(), 4);
        QTest::mouseClick(&map, Qt::LeftButton, Qt::ShiftModifier, map.centreOf(2000, 4));
        QCOMPARE(f.navigator.locked().size(), std::size_t(2));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void marksWhereNeedlesAre() {
        test::ViewFixture f;
        SurvivalMap map(&f.model, &f.navigator);
        QUndoStack undo;
        Needles needles(&undo);
        map.setNeedles(&needles);
        f.show(map, {900, 400});
        const QImage before = map.grab().toImage();
        needles.add({{1000, 1009}});
        const QImage after = map.grab().toImage();
        const QPoint below(map.centreOf(1005, 0).x(), map.mapArea().bottom() + 5);
        QCOMPARE(after.pixelColor(below), shadesOf(map.palette()).text);
        QVERIFY(before.pixelColor(below) != after.pixelColor(below));
        QCOMPARE(after.copy(map.mapArea()), before.copy(map.mapArea())); // the cells are as they were
        undo.undo();
        QCOMPARE(map.grab().toImage(), before);
    }
    void zoomsAroundThePointerAndBackToAll() {
        test::ViewFixture f;
        SurvivalMap map(&f.model, &f.navigator);
        f.show(map, {900, 400});
        const QPoint at = map.centreOf(1500, 3);
        const int token = map.tokenAt(at);
        for (int i = 0; i < 12; ++i)
            wheel(map, at, 120);
        QVERIFY(!map.axis().showsAll());
        QVERIFY(std::abs(map.tokenAt(at) - token) <= 4);
        QTest::mouseDClick(&map, Qt::LeftButton, {}, at);
        QVERIFY(map.axis().showsAll());
    }

    void dragsAndBrushes() {
        test::ViewFixture f;
        SurvivalMap map(&f.model, &f.navigator);
        f.show(map, {900, 400});
        map.zoom(4);
        const double before = map.axis().first();
        const QPoint from = map.mapArea().center();
        QTest::mousePress(&map, Qt::LeftButton, {}, from);
        QTest::mouseMove(&map, from + QPoint(-60, 0));
        QTest::mouseRelease(&map, Qt::LeftButton, {}, from + QPoint(-60, 0));
        QVERIFY(map.axis().first() > before);
        QVERIFY(f.navigator.locked().empty());

        QTest::mousePress(&map, Qt::RightButton, {}, from);
        QTest::mouseMove(&map, from + QPoint(100, 0));
        QTest::mouseRelease(&map, Qt::RightButton, {}, from + QPoint(100, 0));
        QVERIFY(f.navigator.range());
        QCOMPARE(f.navigator.range()->first, map.tokenAt(from));
        QCOMPARE(f.navigator.range()->last, map.tokenAt(from + QPoint(100, 0)));
        QTest::mouseClick(&map, Qt::RightButton, {}, from);
        QVERIFY(!f.navigator.range());
    }

    void movesByKeys() {
        test::ViewFixture f;
        SurvivalMap map(&f.model, &f.navigator);
        f.show(map, {900, 400});
        map.setFocus();
        QTest::keyClick(&map, Qt::Key_Up);
        QCOMPARE(f.navigator.step(), f.model.stepCount() - 2);
        QTest::keyClick(&map, Qt::Key_Home);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(0));
        map.zoom(100);
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(1));
        QTest::keyClick(&map, Qt::Key_End);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(f.model.tokenCount() - 1));
        QTest::keyClick(&map, Qt::Key_Left, Qt::ShiftModifier);
        QVERIFY(f.navigator.range());
        QTest::keyClick(&map, Qt::Key_0);
        QVERIFY(map.axis().showsAll());
        QTest::keyClick(&map, Qt::Key_Plus);
        QVERIFY(!map.axis().showsAll());
        QTest::keyClick(&map, Qt::Key_Escape);
        QVERIFY(f.navigator.locked().empty() && !f.navigator.range());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    // Looks at the picture itself: one pixel inside a cell has its tier's colour or that of its pattern.
    void paintsTheTierOfEveryCell() {
        test::ViewFixture f;
        SurvivalMap map(&f.model, &f.navigator);
        f.show(map, {900, 400});
        map.zoom(1000); // a token is many pixels wide
        f.navigator.setHover(std::nullopt);
        const QImage picture = map.grab().toImage();
        const TierPalette& tiers = TierPalette::of(map.palette());
        int looked = 0;
        for (int x = map.mapArea().left() + 3; x < map.mapArea().right(); x += 7) {
            for (int step = 0; step < f.model.stepCount() - 1; ++step) {
                const int token = map.tokenAt({x, 0});
                const QColor seen = picture.pixelColor(x, map.centreOf(token, step).y());
                const auto tier = f.model.store().tierAt(step, StreamPos(token));
                const QColor ground = shadesOf(map.palette()).panel;
                const bool right =
                    tier ? seen == tiers.colour(*tier) || seen == tiers.texture(*tier) : seen == ground;
                QVERIFY2(
                    right,
                    qPrintable(QStringLiteral("token %1 step %2: %3").arg(token).arg(step).arg(seen.name())));
                ++looked;
            }
        }
        QVERIFY(looked > 300);
    }

    void growsWhileTheRunGoesOn() {
        test::ViewFixture f;
        TraceModel live;
        Navigator navigator;
        bindExtent(&live, &navigator);
        SurvivalMap map(&live, &navigator);
        f.show(map, {700, 300});
        TraceBatch start;
        start.run = f.whole.run;
        live.append(start);
        const QImage empty = map.grab().toImage();
        const int y = map.centreOf(0, 0).y();
        TraceBatch first;
        first.steps = {f.whole.steps[0]};
        live.append(first);
        const QImage grown = map.grab().toImage();
        QCOMPARE(map.centreOf(0, 0).y(), y); // rows do not move as steps come
        QVERIFY(empty != grown);
        live.clear();
        map.grab();
        QCOMPARE(map.tokenAt({300, 100}), -1);
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void showsAHundredThousandTokensInAnySize() {
        test::SyntheticOptions options;
        options.streamTokens = 131072;
        options.blockSize = 2048;
        options.budget = 4096;
        test::ViewFixture f(options);
        SurvivalMap map(&f.model, &f.navigator);
        for (const QSize size : {QSize(1280, 500), QSize(320, 176), QSize(40, 20)}) {
            map.resize(size);
            map.show();
            map.grab();
            QVERIFY(map.axis().showsAll());
        }
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    // One colour all over says nothing of why: the map does.
    void saysThatEverythingFitsWhereItDoes() {
        test::SyntheticOptions fits;
        fits.streamTokens = 400;
        fits.blockSize = 100;
        fits.budget = 512;
        test::ViewFixture all(fits), chosen;
        SurvivalMap map(&all.model, &all.navigator), other(&chosen.model, &chosen.navigator);
        all.show(map, {700, 400});
        QVERIFY(map.accessibleDescription().contains(QStringLiteral("Everything fits: the 400 tokens")));
        QVERIFY(map.accessibleDescription().contains(QStringLiteral("budget below 400")));
        const QColor ground = shadesOf(map.palette()).raised;
        const QPoint beside = map.mapArea().topRight() + QPoint(-grid - 6, grid + 6);
        QCOMPARE(map.grab().toImage().pixelColor(beside), ground);
        chosen.show(other, {700, 400});
        QVERIFY(!other.accessibleDescription().contains(QStringLiteral("Everything fits")));
        map.resize(60, 40); // where there is no room for it
        map.grab();
        QCOMPARE(all.warnings.seen(), QStringList());
    }

    void saysHowItAggregates() {
        test::ViewFixture f;
        SurvivalMap map(&f.model, &f.navigator);
        f.show(map, {900, 400});
        QVERIFY(map.legendSentence().contains(QStringLiteral("most frequent kept tier")));
        map.zoom(1000);
        QVERIFY(map.legendSentence().contains(QStringLiteral("each token")));
        QVERIFY(!map.accessibleName().isEmpty());
        QVERIFY(!map.accessibleDescription().isEmpty());
    }
};

QTEST_MAIN(TestSurvivalMap)
#include "test_survival_map.moc"
