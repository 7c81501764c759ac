// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/sampler.h"

#include <QTest>

#include <array>
#include <cmath>
#include <vector>

using kvprism::model::Sampler;

class TestSampler : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void takesTheLargestLogitAndTheLowerIdAmongEquals() {
        Sampler greedy(0, 1, 1);
        QCOMPARE(greedy.next(std::vector<float>{0.5F, 2.0F, 2.0F, -1.0F}), 1);
    }
    void drawsTheSameTokensFromTheSameSeed() {
        const std::vector<float> logits{0.1F, 0.2F, 0.3F, 0.15F};
        Sampler one(1, 1, 42);
        Sampler two(1, 1, 42);
        Sampler other(1, 1, 43);
        bool differs = false;
        for (int i = 0; i < 100; ++i) {
            const auto token = one.next(logits);
            QCOMPARE(two.next(logits), token);
            differs = differs || other.next(logits) != token;
        }
        QVERIFY(differs);
    }
    void drawsAsOftenAsTheProbabilitiesSay() {
        const std::vector<float> logits{0.0F, std::log(2.0F), std::log(5.0F)}; // 1/8, 2/8, 5/8
        Sampler sampler(1, 1, 3);
        std::array<int, 3> counts{};
        for (int i = 0; i < 8000; ++i)
            ++counts[static_cast<std::size_t>(sampler.next(logits))];
        QVERIFY(std::abs(counts[0] - 1000) < 150);
        QVERIFY(std::abs(counts[1] - 2000) < 200);
        QVERIFY(std::abs(counts[2] - 5000) < 250);
    }
    void staysInsideTheNucleus() {
        const std::vector<float> logits{0.0F, std::log(2.0F), std::log(5.0F)};
        Sampler sampler(1, 0.6, 3); // the third alone reaches 0.6
        for (int i = 0; i < 200; ++i)
            QCOMPARE(sampler.next(logits), 2);
    }
    void flattensWithTemperature() {
        const std::vector<float> logits{0.0F, 4.0F};
        Sampler hot(100, 1, 5);
        int low = 0;
        for (int i = 0; i < 1000; ++i)
            low += hot.next(logits) == 0;
        QVERIFY(low > 400);
    }
};

QTEST_GUILESS_MAIN(TestSampler)
#include "test_sampler.moc"
