// SPDX-License-Identifier: GPL-3.0-or-later
// What a step costs beside its block: the rows that score, and then scoring, selection, compaction and what a
// recording takes from the device. Steps are those of a real reading, from one's end to the next one's.
#include "engine/model/device_memory.h"
#include "engine/eval/parts.h"
#include "engine/eval/stream.h"
#include "engine/model/decoder.h"
#include "engine/stopwatch.h"

#include <algorithm>
#include <optional>

namespace kvprism::eval {

namespace {

constexpr const char* part = "choosing";
constexpr std::int32_t unsteady = 2; // steps until the memory is full and the allocator has seen all sizes
constexpr std::int32_t steady = 5;   // steps that count

class StepTimes final : public trace::TraceSink {
  public:
    StepTimes(Series& ms, at::Device device) : m_ms(ms), m_device(device) {}
    void runStarted(std::shared_ptr<const trace::Run>) override {}
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override {
        m_dropped = step->counts.dropped > 0;
    }
    void stepApplied(const trace::StepApplied& applied) override {
        const auto now = std::chrono::steady_clock::now();
        const std::int64_t allocations = model::memoryOf(m_device).deviceAllocations;
        if (applied.index > unsteady) {
            m_ms.values.push_back(std::chrono::duration<double, std::milli>(now - m_last).count());
            m_allocations += allocations - m_before;
        }
        m_last = std::chrono::steady_clock::now();
        m_before = allocations;
    }
    void answered(std::shared_ptr<const trace::Answer>) override {}
    void runEnded(const trace::RunEnd&) override {}

    bool dropped() const { return m_dropped; }
    std::int64_t allocations() const { return m_allocations; }

  private:
    Series& m_ms;
    at::Device m_device;
    std::chrono::steady_clock::time_point m_last;
    std::int64_t m_before = 0, m_allocations = 0;
    bool m_dropped = false;
};

} // namespace

Status measureChoosing(Bench& bench) {
    bench.tell("scoring and choosing");
    const std::int32_t rows = bench.request.blockSize, prompt = bench.request.promptRows;
    const auto stream = planStream(bench, boundedSettings(bench), rows * (unsteady + 1 + steady), prompt);
    if (!stream)
        return stream.error();
    auto store = filledStore(bench, rows, 2 * rows + prompt);
    if (!store)
        return store.error();
    const std::vector<std::int32_t> ids = randomIds(bench, rows + prompt);
    const std::vector<StreamPos> positions = positionsFrom(rows, rows + prompt);
    Status status;
    // From idle to idle, with the look at the last row that a reading takes.
    const auto forward = [&](std::int32_t count) {
        const auto n = static_cast<std::size_t>(count);
        const auto hidden = model::forward(bench.weights(), *store, std::span(ids).first(n),
                                           std::span(positions).first(n), {}, bench.stop);
        if (!hidden)
            status = hidden.error();
        else
            (void)model::isFinite(*hidden, rows - 1);
        store->truncate(rows);
    };
    Series alone, withRows, steps;
    std::int64_t allocations = 0;
    bool dropped = true;
    forward(rows);
    forward(rows + prompt);
    for (std::int32_t round = 0; round < std::max(1, bench.request.rounds / 2) && status; ++round) {
        for (std::int32_t i = 0; i < steady && status; ++i) {
            alone.values.push_back(bench.clock.wallMs([&] { forward(rows); }));
            withRows.values.push_back(bench.clock.wallMs([&] { forward(rows + prompt); }));
        }
        StepTimes times(steps, bench.device());
        if (const auto read = readStream(bench, *stream, &times); !read)
            status = read.error();
        allocations += times.allocations();
        dropped = dropped && times.dropped();
    }
    if (!status)
        return status;
    if (!dropped)
        return defect("The steps that were measured dropped nothing.");
    const double base = alone.median();
    GpuBenchRow own = rowOf(part, "prompt_rows", std::to_string(prompt) + " scoring rows, forward", withRows,
                            "the block without them", alone);
    own.value -= base;
    own.ratio = own.value / base;
    own.floor = own.aim = 0.025;
    GpuBenchRow choosing = rowOf(part, "choosing", "scoring, selection, compaction, copies for the recording",
                                 steps, "the block without rows", alone);
    choosing.value -= withRows.median();
    choosing.ratio = choosing.value / base;
    choosing.floor = 0.015;
    choosing.aim = 0.010;
    GpuBenchRow calls;
    calls.part = part;
    calls.name = "allocations";
    calls.what = "allocations of device memory within steady blocks";
    calls.unit = "calls";
    calls.value = calls.ratio = static_cast<double>(allocations);
    calls.floor = calls.aim = 0;
    calls.samples = steps.count();
    bench.result.rows.insert(bench.result.rows.end(), {own, choosing, calls});
    return {};
}

} // namespace kvprism::eval
