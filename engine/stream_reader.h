// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/cache/kv_store.h"
#include "engine/engine.h"
#include "engine/model/weights.h"
#include "engine/score/scorer.h"
#include "engine/select/geometry.h"
#include "engine/select/plan.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace kvprism {

class ScoringClock;

// What one reading of a stream needs. References outlive the reader.
struct Reading {
    const model::Weights& weights;
    cache::KvStore& store; // empty, with room for geometry.mostSlots(prompt)
    const select::Geometry& geometry;
    const select::Config& config;            // resolved
    std::span<const std::int32_t> streamIds; // N
    // m rows that score: the question, which stands behind the stream, or a standing prompt, which stands
    // behind each block; empty where the block's own rows score, or none.
    std::span<const std::int32_t> promptIds;
    trace::TraceSink* sink = nullptr;
    EngineObserver* observer = nullptr;
};

// Hidden states [block, hidden] of the block's own rows, before the step is planned.
using BlockCallback = std::function<Status(StreamPos begin, const at::Tensor& hidden)>;

// Reads the stream block by block: State_i = Compress(State_{i−1} + Block_i). Each step: forward, score,
// plan, record, apply. Engine thread.
class StreamReader {
  public:
    // `memory`: what the store holds already, of steps before.
    explicit StreamReader(const Reading& reading, select::Memory memory = {});
    ~StreamReader();

    // The error is `interrupted` after a stop; the steps so far are recorded and applied.
    Status readAll(std::stop_token stop, const BlockCallback& onBlock = {});

    // One step alone; those before it were read.
    Status readStep(std::int32_t step, std::stop_token stop) { return readBlock(step, std::move(stop), {}); }

    const select::Memory& memory() const { return m_memory; }
    std::int32_t peakSlots() const { return m_peakSlots; }
    double readMs() const { return m_readMs; }

  private:
    score::StepTokens tokensOf(const trace::CompressionStep& step) const;
    Status readBlock(std::int32_t step, std::stop_token stop, const BlockCallback& onBlock);
    void apply(const trace::CompressionStep& step);
    void reportProgress(double done);

    Reading m_reading;
    select::Memory m_memory;
    std::int32_t m_peakSlots = 0;
    double m_readMs = 0;
    std::unique_ptr<ScoringClock> m_scoring;
    std::chrono::steady_clock::time_point m_start;
};

} // namespace kvprism
