// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cpu_engine.h"

#include "engine/model/device_memory.h"
#include "engine/eval/parts.h"
#include "engine/guarded.h"
#include "engine/loaded_model.h"
#include "engine/memory_check.h"
#include "engine/perplexity.h"
#include "engine/recursive_compression_engine.h"
#include "engine/session.h"

#include <sched.h>

namespace kvprism {

namespace {

int processorsOfThisProcess() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return std::max(1, CPU_COUNT(&set));
}

class GuardedSession final : public Session {
  public:
    explicit GuardedSession(std::unique_ptr<Session> session) : m_session(std::move(session)) {}
    bool holdsMemory() const override { return m_session->holdsMemory(); }
    Result<std::vector<float>> answerLosses(const std::string& question, std::span<const std::int32_t> answer,
                                            EngineObserver* observer, std::stop_token stop) override {
        return guarded([&] { return m_session->answerLosses(question, answer, observer, stop); });
    }
    Status saveMemory(const std::string& path) override {
        return guarded([&] { return m_session->saveMemory(path); });
    }
    Result<AskResult> ask(const std::string& question, trace::TraceSink* sink, EngineObserver* observer,
                          std::stop_token stop) override {
        return guarded([&] { return m_session->ask(question, sink, observer, stop); });
    }

  private:
    std::unique_ptr<Session> m_session;
};

class CpuEngine final : public Engine {
  public:
    Result<trace::ModelIdentity> loadModel(const ModelRequest& request, EngineObserver* observer,
                                           std::stop_token stop) override {
        m_model.reset();
        // More threads than processors wait for each other at every operator.
        const int processors = processorsOfThisProcess(), most = 4 * processors;
        if (observer && request.threads > most)
            observer->notice("--threads " + std::to_string(request.threads) +
                             " is more than four times the " + std::to_string(processors) +
                             " processors: " + std::to_string(most) + " are used.");
        at::set_num_threads(request.threads > 0 ? std::min(request.threads, most) : processors);
        return guarded([&]() -> Result<trace::ModelIdentity> {
            auto model = loadModelFile(request, observer, stop);
            if (!model)
                return model.error();
            m_model = std::move(model).value();
            return m_model->identity;
        });
    }

    Result<std::unique_ptr<Session>> openSession(const select::Config& config, const text::Document& document,
                                                 EngineObserver* observer, std::stop_token stop) override {
        if (!m_model)
            return defect("A session was opened before a model was loaded.");
        return guarded([&]() -> Result<std::unique_ptr<Session>> {
            auto session = LaserSession::open(m_model, config, document, observer, stop);
            if (!session)
                return session.error();
            return std::unique_ptr<Session>(std::make_unique<GuardedSession>(std::move(session).value()));
        });
    }

    Result<std::unique_ptr<Session>> openMemory(const select::Config& config,
                                                const std::string& path) override {
        if (!m_model)
            return defect("A memory was opened before a model was loaded.");
        return guarded([&]() -> Result<std::unique_ptr<Session>> {
            auto session = LaserSession::resume(m_model, config, path);
            if (!session)
                return session.error();
            return std::unique_ptr<Session>(std::make_unique<GuardedSession>(std::move(session).value()));
        });
    }

    Result<Perplexity> perplexity(const select::Config& config, const text::Document& document,
                                  EngineObserver* observer, std::stop_token stop) override {
        if (!m_model)
            return defect("A perplexity was asked for before a model was loaded.");
        return guarded([&] { return measurePerplexity(*m_model, config, document, observer, stop); });
    }

    std::uint64_t takeDevicePeak() override {
        if (!m_model)
            return 0;
        const at::Device device = m_model->weights.embedding.device();
        const auto peak = static_cast<std::uint64_t>(model::memoryOf(device).peakBytes);
        model::resetPeak(device);
        return peak;
    }

    Result<GpuBench> benchGpu(const GpuBenchRequest& request, EngineObserver* observer,
                              std::stop_token stop) override {
        if (!m_model)
            return defect("A measurement was asked for before a model was loaded.");
        return guarded([&] { return eval::benchGpu(*m_model, request, observer, std::move(stop)); });
    }

  private:
    std::shared_ptr<const LoadedModel> m_model;
};

} // namespace

std::unique_ptr<Engine> makeCpuEngine() {
    shareHeapUnderLimit();
    return std::make_unique<CpuEngine>();
}

RecursiveCompressionEngine::RecursiveCompressionEngine(RecursiveCompressionConfig config)
    : m_config(std::move(config)) {}

RecursiveCompressionEngine::~RecursiveCompressionEngine() = default;

Result<AskResult> RecursiveCompressionEngine::operator()(const std::string& context,
                                                         const std::string& question, trace::TraceSink* sink,
                                                         EngineObserver* observer, std::stop_token stop) {
    if (!m_engine) {
        auto engine = makeCpuEngine();
        if (auto model = engine->loadModel(m_config.model, observer, stop); !model)
            return model.error();
        m_engine = std::move(engine);
    }
    text::Document document; // an empty context is a question about nothing, not a bad file
    document.name = "context";
    if (!context.empty()) {
        auto read = text::documentFromBytes("context", context);
        if (!read)
            return read.error();
        document = std::move(read).value();
    }
    auto session = m_engine->openSession(m_config.compression, document, observer, stop);
    if (!session)
        return session.error();
    return (*session)->ask(question, sink, observer, stop);
}

} // namespace kvprism
