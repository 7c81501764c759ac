// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/synthetic_model.h"
#include "views/models/survival_tiles.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;

class TestSurvivalTiles : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void givesEveryTokenToExactlyOneColumnWhereColumnsHoldSeveral() {
        for (const int tokens : {1200, 1201, 7639, 131072}) {
            TokenAxis axis;
            axis.setPixels(1200);
            axis.setTokens(tokens);
            int next = 0;
            for (int pixel = 0; pixel < axis.pixels(); ++pixel) {
                const auto [first, end] = axis.tokensOf(pixel);
                QCOMPARE(first, next);
                QVERIFY(end > first);
                next = end;
            }
            QCOMPARE(next, tokens);
        }
    }

    void findsTheTokenUnderAPixelAgain() {
        std::mt19937 random(3);
        for (int i = 0; i < 500; ++i) {
            TokenAxis axis;
            axis.setPixels(50 + static_cast<int>(random() % 2000));
            axis.setTokens(1 + static_cast<int>(random() % 200000));
            axis.zoomAround(static_cast<double>(random() % 500),
                            1 + static_cast<double>(random() % 1000) / 10);
            const int token = axis.tokenAt(axis.pixels() / 2.0);
            QVERIFY(token >= 0 && token < axis.tokens());
            QVERIFY(axis.xOf(token) <= axis.pixels() / 2.0 + 1e-6);
            QVERIFY(axis.xOf(token + 1) > axis.pixels() / 2.0 - 1e-6);
        }
    }

    void keepsTheTokenUnderThePointerWhileZooming() {
        TokenAxis axis;
        axis.setPixels(1000);
        axis.setTokens(100000);
        const double before = axis.first() + 400 * axis.tokensPerPixel();
        axis.zoomAround(400, 7);
        QVERIFY(qAbs(axis.first() + 400 * axis.tokensPerPixel() - before) < 1e-6);
        axis.zoomAround(400, 1e-9);
        QVERIFY(axis.showsAll());
        QCOMPARE(axis.first(), 0.0);
        axis.zoomAround(0, 1e9);
        QCOMPARE(axis.tokensPerPixel(), 1 / TokenAxis::mostPixelsPerToken);
        axis.panBy(1e12);
        QVERIFY(axis.first() + axis.shown() <= 100000 + 1e-6);
        QCOMPARE(axis.tokenAt(999), 99999);
    }

    void revealsATokenWithTheLeastMove() {
        TokenAxis axis;
        axis.setPixels(1000);
        axis.setTokens(100000);
        axis.show(5000, 5999);
        QVERIFY(axis.xOf(5000) > 0 && axis.xOf(6000) < 1000);
        const TokenAxis before = axis;
        axis.reveal(5500);
        QCOMPARE(axis, before);
        axis.reveal(90000);
        QVERIFY(axis.xOf(90000) >= 0 && axis.xOf(90001) <= 1000);
    }

    void survivesNothing() {
        TokenAxis axis;
        axis.setPixels(0);
        axis.setTokens(0);
        axis.zoomAround(3, 2);
        QCOMPARE(axis.tokenAt(5), -1);
        const auto [first, end] = axis.tokensOf(0);
        QCOMPARE(end - first, 0);
    }

    void showsTheMostFrequentKeptTierAndTheShareKept() {
        TierCounts counts;
        QCOMPARE(cellOf(counts).kind, Cell::Kind::unread);
        counts.unread = 5;
        QCOMPARE(cellOf(counts).kind, Cell::Kind::unread);
        counts.byTier = {1000, 0, 0, 1, 0};
        QCOMPARE(cellOf(counts), (Cell{Cell::Kind::global, 1})); // one kept token is never invisible
        counts.byTier = {0, 2, 2, 1, 0};
        QCOMPARE(cellOf(counts), (Cell{Cell::Kind::anchor, 255})); // the more protected one on a tie
        counts.byTier = {5, 0, 2, 3, 0};
        QCOMPARE(cellOf(counts), (Cell{Cell::Kind::global, 128}));
        counts.byTier = {5, 0, 0, 0, 0};
        QCOMPARE(cellOf(counts), (Cell{Cell::Kind::dropped, 0}));
    }

    void roundsTheShareAsMathematiciansDo() {
        for (int read = 1; read <= 700; ++read)
            for (int kept = 1; kept <= read; ++kept) {
                TierCounts counts;
                counts.byTier = {read - kept, 0, 0, kept, 0};
                const long rounded = std::lround(static_cast<double>(kept) / read * 255);
                if (cellOf(counts).share != std::max(1L, rounded))
                    QFAIL(qPrintable(QStringLiteral("%1 of %2").arg(kept).arg(read)));
            }
    }

    void drawsWhatTheStoreSays() {
        std::mt19937 random(19);
        test::SyntheticOptions options;
        options.streamTokens = 4000;
        TraceModel model;
        model.append(test::syntheticBatch(options));
        SurvivalTiles tiles;
        for (int i = 0; i < 20; ++i) {
            TokenAxis axis;
            axis.setPixels(700);
            axis.setTokens(options.streamTokens);
            axis.zoomAround(static_cast<double>(random() % 700), 1 + static_cast<double>(random() % 40));
            tiles.setAxis(axis);
            const int step = static_cast<int>(random() % static_cast<unsigned>(model.stepCount()));
            const std::vector<Cell>& row = tiles.row(model.survival(), step);
            QCOMPARE(row.size(), std::size_t(700));
            for (int pixel = 0; pixel < 700; ++pixel) {
                const auto [first, end] = axis.tokensOf(pixel);
                TierCounts direct;
                for (int token = first; token < end; ++token) {
                    const auto tier = model.store().tierAt(step, StreamPos(token));
                    ++(tier ? direct.byTier[static_cast<std::size_t>(*tier)] : direct.unread);
                }
                QCOMPARE(row[static_cast<std::size_t>(pixel)], cellOf(direct));
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestSurvivalTiles)
#include "test_survival_tiles.moc"
