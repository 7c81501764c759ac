// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"
#include "engine/loaded_model.h"
#include "engine/select/geometry.h"

#include <memory>
#include <vector>

namespace kvprism {

// LASER-KV over one document: the Session of the CPU engine. The memory depends on the question, so every
// ask() reads.
class LaserSession final : public Session {
  public:
    static Result<std::unique_ptr<Session>> open(std::shared_ptr<const LoadedModel> model,
                                                 const select::Config& config, text::Document document);
    Result<AskResult> ask(const std::string& question, trace::TraceSink* sink, EngineObserver* observer,
                          std::stop_token stop) override;

  private:
    LaserSession(std::shared_ptr<const LoadedModel> model, select::Config config, text::Document document);
    Status tokenise();
    std::shared_ptr<const trace::Run> describe(const select::Config& config, const select::Geometry& geometry,
                                               const std::string& question,
                                               const std::vector<std::int32_t>& promptIds,
                                               const std::vector<std::string>& notices) const;
    std::vector<std::string> noticesFor(const select::Config& config, std::int32_t questionTokens) const;

    std::shared_ptr<const LoadedModel> m_model;
    select::Config m_config;
    text::Document m_document;
    trace::TokenTable m_tokens; // the stream
    std::int32_t m_prefixTokens = 0;
};

} // namespace kvprism
