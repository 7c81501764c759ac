// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/paired.h"

#include <QTest>

#include <cmath>
#include <vector>

using namespace kvprism::cli;

class TestPaired : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void theIntervalIsThatOfTheNormalApproximationWhereThatIsGood() {
        // 400 differences of ±1, 60 % of them +1: mean 0.2, standard error √(0.96/400).
        std::vector<double> a(400, 0), b(400, 0);
        for (std::size_t i = 0; i < 400; ++i)
            (i % 5 < 3 ? a : b)[i] = 1;
        const auto difference = pairedDifference(a, b);
        const double error = 1.96 * std::sqrt(0.96 / 400);
        QVERIFY(std::abs(difference.mean - 0.2) < 1e-12);
        QVERIFY(std::abs(difference.low - (0.2 - error)) < 0.012);
        QVERIFY(std::abs(difference.high - (0.2 + error)) < 0.012);
        QVERIFY(difference.excludesZero());
    }
    void pairsThatDoNotDifferSayNothing() {
        const std::vector<double> same{1, 0, 1, 1};
        const auto difference = pairedDifference(same, same);
        QCOMPARE(difference.mean, 0.0);
        QVERIFY(!difference.excludesZero());
        QVERIFY(!pairedDifference({}, {}).excludesZero());
    }
    void theSamePairsGiveTheSameInterval() {
        const std::vector<double> a{1, 0, 1, 1, 0.5, 0.25}, b{0, 0, 1, 0, 0, 1};
        QCOMPARE(pairedDifference(a, b).low, pairedDifference(a, b).low);
        QCOMPARE(pairedDifference(a, b).mean, -pairedDifference(b, a).mean);
    }
};

QTEST_GUILESS_MAIN(TestPaired)
#include "test_paired.moc"
