// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/cache/kv_store.h"
#include "engine/engine.h"
#include "engine/forced_answer.h"
#include "engine/loaded_model.h"
#include "engine/select/config.h"

#include <cstdint>
#include <span>
#include <stop_token>

namespace kvprism {

// A memory that remembers the whole stream, beside a run's own: what the run is measured against. The model
// outlives it. Engine thread.
class DenseMemory {
  public:
    // Reads the stream without dropping anything. The error is one sentence: stream, question and answer are
    // longer than what the model was trained for (usage), too little memory, interrupted.
    static Result<DenseMemory> read(const LoadedModel& model, const select::Config& config,
                                    std::span<const std::int32_t> streamIds, std::int32_t questionTokens,
                                    EngineObserver* observer, std::stop_token stop);

    // Lets it answer, then goes along that answer with both memories and measures in f64 how far their
    // next-token distributions are apart. `run` is the run's own memory and its question; its answerIds count
    // for nothing.
    Result<trace::DenseReference> compare(ForcedAnswer::Parts run, std::stop_token stop);

  private:
    DenseMemory(const LoadedModel& model, select::Config config)
        : m_model(&model), m_config(std::move(config)) {}

    const LoadedModel* m_model;
    select::Config m_config;
    cache::KvStore m_store;
    std::int32_t m_tokens = 0; // N
};

} // namespace kvprism
