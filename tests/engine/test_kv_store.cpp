// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cache/kv_store.h"
#include "tests/engine/tiny_model.h"

#include <QTest>

#include <random>

using namespace kvprism;
using namespace kvprism::tests;

class TestKvStore : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void keepsExactlyTheChosenRowsInEveryLayerAndHead() {
        std::mt19937 random(1);
        for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16}) {
            const auto config = tinyWeights({.layers = 3}, 1).config;
            for (int round = 0; round < 50; ++round) {
                cache::KvStore store(config, dtype, 40);
                store.extend(33);
                for (std::int32_t layer = 0; layer < 3; ++layer) {
                    store.keys(LayerIndex(layer), 40).normal_();
                    store.values(LayerIndex(layer), 40).normal_();
                }
                std::vector<std::int32_t> rows;
                for (std::int32_t row = 0; row < 33; ++row)
                    if (random() % 3 != 0)
                        rows.push_back(row);
                std::vector<at::Tensor> expected;
                const at::Tensor index = at::tensor(rows, at::kInt);
                for (std::int32_t layer = 0; layer < 3; ++layer) {
                    expected.push_back(store.keys(LayerIndex(layer), 33).index_select(1, index));
                    expected.push_back(store.values(LayerIndex(layer), 33).index_select(1, index));
                }
                store.compact(rows);
                QCOMPARE(store.used(), static_cast<std::int32_t>(rows.size()));
                for (std::int32_t layer = 0; layer < 3; ++layer) {
                    QVERIFY(at::equal(store.keys(LayerIndex(layer), store.used()), expected[2 * layer]));
                    QVERIFY(
                        at::equal(store.values(LayerIndex(layer), store.used()), expected[2 * layer + 1]));
                }
            }
        }
    }
    void countsBytesAsTheFormulaSays() {
        const auto config = tinyWeights({}, 1).config; // 2 layers, 2 KV heads, head_dim 16
        cache::KvStore store(config, at::kBFloat16, 10);
        QCOMPARE(store.bytesPerToken(), std::uint64_t{2 * 2 * 2 * 16 * 2});
        QCOMPARE(store.bytesPerToken(), config.kvBytesPerToken(2));
        store.extend(7);
        QCOMPARE(store.bytesInUse(), 7 * store.bytesPerToken());
        QCOMPARE(store.bytesAllocated(), 10 * store.bytesPerToken());
    }
    void refusesRowsThatAreNotInUseOrNotAscending() {
        cache::KvStore store(tinyWeights({}, 1).config, at::kFloat, 10);
        store.extend(5);
        QVERIFY_EXCEPTION_THROWN(store.compact(std::vector<std::int32_t>{0, 5}), c10::Error);
        QVERIFY_EXCEPTION_THROWN(store.compact(std::vector<std::int32_t>{2, 1}), c10::Error);
        QVERIFY_EXCEPTION_THROWN(store.extend(6), c10::Error);
    }
};

QTEST_GUILESS_MAIN(TestKvStore)
#include "test_kv_store.moc"
