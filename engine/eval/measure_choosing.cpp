// SPDX-License-Identifier: GPL-3.0-or-later
// What a step costs beside its block: the rows that score, and then scoring, selection, compaction and what a
// recording takes from the device.
#include "engine/eval/block_forward.h"
#include "engine/model/device_memory.h"
#include "engine/select/plan.h"
#include "engine/stopwatch.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace kvprism::eval {

namespace {

constexpr const char* part = "choosing";
constexpr std::int32_t unsteady = 2; // steps until the memory is full and the allocator has seen all sizes
constexpr std::int32_t steady = 5;   // steps that count

// What a step takes beside its forward pass, from one step's end to the next one's, compaction awaited: the
// same steps' own times, since a card that is held to its power takes now more, now less for the same block.
class StepTimes final : public trace::TraceSink {
  public:
    StepTimes(Series& ms, const Bench& bench) : m_ms(ms), m_bench(bench) {}
    void runStarted(std::shared_ptr<const trace::Run>) override {}
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override {
        m_step = std::move(step);
    }
    void stepApplied(const trace::StepApplied& applied) override {
        m_bench.clock.synchronise();
        const auto now = std::chrono::steady_clock::now();
        const std::int64_t allocations = model::memoryOf(m_bench.device()).deviceAllocations;
        if (applied.index > unsteady) {
            const double wall = std::chrono::duration<double, std::milli>(now - m_last).count();
            m_ms.values.push_back(wall - m_step->ms.forward);
            m_allocations += allocations - m_before;
        }
        m_last = std::chrono::steady_clock::now();
        m_before = allocations;
    }
    void answered(std::shared_ptr<const trace::Answer>) override {}
    void runEnded(const trace::RunEnd&) override {}

    const trace::CompressionStep& last() const { return *m_step; }
    std::int64_t allocations() const { return m_allocations; }

  private:
    Series& m_ms;
    const Bench& m_bench;
    std::shared_ptr<const trace::CompressionStep> m_step;
    std::chrono::steady_clock::time_point m_last;
    std::int64_t m_before = 0, m_allocations = 0;
};

struct Measured {
    Series alone, withRows; // ms: the block, and with its rows
    Series more;            // ms that the rows took, of two passes next to each other
    Series choosing;        // ms of steps beside their forward pass
    Series compaction;      // ms of the device, by itself
    std::int64_t allocations = 0;
};

Result<Measured> measureSteps(const Bench& bench) {
    const std::int32_t rows = bench.request.blockSize, prompt = bench.request.promptRows;
    const auto stream = planStream(bench, boundedSettings(bench), rows * (unsteady + 1 + steady), prompt);
    if (!stream)
        return stream.error();
    auto store = filledStore(bench, rows, 2 * rows + prompt);
    if (!store)
        return store.error();
    BlockForward forward(bench, *store);
    Measured measured;
    Series &alone = measured.alone, &withRows = measured.withRows;
    Status status = forward.run(rows, nullptr); // warms up, as the next one does
    if (status)
        status = forward.run(rows + prompt, nullptr);
    for (std::int32_t round = 0; round < std::max(1, bench.request.rounds / 2) && status; ++round) {
        for (std::int32_t i = 0; i < steady && status; ++i) {
            // Each the first in turn: the card's clock falls while it works.
            const bool aloneFirst = i % 2 == 0;
            status = forward.run(aloneFirst ? rows : rows + prompt, aloneFirst ? &alone : &withRows);
            if (status)
                status = forward.run(aloneFirst ? rows + prompt : rows, aloneFirst ? &withRows : &alone);
            if (status)
                measured.more.values.push_back(withRows.values.back() - alone.values.back());
        }
        StepTimes times(measured.choosing, bench);
        if (const auto read = readStream(bench, *stream, &times); !read)
            status = read.error();
        else if (times.last().counts.dropped == 0)
            status = defect("The steps that were measured dropped nothing.");
        if (!status)
            break;
        measured.allocations += times.allocations();
        const std::vector<std::int32_t> kept = select::keptRows(times.last());
        for (std::int32_t i = 0; i < steady; ++i) {
            store->extend(2 * rows - store->used()); // what lies there does not matter
            measured.compaction.values.push_back(bench.clock.deviceMs([&] { store->compact(kept); }, 1));
        }
        store->truncate(rows);
    }
    if (!status)
        return status.error();
    return measured;
}

} // namespace

Status measureChoosing(Bench& bench) {
    bench.tell("scoring and choosing");
    const auto measured = measureSteps(bench);
    if (!measured)
        return measured.error();
    const double base = measured->alone.median();
    GpuBenchRow own =
        rowOf(part, "prompt_rows", std::to_string(bench.request.promptRows) + " scoring rows, forward",
              measured->withRows, "the block without them", measured->alone);
    own.value = measured->more.median();
    own.ratio = own.value / base;
    own.floor = 0.025;
    GpuBenchRow choosing = rowOf(part, "choosing", "scoring, selection, compaction, copies for the recording",
                                 measured->choosing, "the block without rows", measured->alone);
    choosing.ratio = choosing.value / base;
    choosing.note = "compaction " + std::to_string(measured->compaction.median()) + " ms of it";
    choosing.floor = 0.015;
    choosing.aim = 0.010;
    GpuBenchRow calls;
    calls.part = part;
    calls.name = "allocations";
    calls.what = "allocations of device memory within steady blocks";
    calls.unit = "calls";
    calls.baselineName = "none";
    calls.value = calls.ratio = static_cast<double>(measured->allocations);
    calls.floor = 0;
    calls.samples = measured->choosing.count();
    bench.result.rows.insert(bench.result.rows.end(), {own, choosing});
    if (!bench.device().is_cpu()) // the host's allocator does not count
        bench.result.rows.push_back(calls);
    return {};
}

} // namespace kvprism::eval
