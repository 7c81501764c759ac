// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/linear_rows.h"
#include "engine/model/row_ops.h"
#include "tests/engine/tiny_model.h"

#include <QTest>

#include <mutex>
#include <set>
#include <thread>

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
        const at::Tensor query = rotateAndStore(
            qkv, table, heads, {}, {.keys = keys, .values = values, .valueNorms = {}, .first = 4});
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
    void gatedProductIsSiluTimesUp() {
        const c10::InferenceMode inference;
        at::manual_seed(8);
        for (const std::int64_t width : {1, 37, 256}) {
            const at::Tensor x = at::mul(at::randn({19, 2 * width}), 6);
            const at::Tensor gate = x.narrow(1, 0, width).to(at::kDouble),
                             up = x.narrow(1, width, width).to(at::kDouble);
            const at::Tensor expected = gate * at::sigmoid(gate) * up;
            QVERIFY(at::allclose(gatedProduct(x).to(at::kDouble), expected, 2e-6, 1e-7));
            const at::Tensor rounded = gatedProduct(x.to(at::kBFloat16));
            QCOMPARE(rounded.scalar_type(), at::kBFloat16);
            QVERIFY(at::allclose(rounded.to(at::kDouble), expected, 3e-2, 1e-2)); // of rounded inputs
        }
    }
    void rowNormsAreThoseOfEveryPlane() {
        const c10::InferenceMode inference;
        at::manual_seed(9);
        for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
            const at::Tensor x = at::randn({3, 40, 72}).to(dtype).narrow(1, 0, 31);
            const at::Tensor expected = at::linalg_vector_norm(x.to(at::kDouble), 2, -1);
            QVERIFY(at::allclose(rowNorms(x).to(at::kDouble), expected, 1e-6, 0));
        }
    }
    void linearRowsAreTheSameBitsForOneThreadOrTwo() {
        const c10::InferenceMode inference;
        at::manual_seed(10);
        const int before = at::get_num_threads();
        for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16})
            for (const std::int64_t rows : {1, 127, 256, 385, 560}) {
                const at::Tensor x = at::randn({rows, 1536}).to(dtype),
                                 weight = at::randn({576, 1536}).to(dtype), bias = at::randn({576}).to(dtype);
                at::set_num_threads(1);
                const at::Tensor one = linearRows(x, weight), shifted = linearRows(x, weight, bias);
                const at::Tensor expected = at::matmul(x.to(at::kDouble), weight.to(at::kDouble).t());
                const double tolerance = dtype == at::kFloat ? 1e-3 : 1.0; // values of about 40
                QVERIFY(at::allclose(one.to(at::kDouble), expected, 0, tolerance));
                QVERIFY(at::allclose(shifted.to(at::kDouble), expected + bias.to(at::kDouble), 0, tolerance));
                at::set_num_threads(2);
                const at::Tensor two = linearRows(x, weight);
                QVERIFY(at::allclose(two.to(at::kDouble), expected, 0, tolerance));
                if (rows < 256)
                    continue; // oneDNN's affair
                QVERIFY(at::equal(two, one));
                QVERIFY(at::equal(linearRows(x, weight, bias), shifted));
            }
        at::set_num_threads(before);
    }
    void parallelWorkIsDoneBySeveralThreads() {
        const int before = at::get_num_threads();
        at::set_num_threads(2);
        std::mutex mutex;
        std::set<std::thread::id> threads;
        at::parallel_for(0, 2, 1, [&](std::int64_t, std::int64_t) {
            const std::lock_guard lock(mutex);
            threads.insert(std::this_thread::get_id());
        });
        at::set_num_threads(before);
        QCOMPARE(threads.size(), std::size_t{2}); // built without -fopenmp it would be one
    }
};

QTEST_GUILESS_MAIN(TestRowOps)
#include "test_row_ops.moc"
