// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/store.h"

#include <QTest>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

// Two blocks of two tokens; the first step drops nothing, the second drops position 1.
TraceStore twoSteps() {
    auto first = std::make_shared<CompressionStep>();
    first->begin = StreamPos(0);
    first->end = StreamPos(2);
    first->held.positions = {StreamPos(0), StreamPos(1)};
    first->held.tiers = {Tier::anchor, Tier::window};
    auto second = std::make_shared<CompressionStep>();
    second->index = 1;
    second->begin = StreamPos(2);
    second->end = StreamPos(4);
    second->held.positions = {StreamPos(0), StreamPos(1), StreamPos(2), StreamPos(3)};
    second->held.tiers = {Tier::anchor, Tier::dropped, Tier::global, Tier::window};
    TraceStore store;
    store.runStarted(std::make_shared<Run>());
    store.stepPlanned(first);
    store.stepPlanned(second);
    return store;
}

} // namespace

class TestTraceStore : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void tellsTheTierOfATokenAtEveryStep() {
        const TraceStore store = twoSteps();
        QCOMPARE(store.tierAt(0, StreamPos(1)), std::optional(Tier::window));
        QCOMPARE(store.tierAt(1, StreamPos(1)), std::optional(Tier::dropped));
        QCOMPARE(store.tierAt(1, StreamPos(2)), std::optional(Tier::global));
    }
    void knowsNothingOfTokensThatAreNotReadYet() {
        QVERIFY(!twoSteps().tierAt(0, StreamPos(2)));
        QVERIFY(!twoSteps().tierAt(7, StreamPos(0)));
    }
    void saysAtWhichStepATokenWasDropped() {
        QCOMPARE(twoSteps().droppedAt(StreamPos(1)), std::optional(1));
        QVERIFY(!twoSteps().droppedAt(StreamPos(3)));
    }
};

QTEST_GUILESS_MAIN(TestTraceStore)
#include "test_trace_store.moc"
