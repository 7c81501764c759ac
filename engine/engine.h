// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/eval/gpu_bench.h"
#include "engine/select/config.h"
#include "engine/text/document.h"
#include "engine/trace/sink.h"

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

// The engine as command line and window see it: no tensors here. It lives in a shared library that is loaded
// when the first run starts (engine_loader.h); everything it returns is a value. One thread at a time makes,
// uses and destroys engine and sessions.
namespace kvprism {

enum class Phase { loading, tokenising, reading, answering, comparing };

// Where a run stands. Tokens are those of the phase: read of the stream, or answered of at most
// max-new-tokens; comparing reads the stream once more with everything in memory. Loading and tokenising
// count bytes, of the model's file and of the document's text.
struct Progress {
    Phase phase = Phase::loading;
    std::int64_t done = 0;
    std::int64_t total = 0;
    double tokensPerSecond = 0; // of this phase so far; 0 until the first block is done
    std::int64_t keptTokens = 0;
    std::uint64_t keptBytes = 0;
};

// Called on the engine's thread, often: must return at once and not throw.
class EngineObserver {
  public:
    virtual ~EngineObserver() = default;
    virtual void progress(const Progress&) {}
    virtual void answerText(std::string_view /*utf8: whole characters, in order*/) {}
    virtual void notice(const std::string& /*a sentence*/) {}
    virtual void measuring(const std::string& /*what, of benchGpu*/) {}
};

struct ModelRequest {
    std::string path;            // GGUF file or folder with safetensors
    std::string random{};        // instead of a path: a shape (files/random_shape.h) to draw weights for
    std::string device = "auto"; // auto, cpu, cuda
    std::string dtype = "auto";  // auto, f32, bf16
    int threads = 0;             // 0: as many as the process may use
    friend bool operator==(const ModelRequest&, const ModelRequest&) = default;
};

struct TokenCounts {
    std::int32_t prefix = 0, document = 0, question = 0, answer = 0;
    std::int32_t kept = 0, peak = 0, budget = 0;
};

struct ByteCounts {
    std::uint64_t kept = 0, peak = 0, budget = 0, perToken = 0, weights = 0;
    std::uint64_t devicePeak = 0; // of all that a GPU's memory held at once until now; 0 on the host
};

// What ask() gives back. `answer.stopReason` is interrupted where the stop token ended it; the text so far
// stays.
struct AskResult {
    trace::Answer answer;
    select::Config config; // as it ran: nothing automatic left
    TokenCounts tokens;
    ByteCounts bytes;
    bool readNow = true;                         // false: the memory of an earlier question answered
    double loadMs = 0, readMs = 0, answerMs = 0; // readMs: of the memory that answered
    std::vector<std::string> notices;
};

// Negative log-likelihood of each token after the first, natural logarithm; entry i belongs to token i+1.
struct Perplexity {
    std::vector<std::int32_t> ids;
    std::vector<std::string> pieces;
    std::vector<float> nll;
    double meanNll = 0;
    select::Config config; // as it ran
    std::int32_t kept = 0;
    double readMs = 0;
};

// One document read with one configuration, ready for questions.
class Session {
  public:
    virtual ~Session() = default;
    // Whether the next question is answered from a memory that is there, without reading.
    virtual bool holdsMemory() const = 0;
    // Writes the memory of the last question to a file that Engine::openMemory opens (errors: usage where
    // there is none, io).
    virtual Status saveMemory(const std::string& path) = 0;
    // Reads the document if it has to (with `question` scoring: for every question), then answers. Steps and
    // the answer go to `sink` (may be null), progress and text to `observer` (may be null). Where nothing is
    // read, the sink hears of the answer and the end alone: give the one that heard of the reading, or none.
    // A stop is seen within 250 ms.
    virtual Result<AskResult> ask(const std::string& question, trace::TraceSink* sink,
                                  EngineObserver* observer, std::stop_token stop) = 0;
    // Negative log-likelihood (natural logarithm) of each token of `answer` after the question and the tokens
    // before it, under the memory that ask() would answer from: how likely it makes what somebody else
    // answered.
    virtual Result<std::vector<float>> answerLosses(const std::string& question,
                                                    std::span<const std::int32_t> answer,
                                                    EngineObserver* observer, std::stop_token stop) = 0;
};

class Engine {
  public:
    virtual ~Engine() = default;
    // Replaces the model held. After a failure there is none.
    virtual Result<trace::ModelIdentity> loadModel(const ModelRequest& request, EngineObserver* observer,
                                                   std::stop_token stop) = 0;
    // Turns the document into tokens. Sessions use the engine's model and must go before it does.
    virtual Result<std::unique_ptr<Session>> openSession(const select::Config& config,
                                                         const text::Document& document,
                                                         EngineObserver* observer, std::stop_token stop) = 0;
    // A session without a document, over a memory that was saved. `config`: how to answer (max-new-tokens,
    // temperature, top-p, seed, stop words); the rest is the memory's.
    virtual Result<std::unique_ptr<Session>> openMemory(const select::Config& config,
                                                        const std::string& path) = 0;
    // Raw text, no template; a leading BOS only if the model asks for one.
    virtual Result<Perplexity> perplexity(const select::Config& config, const text::Document& document,
                                          EngineObserver* observer, std::stop_token stop) = 0;
    // The most that was allocated on the model's device since the last call, workspaces among it; bytes, 0 on the
    // host.
    virtual std::uint64_t takeDevicePeak() { return 0; }
    // Measures the loaded model's parts on its device, beside stock ones; what could not be measured is told
    // in the result.
    virtual Result<GpuBench> benchGpu(const GpuBenchRequest& /*request*/, EngineObserver* /*observer*/,
                                      std::stop_token /*stop*/) {
        return unavailable("This engine does not measure itself.");
    }
};

} // namespace kvprism
