// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/dense_memory.h"
#include "engine/engine.h"
#include "engine/loaded_model.h"
#include "engine/memory_check.h"
#include "engine/read_memory.h"
#include "engine/select/geometry.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace kvprism {

// LASER-KV over one document: the Session of the CPU engine. Where the question's own tokens score, the
// memory depends on the question, and every ask() reads; else the first one reads for all.
class LaserSession final : public Session {
  public:
    static Result<std::unique_ptr<Session>> open(std::shared_ptr<const LoadedModel> model,
                                                 const select::Config& config, text::Document document,
                                                 EngineObserver* observer = nullptr,
                                                 std::stop_token stop = {});
    // A session over a memory that saveMemory wrote; of `config` what concerns answers counts:
    // max-new-tokens, temperature, top-p, seed, stop words.
    static Result<std::unique_ptr<Session>> resume(std::shared_ptr<const LoadedModel> model,
                                                   const select::Config& config, const std::string& path);
    bool holdsMemory() const override {
        return m_memory.has_value() && (m_resumed || m_memory->question.empty());
    }
    Status saveMemory(const std::string& path) override;
    Result<std::vector<float>> answerLosses(const std::string& question, std::span<const std::int32_t> answer,
                                            EngineObserver* observer, std::stop_token stop) override;
    Result<AskResult> ask(const std::string& question, trace::TraceSink* sink, EngineObserver* observer,
                          std::stop_token stop) override;

  private:
    using Ids = std::vector<std::int32_t>;

    LaserSession(std::shared_ptr<const LoadedModel> model, select::Config config, text::Document document);
    const trace::TokenTable& tokens() const { return m_run ? m_run->tokens : m_tokens; }
    std::int32_t streamTokens() const {
        return m_resumed ? m_memory->geometry.streamTokens : static_cast<std::int32_t>(tokens().size());
    }
    Result<Ids> scoringIds(const Ids& questionIds) const; // rows that are run behind each block
    // A reading that has been looked at and can begin.
    struct Prepared {
        select::Config config; // resolved
        select::Geometry geometry;
        Ids scoring;
        ReadingNeeds needs;
    };
    ReadingNeeds needsOf(const select::Geometry& geometry, std::int32_t slots, std::int32_t scoring) const;
    Error noMoreMemory(const ReadingNeeds& needs) const;
    Result<Prepared> prepare(const Ids& questionIds) const;
    Status fill(const Prepared& prepared, const std::string& question, const Ids& questionIds,
                trace::TraceSink* sink, EngineObserver* observer, std::stop_token stop);
    Result<trace::Answer> answerFrom(const Ids& questionIds, EngineObserver* observer, std::stop_token stop);
    // Adds where the answer came from and how a dense run would have answered, as far as that is asked for
    // and can be done: what cannot is a notice, since the answer is there.
    void explain(trace::Answer& answer, const Ids& questionIds, EngineObserver* observer,
                 std::stop_token stop);
    Result<trace::DenseReference> compareWithDense(const ForcedAnswer::Parts& run, EngineObserver* observer,
                                                   std::stop_token stop);
    void note(const std::string& notice, EngineObserver* observer);
    Status read(const std::string& question, const Ids& questionIds, trace::TraceSink* sink,
                EngineObserver* observer, std::stop_token stop);
    Result<Ids> idsOf(const std::string& question) const;
    Status remember(const std::string& question, const Ids& questionIds, trace::TraceSink* sink,
                    EngineObserver* observer, std::stop_token stop);
    Status makeRoom(std::int32_t questionTokens, std::int32_t answerTokens); // behind the memory
    void endRun(trace::TraceSink& sink, const Status& status, const AskResult& result) const;
    trace::DocumentIdentity documentIdentity() const;
    void noteOtherQuestion(const std::string& question, EngineObserver* observer);
    AskResult resultOf(trace::Answer answer, std::int32_t questionTokens) const;
    trace::Run describe(const select::Config& config, const select::Geometry& geometry) const;

    std::shared_ptr<const LoadedModel> m_model;
    select::Config m_config;
    text::Document m_document;
    trace::TokenTable m_tokens;              // the stream, until it goes into a run
    std::shared_ptr<const trace::Run> m_run; // of the last reading
    std::int32_t m_prefixTokens = 0;
    std::int32_t m_asked = 0;
    std::vector<std::string> m_notices; // of the last question
    bool m_resumed = false;             // the memory comes from a file, and there is no document
    std::optional<ReadMemory> m_memory;
    std::optional<DenseMemory> m_dense; // read when it is first asked for
};

} // namespace kvprism
