// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"
#include "engine/eval/clock.h"
#include "engine/eval/gpu_bench.h"
#include "engine/loaded_model.h"
#include "engine/model/device_ops.h"

#include <stop_token>
#include <string>

namespace kvprism::eval {

// What every part of the measurement is given; it adds its rows and points to the result.
struct Bench {
    const LoadedModel& model;
    const GpuBenchRequest& request;
    const DeviceClock& clock;
    model::DeviceOps* ops;    // the GPU's; null on the host
    EngineObserver* observer; // may be null
    std::stop_token stop;
    GpuBench& result;

    const model::Weights& weights() const { return model.weights; }
    const files::ModelConfig& config() const { return model.weights.config; }
    at::Device device() const { return model.weights.embedding.device(); }
    void tell(const std::string& what) const;              // what is measured now
    const GpuBenchRow* row(const std::string& name) const; // measured already; nullptr: not
};

// A row with the medians of two series; ratio = value / baseline.
GpuBenchRow rowOf(const char* part, const char* name, std::string what, const Series& value,
                  std::string baselineName, const Series& baseline);

// Each measures one concern; the error ends all only where it is `interrupted`.
Status measureCeilings(Bench& bench); // copy and matrix product
Status measureBlock(Bench& bench); // one block against its matrix products and attention, and a stock forward
Status measureChoosing(Bench& bench); // what scoring rows, and choosing, add to a block; allocations
Status measureColumns(Bench& bench);  // all rows' column sums and peaks
Status measureLsh(Bench& bench);      // from keys to the ordered list
Status measureDecode(Bench& bench);   // single tokens
Status measurePrefill(Bench& bench);  // a long stream at a budget against the dense run
Status measureMemory(Bench& bench);   // the most that a stream of any length takes

// All parts that were asked for, one after another. Engine thread.
Result<GpuBench> benchGpu(const LoadedModel& model, const GpuBenchRequest& request, EngineObserver* observer,
                          std::stop_token stop);

} // namespace kvprism::eval
