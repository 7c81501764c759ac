// SPDX-License-Identifier: GPL-3.0-or-later
// A long stream at a budget against the engine's own dense run, and what of both are matrix products and
// attention.
#include "engine/eval/block_forward.h"
#include "engine/eval/parts.h"
#include "engine/eval/stock_parts.h"
#include "engine/eval/stream.h"
#include "engine/guarded.h"

#include <algorithm>
#include <numeric>

namespace kvprism::eval {

namespace {

constexpr const char* part = "prefill";

// Matrix products and attention of all layers, ms: measured for one.
class PartsOfRuns {
  public:
    explicit PartsOfRuns(const Bench& bench)
        : m_bench(bench), m_tokens(bench.request.prefill), m_block(bench.request.blockSize) {}

    double bounded() const {
        return layers() * (blocks() * products(m_block) + attention(m_block, 0) +
                           (blocks() - 1) * attention(m_block, m_block));
    }
    double denseByBlocks() const {
        double ms = blocks() * products(m_block);
        for (std::int64_t past = 0; past < m_tokens; past += m_block)
            ms += attention(m_block, past);
        return layers() * ms;
    }
    double denseAtOnce() const { return layers() * (products(m_tokens) + attention(m_tokens, 0)); }

  private:
    double layers() const { return m_bench.config().layers; }
    double blocks() const { return static_cast<double>(m_tokens) / static_cast<double>(m_block); }

    // All layers' own weights take turns where that is quick.
    double products(std::int64_t rows) const {
        FusedProducts work(m_bench.weights(), rows);
        const bool few = rows > m_block;
        const Work once = few ? Work([&] { work.runLayer(m_bench.weights().layers.front()); })
                              : Work([&] { work.runAll(); });
        return m_bench.clock.alternate(3, {once})[0].median() / (few ? 1 : layers());
    }
    double attention(std::int64_t rows, std::int64_t past) const {
        const AttentionRows in = AttentionRows::random(m_bench.weights(), rows, past);
        return m_bench.clock.alternate(2, {[&] { attendInTwoCalls(in); }})[0].median();
    }

    const Bench& m_bench;
    std::int64_t m_tokens, m_block;
};

struct Runs {
    Series bounded, denseByBlocks, denseAtOnce; // ms
    Series blocks; // as many blocks over what is kept, one after another: the card is as warm
};

Result<Runs> measureRuns(const Bench& bench) {
    const std::int32_t tokens = bench.request.prefill;
    const auto dense = [&](std::int32_t block) {
        return planStream(bench, {{"method", "none"}, {"block-size", std::to_string(block)}}, tokens, 0);
    };
    const auto bounded = planStream(bench, boundedSettings(bench), tokens, bench.request.promptRows);
    const auto byBlocks = dense(bench.request.blockSize), atOnce = dense(tokens);
    for (const auto* plan : {&bounded, &byBlocks, &atOnce})
        if (!*plan)
            return plan->error();
    Runs runs;
    const auto read = [&](const Stream& stream, Series& into, const char* what) -> Status {
        bench.tell(std::string("long stream, ") + what);
        const auto ms = guarded([&] { return readStream(bench, stream); });
        if (!ms)
            return ms.error();
        into.values.push_back(*ms);
        return {};
    };
    const auto blocks = [&]() -> Status {
        bench.tell("as many blocks alone");
        const std::int32_t rows = bench.request.blockSize;
        auto store = filledStore(bench, rows, 2 * rows);
        if (!store)
            return store.error();
        BlockForward forward(bench, *store);
        Series each;
        Status status;
        for (std::int32_t done = 0; done < tokens && status; done += rows)
            status = forward.run(rows, &each);
        runs.blocks.values.push_back(std::accumulate(each.values.begin(), each.values.end(), 0.0) *
                                     (tokens / static_cast<double>(rows)) / each.count());
        return status;
    };
    const std::int32_t rounds = std::min(bench.request.rounds, 2);
    if (const Status warm = read(*bounded, runs.bounded, "warming up"); !warm)
        return warm.error();
    runs.bounded.values.clear();
    for (std::int32_t round = 0; round < rounds; ++round) {
        Status done = read(*bounded, runs.bounded, "bounded");
        if (done)
            done = blocks();
        if (done)
            done = read(*byBlocks, runs.denseByBlocks, "dense, block by block");
        if (done)
            done = read(*atOnce, runs.denseAtOnce, "dense, at once");
        // Where the whole stream's activations do not fit, the blocks are the dense run.
        if (!done && (done.error().code != ErrorCode::outOfMemory || runs.denseByBlocks.values.empty()))
            return done.error();
    }
    return runs;
}

} // namespace

Status measurePrefill(Bench& bench) {
    const auto runs = measureRuns(bench);
    if (!runs)
        return runs.error();
    const bool once = runs->denseAtOnce.count() == runs->denseByBlocks.count() &&
                      runs->denseAtOnce.median() < runs->denseByBlocks.median();
    const Series& dense = once ? runs->denseAtOnce : runs->denseByBlocks;
    const std::string tokens = std::to_string(bench.request.prefill) + " tokens, bounded";
    GpuBenchRow faster = rowOf(part, "prefill", tokens, runs->bounded,
                               once ? "the dense run in one pass, so many times faster"
                                    : "the dense run block by block, so many times faster",
                               dense);
    faster.ratio = faster.baseline / faster.value;
    faster.better = Better::larger;
    if (bench.request.prefill == 131072 && bench.request.blockSize == 4096)
        faster.aim = 2.6;
    bench.result.rows.push_back(faster);
    GpuBenchRow bound =
        rowOf(part, "prefill_blocks", tokens, runs->bounded, "as many blocks alone", runs->blocks);
    bound.floor = 1.04;
    bench.result.rows.push_back(bound);
    bench.tell("matrix products and attention of the long streams");
    const PartsOfRuns parts(bench);
    GpuBenchRow share = faster;
    share.name = "prefill_share";
    share.what = "how many times faster";
    share.unit = "x";
    share.value = faster.ratio;
    share.baselineName = "the two runs' matrix products and attention alone";
    share.baseline = (once ? parts.denseAtOnce() : parts.denseByBlocks()) / parts.bounded();
    share.ratio = share.value / share.baseline;
    share.samples = 0;
    share.spread = 0;
    share.floor = 0.92;
    share.aim.reset();
    bench.result.rows.push_back(share);
    return {};
}

} // namespace kvprism::eval
