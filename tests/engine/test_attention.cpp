// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/attention.h"
#include "engine/model/attention_avx512.h"
#include "tests/engine/tiny_model.h"

#include <QTest>

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
                    QVERIFY(at::allclose(attend(query, keys, values), attendReference(query, keys, values),
                                         1e-5, 1e-5));
                    const auto half = at::kBFloat16;
                    const at::Tensor rounded = attend(query.to(half), keys.to(half), values.to(half));
                    const at::Tensor expected =
                        attendReference(query.to(half), keys.to(half), values.to(half));
                    QVERIFY(at::allclose(rounded.to(at::kFloat), expected.to(at::kFloat), 4e-2, 4e-2));
                }
    }
    void fusedKernelEqualsTheTextbookForTheHeadSizesItKnows() {
        at::manual_seed(5);
        for (const std::int64_t dim : {64, 128})
            for (const std::int64_t rows : {1, 2, 15, 16, 17, 63, 130})
                for (const std::int64_t past : {0, 1, 63, 200})
                    for (const std::int64_t group : {1, 3, 4}) {
                        if (!canAttendAvx512(dim))
                            QSKIP("this processor has no AVX-512 BF16");
                        const auto half = at::kBFloat16;
                        const at::Tensor query =
                            at::mul(at::randn({2, rows, group, dim}), 2 / std::sqrt(double(dim))).to(half);
                        const at::Tensor keys =
                            at::randn({2, past + rows + 5, dim}).to(half).narrow(1, 0, past + rows);
                        const at::Tensor values =
                            at::randn({2, past + rows + 5, dim}).to(half).narrow(1, 0, past + rows);
                        const at::Tensor fused = attend(query, keys, values).to(at::kFloat);
                        const at::Tensor expected = attendReference(query, keys, values).to(at::kFloat);
                        QVERIFY(at::allclose(fused, expected, 2e-2, 1e-2));
                    }
    }
    void fusedKernelGivesTheSameBitsForAnyNumberOfThreads() {
        if (!canAttendAvx512(64))
            QSKIP("this processor has no AVX-512 BF16");
        at::manual_seed(6);
        const auto half = at::kBFloat16;
        const at::Tensor query = at::randn({3, 50, 3, 64}).to(half);
        const at::Tensor keys = at::randn({3, 90, 64}).to(half);
        const at::Tensor values = at::randn({3, 90, 64}).to(half);
        const int before = at::get_num_threads();
        at::set_num_threads(1);
        const at::Tensor one = attend(query, keys, values);
        at::set_num_threads(2);
        const at::Tensor two = attend(query, keys, values);
        at::set_num_threads(before);
        QVERIFY(at::equal(one, two));
    }
    void worksOnViewsOfALargerStore() {
        at::manual_seed(4);
        const at::Tensor query = at::randn({2, 5, 2, 8});
        const at::Tensor keys = at::randn({2, 50, 8});
        const at::Tensor values = at::randn({2, 50, 8});
        const at::Tensor part = attend(query, keys.narrow(1, 0, 12), values.narrow(1, 0, 12));
        const at::Tensor whole =
            attend(query, keys.narrow(1, 0, 12).contiguous(), values.narrow(1, 0, 12).contiguous());
        QVERIFY(at::allclose(part, whole, 1e-6, 1e-6));
    }
};

QTEST_GUILESS_MAIN(TestAttention)
#include "test_attention.moc"
