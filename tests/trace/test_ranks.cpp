// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/ranks.h"

#include <QTest>

#include <cmath>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

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
    void ranksCandidatesByFallingScore() {
        const auto step = stepWith({{"exact", {9, 1, 3, 2}}}, 4);
        QCOMPARE(candidateRanks(step), (std::vector<std::int32_t>{0, 3, 1, 2}));
        QCOMPARE(rowsByScore(step), (std::vector<std::size_t>{0, 2, 3, 1}));
    }
    void ranksByPooledScoresWhereThereAreAny() {
        const auto step = stepWith({{"peak", {1, 2, 3}}, {"pooled", {1, 3, 2}}, {"exact", {1, 2, 3}}}, 3);
        QCOMPARE(rankingColumn(step)->name, std::string("pooled"));
        QCOMPARE(candidateRanks(step), (std::vector<std::int32_t>{0, 1, 2}));
    }
    void ranksTheLowerPositionFirstWhereScoresAreEqual() {
        QCOMPARE(candidateRanks(stepWith({{"exact", {5, 5, 5, 5}}}, 4)),
                 (std::vector<std::int32_t>{0, 1, 2, 3}));
    }
    void ranksWhatIsNoNumberLast() {
        QCOMPARE(candidateRanks(stepWith({{"exact", {1, std::nanf(""), -7, 2}}}, 4)),
                 (std::vector<std::int32_t>{0, 3, 2, 1}));
    }
    void ranksNothingThatWasNotScored() {
        QVERIFY(!rankingColumn(stepWith({}, 3)));
        QVERIFY(candidateRanks(stepWith({}, 3)).empty());
        QVERIFY(!rankingColumn(stepWith({{"exact", {1}}}, 3))); // not parallel
    }
};

QTEST_GUILESS_MAIN(TestRanks)
#include "test_ranks.moc"
