// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/ranks.h"

#include <QTest>

#include <cmath>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

using Rows = std::vector<std::size_t>;

// Rows with these scores; the first row is no candidate.
CompressionStep stepWith(std::vector<ScoreColumn> columns, int rows) {
    CompressionStep step;
    for (int row = 0; row < rows; ++row) {
        step.held.positions.emplace_back(3 * row);
        step.held.candidates.push_back(row > 0);
    }
    step.held.scores = std::move(columns);
    return step;
}

} // namespace

class TestRanks : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void ordersRowsByFallingScore() {
        QCOMPARE(rowsByScore(stepWith({{"exact", {9, 1, 3, 2}}}, 4)), (Rows{0, 2, 3, 1}));
        QCOMPARE(rowsByScore(stepWith({{"knorm", {9, 1, 3, 2}}}, 4)), (Rows{1, 3, 2, 0}));
    }
    void ordersByPooledScoresWhereThereAreAny() {
        const auto step = stepWith({{"peak", {1, 2, 3}}, {"pooled", {1, 3, 2}}, {"exact", {1, 2, 3}}}, 3);
        QCOMPARE(rankingColumn(step)->name, std::string("pooled"));
        QCOMPARE(rowsByScore(step), (Rows{1, 2, 0}));
    }
    void ordersTheLowerPositionFirstWhereScoresAreEqual() {
        QCOMPARE(rowsByScore(stepWith({{"exact", {5, 5, 5, 5}}}, 4)), (Rows{0, 1, 2, 3}));
    }
    void ordersWhatIsNoNumberLast() {
        QCOMPARE(rowsByScore(stepWith({{"exact", {1, std::nanf(""), -7, 2}}}, 4)), (Rows{3, 0, 2, 1}));
    }
    void ordersNothingThatWasNotScored() {
        QVERIFY(!rankingColumn(stepWith({}, 3)));
        QVERIFY(rowsByScore(stepWith({}, 3)).empty());
        QVERIFY(!rankingColumn(stepWith({{"exact", {1}}}, 3))); // not parallel
    }
};

QTEST_GUILESS_MAIN(TestRanks)
#include "test_ranks.moc"
