// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/recording_reader.h"
#include "engine/trace/store.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kvprism::tables {

// A run step by step, wherever it is: in memory or in a file. One thread.
class RunSource {
  public:
    virtual ~RunSource() = default;
    virtual const trace::Run& run() const = 0;
    virtual std::int32_t stepCount() const = 0;
    // `index` is in [0, stepCount()).
    virtual Result<std::shared_ptr<const trace::CompressionStep>> step(std::int32_t index) const = 0;
    virtual const trace::StepApplied* applied(std::int32_t index) const = 0; // nullptr: not known (yet)
};

// The shown run, live or opened. `store` outlives this and has a run.
class StoreSource final : public RunSource {
  public:
    explicit StoreSource(const trace::TraceStore& store) : m_store(store) {}
    const trace::Run& run() const override { return *m_store.run(); }
    std::int32_t stepCount() const override { return static_cast<std::int32_t>(m_store.steps().size()); }
    Result<std::shared_ptr<const trace::CompressionStep>> step(std::int32_t index) const override {
        return m_store.steps()[static_cast<std::size_t>(index)];
    }
    const trace::StepApplied* applied(std::int32_t index) const override;

  private:
    const trace::TraceStore& m_store;
};

// A recording, one step in memory at a time.
class RecordingSource final : public RunSource {
  public:
    // Reads all of it once, so that what is damaged is known before anything is written.
    static Result<std::unique_ptr<RecordingSource>> open(const std::string& path);
    const trace::Run& run() const override { return *m_run; }
    std::int32_t stepCount() const override { return m_reader->stepCount(); }
    Result<std::shared_ptr<const trace::CompressionStep>> step(std::int32_t index) const override {
        return m_reader->step(index);
    }
    const trace::StepApplied* applied(std::int32_t index) const override;

  private:
    RecordingSource(std::unique_ptr<trace::RecordingReader> reader, std::vector<trace::StepApplied> applied)
        : m_reader(std::move(reader)), m_run(m_reader->run()), m_applied(std::move(applied)) {}

    std::unique_ptr<trace::RecordingReader> m_reader;
    std::shared_ptr<const trace::Run> m_run;
    std::vector<trace::StepApplied> m_applied;
};

} // namespace kvprism::tables
