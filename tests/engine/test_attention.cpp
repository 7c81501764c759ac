// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/attention.h"
#include "engine/model/attention_avx512.h"
#include "engine/model/key_products.h"
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
    void fusedKernelsEqualTheTextbookForTheHeadSizesTheyKnow_data() { kernels(); }
    void fusedKernelsEqualTheTextbookForTheHeadSizesTheyKnow() {
        QFETCH(FusedKernel, kernel);
        if (!canAttendFused(kernel, 64))
            QSKIP("this processor has no such instructions");
        at::manual_seed(5);
        const auto half = at::kBFloat16;
        for (const std::int64_t dim : {64, 128})
            for (const std::int64_t rows : {1, 2, 15, 16, 17, 63, 130})
                for (const std::int64_t past : {0, 1, 63, 200, 511, 700})
                    for (const std::int64_t group : {1, 3, 4}) {
                        const at::Tensor query =
                            at::mul(at::randn({2, rows, group, dim}), 2 / std::sqrt(double(dim))).to(half);
                        const at::Tensor keys =
                            at::randn({2, past + rows + 5, dim}).to(half).narrow(1, 0, past + rows);
                        const at::Tensor values =
                            at::randn({2, past + rows + 5, dim}).to(half).narrow(1, 0, past + rows);
                        const at::Tensor fused = attendFused(kernel, query, keys, values).to(at::kFloat);
                        const at::Tensor expected = attendReference(query, keys, values).to(at::kFloat);
                        QVERIFY(at::allclose(fused, expected, 2e-2, 1e-2));
                    }
    }
    void fusedKernelsTakeLogitsThatGrowFromChunkToChunk_data() { kernels(); }
    void fusedKernelsTakeLogitsThatGrowFromChunkToChunk() {
        QFETCH(FusedKernel, kernel);
        if (!canAttendFused(kernel, 64))
            QSKIP("this processor has no such instructions");
        at::manual_seed(7);
        const auto half = at::kBFloat16;
        const at::Tensor growth = at::linspace(0.01, 20, 1200).reshape({1, 1200, 1});
        const at::Tensor query = at::full({1, 40, 3, 64}, 0.125).to(half);
        const at::Tensor keys = (growth * at::rand({1, 1200, 64})).to(half);
        const at::Tensor values = at::randn({1, 1200, 64}).to(half);
        for (const at::Tensor& order : {keys, keys.flip(1).contiguous()}) {
            const at::Tensor fused = attendFused(kernel, query, order, values).to(at::kFloat);
            const at::Tensor expected = attendReference(query, order, values).to(at::kFloat);
            QVERIFY(at::allclose(fused, expected, 2e-2, 1e-2));
        }
    }
    void fusedKernelsGiveTheSameBitsForAnyNumberOfThreads_data() { kernels(); }
    void fusedKernelsGiveTheSameBitsForAnyNumberOfThreads() {
        QFETCH(FusedKernel, kernel);
        if (!canAttendFused(kernel, 64))
            QSKIP("this processor has no such instructions");
        at::manual_seed(6);
        const auto half = at::kBFloat16;
        const at::Tensor query = at::randn({3, 50, 3, 64}).to(half);
        const at::Tensor keys = at::randn({3, 90, 64}).to(half);
        const at::Tensor values = at::randn({3, 90, 64}).to(half);
        const int before = at::get_num_threads();
        at::set_num_threads(1);
        const at::Tensor one = attendFused(kernel, query, keys, values);
        at::set_num_threads(2);
        const at::Tensor two = attendFused(kernel, query, keys, values);
        at::set_num_threads(before);
        QVERIFY(at::equal(one, two));
    }
    void whatTheTileKernelLeavesBehindIsWhatAScorerWouldCompute() {
        if (!canAttendFused(FusedKernel::amx, 64))
            QSKIP("this processor has no such instructions");
        at::manual_seed(9);
        const auto half = at::kBFloat16;
        const std::int64_t rows = 37, past = 1100, group = 3;
        const at::Tensor query = at::mul(at::randn({2, rows, group, 64}), 0.4).to(half);
        const at::Tensor keys = at::randn({2, past + rows, 64}).to(half);
        AttentionByProducts left;
        attendFused(FusedKernel::amx, query, keys, at::randn({2, past + rows, 64}).to(half), &left);
        at::Tensor logits = at::matmul(query.to(at::kDouble).reshape({2, rows * group, 64}),
                                       keys.to(at::kDouble).transpose(1, 2));
        for (std::int64_t row = 0; row < rows; ++row)
            logits.narrow(1, row * group, group)
                .narrow(2, past + row + 1, rows - row - 1)
                .fill_(-std::numeric_limits<double>::infinity());
        QVERIFY(at::allclose(left.logSumExp.to(at::kDouble), at::logsumexp(logits, 2), 1e-6, 1e-6));

        const at::Tensor stacked = query.reshape({2, rows * group, 64});
        const KeyProducts packs(stacked, keys), reuses(stacked, keys, left.packedKeys);
        const std::int64_t stride = 1200;
        std::vector<float> own(KeyProducts::mostRows * stride), reused(own.size());
        packs.multiply({1, 64, 20, 512, past + rows}, own.data(), stride);
        reuses.multiply({1, 64, 20, 512, past + rows}, reused.data(), stride);
        for (std::int64_t row = 0; row < 20; ++row)
            for (std::int64_t key = 0; key < past + rows - 512; ++key)
                QCOMPARE(reused[row * stride + key], own[row * stride + key]);
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

  private:
    static void kernels() {
        QTest::addColumn<FusedKernel>("kernel");
        QTest::newRow("AVX-512 BF16") << FusedKernel::avx512;
        QTest::newRow("AMX") << FusedKernel::amx;
    }
};

QTEST_GUILESS_MAIN(TestAttention)
#include "test_attention.moc"
