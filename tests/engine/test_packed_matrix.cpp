// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/decode/crew.h"
#include "engine/model/decode/decode_attention.h"
#include "engine/model/decode/packed_matrix.h"

#include <QTest>

#include <atomic>
#include <cmath>
#include <cstring>
#include <random>

using namespace kvprism;
using namespace kvprism::model;
using files::TensorType;

namespace {

constexpr TensorType types[] = {TensorType::q4_0, TensorType::q4_1, TensorType::q8_0, TensorType::bf16,
                                TensorType::f32};

// Bytes of a matrix whose numbers are of ordinary size.
std::vector<std::byte> randomBytes(std::mt19937_64& random, TensorType type, std::int64_t elements) {
    const files::TensorTypeInfo& info = files::info(type);
    std::vector<std::byte> bytes(static_cast<std::size_t>(elements / info.blockElements * info.blockBytes));
    for (std::byte& byte : bytes)
        byte = static_cast<std::byte>(random());
    std::normal_distribution<float> normal;
    for (std::size_t at = 0; at < bytes.size(); at += info.blockBytes) {
        const float value = normal(random);
        const c10::Half half(std::abs(value) / 16), minimum(value);
        if (type == TensorType::f32)
            std::memcpy(&bytes[at], &value, 4);
        else if (type == TensorType::bf16)
            *reinterpret_cast<c10::BFloat16*>(&bytes[at]) = c10::BFloat16(value);
        else
            std::memcpy(&bytes[at], &half, 2);
        if (type == TensorType::q4_1)
            std::memcpy(&bytes[at + 2], &minimum, 2);
    }
    return bytes;
}

std::vector<float> randomVector(std::mt19937_64& random, std::int64_t size) {
    std::normal_distribution<float> normal;
    std::vector<float> values(static_cast<std::size_t>(size));
    for (float& value : values)
        value = normal(random);
    if (size > 40)
        values[static_cast<std::size_t>(size / 2)] =
            300; // one that dwarfs its neighbours, as models have them
    return values;
}

} // namespace

class TestPackedMatrix : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void productsAreThoseOfTheDequantisedRows() {
        std::mt19937_64 random(3);
        for (const TensorType type : types)
            for (const std::int64_t columns : {32, 64, 96, 512, 544, 576, 1536}) {
                constexpr std::int64_t rows = 9;
                const auto bytes = randomBytes(random, type, rows * columns);
                const auto x = randomVector(random, columns);
                std::vector<float> dense(static_cast<std::size_t>(rows * columns));
                QVERIFY(files::dequantise(type, bytes, dense).ok());
                const PackedMatrix matrix{
                    .type = type, .rows = rows, .columns = columns, .data = bytes.data()};
                QVERIFY(canMultiplyPacked(type, columns));
                PackedVector vector;
                prepare(vector, x, type);
                for (std::int64_t row = 0; row < rows; ++row) {
                    double exact = 0, size = 0, rounded = 0; // rounded: what 16-bit codes may lose
                    for (std::int64_t c = 0; c < columns; ++c) {
                        const double product =
                            static_cast<double>(dense[static_cast<std::size_t>(row * columns + c)]) *
                            static_cast<double>(x[static_cast<std::size_t>(c)]);
                        exact += product;
                        size += std::abs(product);
                    }
                    for (std::int64_t first = 0; first + 32 <= columns; first += 32) {
                        double least = 1e30, most = -1e30, weight = 0, largest = 0;
                        for (std::int64_t c = first; c < first + 32; ++c) {
                            const double w = dense[static_cast<std::size_t>(row * columns + c)];
                            least = std::min(least, w);
                            most = std::max(most, w);
                            weight += std::abs(w);
                            largest = std::max(largest,
                                               std::abs(static_cast<double>(x[static_cast<std::size_t>(c)])));
                        }
                        rounded += (weight + 32 * (most - least)) * largest / 65534;
                    }
                    for (const RowKernel kernel : {RowKernel::plain, RowKernel::avx512}) {
                        if (!has(kernel))
                            continue;
                        const double got = dotRow(kernel, matrix, row, vector);
                        const bool isDense = type == TensorType::f32 || type == TensorType::bf16;
                        const double tolerance = 2e-6 * size + (isDense ? 0 : rounded);
                        QVERIFY2(std::abs(got - exact) <= tolerance,
                                 qPrintable(QStringLiteral("%1 columns %2 kernel %3: %4 against %5")
                                                .arg(QLatin1String(files::info(type).name.data()))
                                                .arg(columns)
                                                .arg(static_cast<int>(kernel))
                                                .arg(got)
                                                .arg(exact)));
                    }
                }
            }
    }
    void someRowsAreTheSameBitsAsAll() {
        std::mt19937_64 random(4);
        for (const TensorType type : types) {
            const auto bytes = randomBytes(random, type, 50 * 64);
            const auto x = randomVector(random, 64);
            const PackedMatrix matrix{.type = type, .rows = 50, .columns = 64, .data = bytes.data()};
            PackedVector vector;
            prepare(vector, x, type);
            std::vector<float> all(50), part(20);
            multiplyRows(matrix, 0, 50, vector, all.data());
            multiplyRows(matrix, 11, 31, vector, part.data());
            QVERIFY(std::equal(part.begin(), part.end(), all.begin() + 11));
        }
    }
    void aVectorOfZerosIsFine() {
        const std::vector<float> x(64, 0);
        std::mt19937_64 random(5);
        const auto bytes = randomBytes(random, TensorType::q4_1, 64);
        PackedVector vector;
        prepare(vector, x, TensorType::q4_1);
        float y = 1;
        multiplyRows({.type = TensorType::q4_1, .rows = 1, .columns = 64, .data = bytes.data()}, 0, 1, vector,
                     &y);
        QCOMPARE(y, 0.0F);
    }
    void refusesRowsOfBrokenBlocks() {
        QVERIFY(!canMultiplyPacked(TensorType::q4_1, 48));
        QVERIFY(!canMultiplyPacked(TensorType::f16, 64));
        QVERIFY(canMultiplyPacked(TensorType::f32, 7));
    }
    void mergedPartsOfAttentionAreTheWhole() {
        const c10::InferenceMode inference;
        at::manual_seed(2);
        for (const at::ScalarType dtype : {at::kFloat, at::kBFloat16})
            for (const std::int64_t dim : {16, 64, 72, 80, 128})
                for (const std::int64_t group : {1, 2, 3, 4, 7}) {
                    const at::Tensor keys = at::randn({311, dim}).to(dtype),
                                     values = at::randn({311, dim}).to(dtype);
                    const at::Tensor query = at::mul(at::randn({group, dim}), 0.5);
                    const at::Tensor weights =
                        at::softmax(at::matmul(query.to(at::kDouble), keys.to(at::kDouble).t()), -1);
                    const at::Tensor expected =
                        at::matmul(weights, values.to(at::kDouble)).to(at::kFloat).contiguous();
                    for (const PartKernel kernel : {PartKernel::plain, partKernelFor(dtype, dim)}) {
                        std::vector<AttentionPart> parts;
                        for (const auto& [begin, count] : {std::pair{0, 128}, {128, 128}, {256, 55}})
                            attendPart(kernel, query.data_ptr<float>(), group,
                                       {.keys = keys.select(0, begin).const_data_ptr(),
                                        .values = values.select(0, begin).const_data_ptr(),
                                        .dtype = dtype,
                                        .count = count,
                                        .headDim = dim},
                                       parts.emplace_back());
                        std::vector<float> out(static_cast<std::size_t>(group * dim));
                        mergeParts(parts, group, dim, out.data());
                        for (std::size_t i = 0; i < out.size(); ++i)
                            QVERIFY(std::abs(out[i] - expected.data_ptr<float>()[i]) < 1e-5);
                    }
                }
    }
    void aCrewDoesEveryRankAndMeetsInBetween() {
        for (const int size : {1, 2, 3}) {
            Crew crew(size);
            for (int round = 0; round < 50; ++round) {
                std::atomic<int> before = 0;
                std::atomic<bool> early = false;
                crew.run([&](int) {
                    for (int meeting = 1; meeting <= 5; ++meeting) {
                        ++before;
                        crew.meet();
                        if (before < size * meeting)
                            early = true;
                        crew.meet();
                    }
                });
                QCOMPARE(before.load(), 5 * size);
                QVERIFY(!early);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestPackedMatrix)
#include "test_packed_matrix.moc"
