// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"

#include <memory>
#include <string>

namespace kvprism {

// The published entry point (LASER-KV, zer0-data/LASER-KV) with its call shape:
//   auto result = RecursiveCompressionEngine(config)(context, question);
// Loads config's model on the first call. One thread.
struct RecursiveCompressionConfig {
    ModelRequest model;
    select::Config compression;
};

class RecursiveCompressionEngine {
  public:
    explicit RecursiveCompressionEngine(RecursiveCompressionConfig config);
    ~RecursiveCompressionEngine();
    Result<AskResult> operator()(const std::string& context, const std::string& question,
                                 trace::TraceSink* sink = nullptr, EngineObserver* observer = nullptr,
                                 std::stop_token stop = {});

  private:
    RecursiveCompressionConfig m_config;
    std::unique_ptr<Engine> m_engine;
};

} // namespace kvprism
