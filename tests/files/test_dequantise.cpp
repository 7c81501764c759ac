// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/tensor_type.h"
#include "tests/paths.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

using namespace kvprism;
using namespace kvprism::files;

namespace {

constexpr std::array allTypes{TensorType::f32,  TensorType::f16,    TensorType::bf16,  TensorType::q8_0,
                              TensorType::q4_0, TensorType::q4_1,   TensorType::q5_0,  TensorType::q5_1,
                              TensorType::q2_k, TensorType::q3_k,   TensorType::q4_k,  TensorType::q5_k,
                              TensorType::q6_k, TensorType::iq4_nl, TensorType::iq4_xs};

} // namespace

class TestDequantise : public QObject {
    Q_OBJECT
    QJsonObject m_cases;

  private Q_SLOTS:
    void initTestCase() {
        QFile file(QStringLiteral(KVPRISM_TEST_DATA "/files/dequantised.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_cases = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(m_cases.size(), std::ssize(allTypes));
    }

    void givesTheSameBitsAsTheGgufPackage_data() {
        QTest::addColumn<int>("type");
        for (const TensorType type : allTypes)
            QTest::newRow(std::string(info(type).name).c_str()) << static_cast<int>(type);
    }
    void givesTheSameBitsAsTheGgufPackage() {
        QFETCH(int, type);
        const auto kind = static_cast<TensorType>(type);
        const QString name = QString::fromLatin1(info(kind).name.data(), qsizetype(info(kind).name.size()));
        const QJsonObject one = m_cases[name].toObject();
        const auto bytesOf = [&](const char* field) {
            return QByteArray::fromHex(one[QLatin1String(field)].toString().toLatin1());
        };
        const QByteArray data = bytesOf("bytes"), expected = bytesOf("values");
        QVERIFY(expected.size() > 100);
        std::vector<float> values(static_cast<std::size_t>(expected.size()) / sizeof(float));
        QVERIFY(
            dequantise(kind, std::as_bytes(std::span(data.data(), std::size_t(data.size()))), values).ok());
        for (std::size_t i = 0; i < values.size(); ++i) {
            float reference = 0;
            std::memcpy(&reference, expected.data() + i * sizeof(float), sizeof(float));
            const bool same = std::isnan(reference) ? std::isnan(values[i])
                                                    : std::memcmp(&reference, &values[i], sizeof(float)) == 0;
            QVERIFY2(same,
                     qPrintable(
                         QStringLiteral("value %1: %2 instead of %3").arg(i).arg(values[i]).arg(reference)));
        }
    }

    void refusesSizesThatDoNotFit() {
        const std::array<std::byte, 40> data{};
        std::array<float, 64> values{};
        const auto attempt = [&](TensorType type, std::size_t bytes, std::size_t count) {
            return dequantise(type, std::span(data).first(bytes), std::span(values).first(count)).ok();
        };
        QVERIFY(attempt(TensorType::q4_1, 40, 64));
        QVERIFY(attempt(TensorType::q4_1, 0, 0));
        QVERIFY(!attempt(TensorType::q4_1, 39, 64));
        QVERIFY(!attempt(TensorType::q4_1, 20, 64));
        QVERIFY(!attempt(TensorType::q4_1, 20, 31));
        QVERIFY(!attempt(TensorType::f32, 40, 9));
    }
    void refusesBlocksThatAreNotWhole_data() {
        QTest::addColumn<int>("type");
        for (const TensorType type : allTypes)
            QTest::newRow(std::string(info(type).name).c_str()) << static_cast<int>(type);
    }
    void refusesBlocksThatAreNotWhole() {
        QFETCH(int, type);
        const TensorTypeInfo& layout = info(static_cast<TensorType>(type));
        const std::vector<std::byte> data(2 * layout.blockBytes);
        std::vector<float> values(2 * layout.blockElements);
        const auto attempt = [&](std::size_t bytes, std::size_t count) {
            return dequantise(layout.type, std::span(data).first(bytes), std::span(values).first(count));
        };
        QVERIFY(attempt(data.size(), values.size()).ok());
        QVERIFY(!attempt(data.size() - 1, values.size()));
        QVERIFY(!attempt(data.size(), values.size() - 1));
        const Status half = attempt(layout.blockBytes, values.size());
        QVERIFY(!half);
        QVERIFY(half.error().message.find(layout.name) != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestDequantise)
#include "test_dequantise.moc"
