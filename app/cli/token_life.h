// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/sink.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kvprism::cli {

// How one token stood in one step that held it.
struct TokenMoment {
    std::int32_t step = 0;
    StreamPos begin, end; // the step's block
    trace::Tier tier = trace::Tier::dropped;
    trace::Reason reason = trace::Reason::belowCut;
    bool candidate = false;
    std::uint8_t selector = trace::noSelector;
    std::int32_t rank = 0; // among the step's candidates, from 1; 0: not ranked
    std::int32_t candidates = 0;
    struct Score {
        std::string name;
        float value = 0;
        bool ranked = false; // this one decided the rank
    };
    std::vector<Score> scores;
    std::optional<trace::Cut> cut; // the step's only one
    struct Peak {
        std::int32_t layer = 0, head = 0, row = 0;
    };
    std::optional<Peak> peak;
};

// Listens to a replay for one token.
class TokenLife final : public trace::TraceSink {
  public:
    explicit TokenLife(StreamPos token) : m_token(token) {}

    void runStarted(std::shared_ptr<const trace::Run> run) override { m_run = std::move(run); }
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override;
    void stepApplied(const trace::StepApplied&) override {}
    void answered(std::shared_ptr<const trace::Answer>) override {}
    void runEnded(const trace::RunEnd&) override {}

    StreamPos token() const { return m_token; }
    const trace::Run& run() const { return *m_run; }
    const std::vector<TokenMoment>& moments() const { return m_moments; } // empty: never read
    bool wasDropped() const { return !m_moments.empty() && m_moments.back().tier == trace::Tier::dropped; }

  private:
    StreamPos m_token;
    std::shared_ptr<const trace::Run> m_run;
    std::vector<TokenMoment> m_moments;
};

} // namespace kvprism::cli
