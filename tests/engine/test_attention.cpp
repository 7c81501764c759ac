// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "engine/model/attention.h"
#include "tests/engine/tiny_model.h"

using namespace kvprism::model;

class TestAttention : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void equalsTheTextbookForAllShapes() {
        at::manual_seed(3);
        for (const std::int64_t rows : {1, 2, 127, 128, 129, 300})
            for (const std::int64_t past : {0, 1, 200})
                for (const std::int64_t group : {1, 3}) {
                    const at::Tensor query = at::randn({2, rows, group, 16}) * 0.5;
                    const at::Tensor keys = at::randn({2, past + rows, 16});
                    const at::Tensor values = at::randn({2, past + rows, 16});
                    QVERIFY(at::allclose(attend(query, keys, values), attendReference(query, keys, values), 1e-5, 1e-5));
                    const auto half = at::kBFloat16;
                    const at::Tensor rounded = attend(query.to(half), keys.to(half), values.to(half));
                    const at::Tensor expected = attendReference(query.to(half), keys.to(half), values.to(half));
                    QVERIFY(at::allclose(rounded.to(at::kFloat), expected.to(at::kFloat), 4e-2, 4e-2));
                }
    }
    void worksOnViewsOfALargerStore() {
        at::manual_seed(4);
        const at::Tensor query = at::randn({2, 5, 2, 8});
        const at::Tensor keys = at::randn({2, 50, 8});
        const at::Tensor values = at::randn({2, 50, 8});
        const at::Tensor part = attend(query, keys.narrow(1, 0, 12), values.narrow(1, 0, 12));
        const at::Tensor whole = attend(query, keys.narrow(1, 0, 12).contiguous(), values.narrow(1, 0, 12).contiguous());
        QVERIFY(at::allclose(part, whole, 1e-6, 1e-6));
    }
};

QTEST_GUILESS_MAIN(TestAttention)
#include "test_attention.moc"
