// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/synthetic_model.h"

#include <QTest>

#include <random>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;

namespace {

struct Shape {
    int tokens, block, budget;
};
// Everything fits; one token; a last block of one token; many steps.
constexpr Shape shapes[] = {{300, 64, 512}, {1, 8, 16}, {1025, 128, 64}, {3000, 512, 512}, {5000, 50, 200}};

TierCounts countDirectly(const trace::TraceStore& store, int step, int first, int end) {
    TierCounts counts;
    for (int token = first; token < end; ++token) {
        const auto tier = store.tierAt(step, StreamPos(token));
        if (tier)
            ++counts.byTier[static_cast<std::size_t>(*tier)];
        else
            ++counts.unread;
    }
    return counts;
}

} // namespace

class TestSurvivalIndex : public QObject {
    Q_OBJECT

    static void fill(TraceModel& model, const Shape& shape, std::uint64_t seed) {
        test::SyntheticOptions options;
        options.streamTokens = shape.tokens;
        options.blockSize = shape.block;
        options.budget = shape.budget;
        options.seed = seed;
        model.append(test::syntheticBatch(options));
    }

  private Q_SLOTS:
    void countsAsTheStoreDoes() {
        std::mt19937 random(7);
        for (const Shape& shape : shapes) {
            TraceModel model;
            fill(model, shape, 3);
            for (int i = 0; i < 300; ++i) {
                const int step = static_cast<int>(random() % static_cast<unsigned>(model.stepCount() + 1));
                const int a = static_cast<int>(random() % static_cast<unsigned>(shape.tokens + 1));
                const int b = static_cast<int>(random() % static_cast<unsigned>(shape.tokens + 1));
                const int first = std::min(a, b);
                const int end = std::max(a, b);
                QCOMPARE(model.survival().count(step, first, end),
                         countDirectly(model.store(), step, first, end));
            }
        }
    }

    void tellsTierAndDropOfEveryTokenAsTheStoreDoes() {
        for (const Shape& shape : shapes) {
            TraceModel model;
            fill(model, shape, 5);
            for (int token = 0; token < shape.tokens; token += 1 + shape.tokens / 211) {
                QCOMPARE(model.survival().droppedAt(token), model.store().droppedAt(StreamPos(token)));
                QCOMPARE(model.survival().readAt(token), std::optional(token / shape.block));
                for (int step = 0; step < model.stepCount(); ++step)
                    QCOMPARE(model.survival().tier(step, token),
                             model.store().tierAt(step, StreamPos(token)));
            }
        }
    }

    void growsStepByStepToTheSameAnswers() {
        test::SyntheticOptions options;
        const TraceBatch whole = test::syntheticBatch(options);
        TraceModel model;
        TraceBatch start;
        start.run = whole.run;
        model.append(start);
        QCOMPARE(model.survival().count(0, 0, 3000).unread, 3000);
        for (std::size_t i = 0; i < whole.steps.size(); ++i) {
            TraceBatch batch;
            batch.steps = {whole.steps[i]};
            model.append(batch);
            const int step = static_cast<int>(i);
            QCOMPARE(model.survival().count(step, 0, 3000), countDirectly(model.store(), step, 0, 3000));
        }
        QCOMPARE(model.expectedSteps(), model.stepCount());
    }

    void sharesHeldStepsExactly() {
        for (const Shape& shape : shapes) {
            TraceModel model;
            fill(model, shape, 11);
            const int first = shape.tokens / 3;
            const int end = shape.tokens - shape.tokens / 5;
            int held = 0;
            int read = 0;
            for (int token = first; token < end; ++token) {
                for (int step = 0; step < model.stepCount(); ++step) {
                    const auto tier = model.store().tierAt(step, StreamPos(token));
                    read += tier.has_value();
                    held += tier && *tier != Tier::dropped;
                }
            }
            const auto share = model.survival().heldShare(first, end);
            QCOMPARE(share.has_value(), read > 0);
            if (share)
                QCOMPARE(*share, static_cast<double>(held) / read);
        }
    }

    void answersNothingBeyondTheStream() {
        TraceModel model;
        fill(model, shapes[2], 1);
        QVERIFY(!model.survival().tier(0, -1));
        QVERIFY(!model.survival().tier(0, 1025));
        QVERIFY(!model.survival().tier(-1, 0));
        QVERIFY(!model.survival().droppedAt(1025));
        QCOMPARE(model.survival().count(0, -50, 99999).read(), 128);
        QCOMPARE(SurvivalIndex().count(0, 0, 10), TierCounts());
    }
};

QTEST_GUILESS_MAIN(TestSurvivalIndex)
#include "test_survival_index.moc"
