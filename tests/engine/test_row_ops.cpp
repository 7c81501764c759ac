// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/row_ops.h"
#include "tests/engine/tiny_model.h"

#include <QTest>

using namespace kvprism;
using namespace kvprism::model;
using namespace kvprism::tests;

class TestRowOps : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void normalisesAsTheFormulaSays() {
        at::manual_seed(1);
        for (const std::int64_t hidden : {1, 7, 8, 37, 576}) {
            const at::Tensor x = at::randn({5, hidden}) * 3;
            const at::Tensor weight = at::rand({hidden});
            const at::Tensor wide = x.to(at::kDouble);
            const at::Tensor expected = wide / (wide.square().mean(-1, true) + 1e-5).sqrt() * weight;
            QVERIFY(at::allclose(rmsNorm(x, weight, 1e-5).to(at::kDouble), expected, 1e-5, 1e-6));
            const at::Tensor rounded = rmsNorm(x.to(at::kBFloat16), weight, 1e-5);
            QCOMPARE(rounded.scalar_type(), at::kBFloat16);
            QVERIFY(at::allclose(rounded.to(at::kDouble), expected, 2e-2, 1e-2));
        }
    }
    void turnsPairsOfAHeadByPositionTimesFrequency() {
        const auto table = rotaryTable(std::vector<StreamPos>{StreamPos(0), StreamPos(3), StreamPos(8000)}, 4,
                                       {.base = 100});
        const std::vector<double> frequencies{1, 0.1};
        for (int row = 0; row < 3; ++row)
            for (int i = 0; i < 2; ++i) {
                const double angle = std::vector<double>{0, 3, 8000}[static_cast<std::size_t>(row)] *
                                     frequencies[static_cast<std::size_t>(i)];
                QVERIFY(std::abs(table.cosine[row][i].item<double>() - std::cos(angle)) < 1e-6);
                QVERIFY(std::abs(table.sine[row][i].item<double>() - std::sin(angle)) < 1e-6);
            }
    }
    void splitsRotatesAndStoresHeads() {
        at::manual_seed(2);
        const HeadShape heads{4, 2, 8};
        const at::Tensor qkv = at::randn({3, (4 + 2 * 2) * 8});
        const auto positions = positionsFrom(5, 3);
        const RotaryTable table = rotaryTable(positions, 8, {});
        at::Tensor keys = at::zeros({2, 9, 8});
        at::Tensor values = at::zeros({2, 9, 8});
        const at::Tensor query = rotateAndStore(qkv, table, heads, keys, values, 4);
        const auto rotated = [&](std::int64_t row, std::int64_t head) {
            const at::Tensor x = qkv[row].narrow(0, head * 8, 8);
            const at::Tensor a = x.narrow(0, 0, 4), b = x.narrow(0, 4, 4);
            const at::Tensor c = table.cosine[row], s = table.sine[row];
            return at::cat({a * c - b * s, b * c + a * s});
        };
        for (std::int64_t row = 0; row < 3; ++row) {
            for (std::int64_t head = 0; head < 4; ++head)
                QVERIFY(at::allclose(query[head / 2][row][head % 2], rotated(row, head) / std::sqrt(8.0),
                                     1e-5, 1e-6));
            for (std::int64_t kv = 0; kv < 2; ++kv) {
                QVERIFY(at::allclose(keys[kv][4 + row], rotated(row, 4 + kv), 1e-5, 1e-6));
                QVERIFY(at::equal(values[kv][4 + row], qkv[row].narrow(0, (6 + kv) * 8, 8)));
            }
        }
        QVERIFY(at::equal(keys.narrow(1, 0, 4), at::zeros({2, 4, 8})));
        QVERIFY(at::equal(keys.narrow(1, 7, 2), at::zeros({2, 2, 8})));
    }
};

QTEST_GUILESS_MAIN(TestRowOps)
#include "test_row_ops.moc"
