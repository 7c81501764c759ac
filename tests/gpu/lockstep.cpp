// SPDX-License-Identifier: GPL-3.0-or-later
// gpu_lockstep MODEL|random:SHAPE DOCUMENT [TOKENS [METHOD]]: whether a GPU chooses what the CPU chooses.
// Each step of the GPU starts from what the CPU kept, so that a difference is the step's own. In f32 the kept
// sets are to be the same but for tokens within 1e-5 of the cut; in bf16 the fused scores are to be the eager
// backend's of the same keys within 1e-2. Says 77 where there is no GPU.
#include "engine/guarded.h"
#include "engine/loaded_model.h"
#include "engine/model/device_ops.h"
#include "engine/select/options.h"
#include "engine/stream_reader.h"
#include "engine/stream_tokens.h"
#include "engine/text/chat_template.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

namespace kvprism {

namespace {

using Model = std::shared_ptr<const LoadedModel>;

struct Trial {
    const char* name;
    select::Settings settings;
};

const std::vector<Trial>& trials() {
    static const std::vector<Trial> all = {
        {"peak", {}},
        {"peak, standing", {{"scoring", "standing"}}},
        {"peak, block", {{"scoring", "block"}}},
        {"peak, window", {{"scoring", "window"}}},
        {"peak, block, a small memory", {{"scoring", "block"}, {"budget", "128"}, {"block-size", "128"}}},
        {"peak, reindexed", {{"positions", "reindexed"}}},
        {"exact", {{"method", "exact"}}},
        {"exact, block", {{"method", "exact"}, {"scoring", "block"}}},
        {"exact, accumulate", {{"method", "exact"}, {"mode", "accumulate"}}},
        {"snapkv", {{"method", "snapkv"}}},
        {"h2o", {{"method", "h2o"}}},
        {"knorm", {{"method", "knorm"}}},
        {"recency", {{"method", "recency"}}},
        {"random", {{"method", "random"}}},
        {"lsh, l2", {{"method", "lsh"}}},
        {"lsh, max_sim", {{"method", "lsh"}, {"tie-break", "max_sim"}}},
        {"lsh, mahalanobis", {{"method", "lsh"}, {"tie-break", "mahalanobis"}}},
        {"lsh, partitioned_centroid", {{"method", "lsh"}, {"tie-break", "partitioned_centroid"}}},
        {"lsh, magicpig_baseline", {{"method", "lsh"}, {"lsh-mode", "magicpig_baseline"}}},
        {"lsh, magicpig_sampling", {{"method", "lsh"}, {"lsh-mode", "magicpig_sampling"}}},
        {"laser-kv", {{"preset", "laser-kv"}}},
        {"laser-kv-paper", {{"preset", "laser-kv-paper"}}},
    };
    return all;
}

// Keeps the last plan.
class LastStep final : public trace::TraceSink {
  public:
    void runStarted(std::shared_ptr<const trace::Run>) override {}
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override {
        m_step = std::move(step);
    }
    void stepApplied(const trace::StepApplied&) override {}
    void answered(std::shared_ptr<const trace::Answer>) override {}
    void runEnded(const trace::RunEnd&) override {}
    const trace::CompressionStep& step() const { return *m_step; }

  private:
    std::shared_ptr<const trace::CompressionStep> m_step;
};

template <class T> T expect(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        std::exit(1);
    }
    return std::move(result).value();
}
void expect(const Status& status) {
    if (status)
        return;
    std::fprintf(stderr, "%s\n", status.error().message.c_str());
    std::exit(1);
}

// One configuration over one stream.
struct Task {
    select::Config config;
    select::Geometry geometry;
    std::vector<std::int32_t> stream, prompt;
};

Task taskOf(const LoadedModel& model, const select::Settings& settings, const text::Document& document,
            std::int32_t tokens) {
    select::Settings all = {{"budget", "512"}, {"block-size", "256"}};
    for (const auto& [name, value] : settings)
        all[name] = value;
    Task task;
    const select::Config config = expect(select::configFrom(all));
    const Stream stream = expect(tokenise(model, config, document, {}));
    task.stream = stream.tokens.ids;
    task.stream.resize(std::min(task.stream.size(), static_cast<std::size_t>(tokens)));
    const std::string question = "Which version of this licence is this, and who may change it?";
    if (select::promptOf(config) == select::Scoring::question)
        task.prompt = expect(text::questionIds(*model.tokenizer, model.chat, question, false));
    else if (select::promptOf(config) == select::Scoring::standing)
        task.prompt =
            expect(text::standingIds(*model.tokenizer, model.chat, text::defaultStandingPrompt(), false));
    task.config = expect(select::resolve(config, {model.identity.contextLength},
                                         static_cast<std::int32_t>(task.stream.size()), stream.prefixTokens,
                                         static_cast<std::int32_t>(task.prompt.size())));
    task.geometry = expect(select::makeGeometry(task.config, static_cast<std::int32_t>(task.stream.size()),
                                                stream.prefixTokens));
    return task;
}

cache::KvStore storeFor(const Task& task, const LoadedModel& model) {
    return {model.weights.config, model.weights.embedding.options(),
            task.geometry.mostSlots(static_cast<std::int32_t>(task.prompt.size())),
            task.config.positions == select::Positions::reindexed ? cache::KeyRotation::atUse
                                                                  : cache::KeyRotation::stored};
}

Reading readingOf(const LoadedModel& model, const Task& task, cache::KvStore& store, trace::TraceSink* sink) {
    return {.weights = model.weights,
            .store = store,
            .geometry = task.geometry,
            .config = task.config,
            .streamIds = task.stream,
            .promptIds = task.prompt,
            .sink = sink,
            .observer = nullptr};
}

// The plan of `step` from a copy of this memory.
trace::CompressionStep planFrom(const LoadedModel& model, const Task& task, const cache::KvStore& memory,
                                const select::Memory& tokens, std::int32_t step) {
    cache::KvStore store = memory.copyOn(model.weights.embedding.device());
    LastStep last;
    StreamReader reader(readingOf(model, task, store, &last), tokens);
    expect(guarded([&] { return reader.readStep(step, {}); }));
    return last.step();
}

std::set<std::int32_t> keptOf(const trace::CompressionStep& step) {
    std::set<std::int32_t> kept;
    for (const std::int32_t row : select::keptRows(step))
        kept.insert(step.held.positions[static_cast<std::size_t>(row)].value);
    return kept;
}

const trace::ScoreColumn* rankedColumn(const trace::CompressionStep& step) {
    const trace::ScoreColumn* first = nullptr;
    for (const trace::ScoreColumn& column : step.held.scores) {
        if (column.name == "pooled")
            return &column;
        if (!first)
            first = &column;
    }
    return first;
}

// How far from the cut a token's score is, relative; 1 where it has none.
double fromTheCut(const trace::CompressionStep& step, std::int32_t position) {
    const trace::ScoreColumn* column = rankedColumn(step);
    if (!column || step.cuts.empty())
        return 1;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.positions[row].value == position) {
            const double cut = double(step.cuts.front().value);
            return std::abs(double(column->values[row]) - cut) / std::max(std::abs(cut), 1e-30);
        }
    return 1;
}

// The largest relative difference of scores that are at least `share` of the step's largest.
constexpr double tooMuch = 1e-2;

double scoreDifference(const trace::CompressionStep& wanted, const trace::CompressionStep& got,
                       double share) {
    double worst = 0;
    for (std::size_t index = 0; index < wanted.held.scores.size(); ++index) {
        const std::vector<float>& a = wanted.held.scores[index].values;
        const std::vector<float>& b = got.held.scores[index].values;
        const double most = a.empty() ? 0 : double(*std::max_element(a.begin(), a.end()));
        for (std::size_t row = 0; row < a.size(); ++row) {
            if (double(a[row]) < share * most || most <= 0)
                continue;
            const double difference = std::abs(double(a[row]) - double(b[row])) / double(a[row]);
            if (difference > tooMuch)
                std::printf("    step %d, %s, token %zu of %zu (block from %d): %g instead of %g\n",
                            wanted.index, wanted.held.scores[index].name.c_str(), row, a.size(),
                            wanted.begin.value, double(b[row]), double(a[row]));
            worst = std::max(worst, difference);
        }
    }
    return worst;
}

struct Outcome {
    int steps = 0, different = 0, nearTheCut = 0;
    double scores = 0;
};

// In f32, each step of the GPU from what the CPU kept.
Outcome inLockstep(const Model& cpu, const Model& gpu, const Task& task) {
    Outcome outcome;
    cache::KvStore store = storeFor(task, *cpu);
    LastStep last;
    StreamReader reader(readingOf(*cpu, task, store, &last));
    for (std::int32_t step = 0; step < task.geometry.blocks(); ++step) {
        const trace::CompressionStep onGpu = planFrom(*gpu, task, store, reader.memory(), step);
        expect(guarded([&] { return reader.readStep(step, {}); }));
        const trace::CompressionStep& onCpu = last.step();
        std::vector<std::int32_t> apart;
        const auto a = keptOf(onCpu), b = keptOf(onGpu);
        std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(apart));
        for (const std::int32_t position : apart) {
            const double distance = fromTheCut(onCpu, position);
            ++(distance <= 1e-5 ? outcome.nearTheCut : outcome.different);
            std::printf("    step %d, position %d: %.2g from the cut\n", step, position, distance);
        }
        outcome.scores = std::max(outcome.scores, scoreDifference(onCpu, onGpu, 1e-4));
        ++outcome.steps;
    }
    return outcome;
}

// In bf16, the fused scores against those of the eager backend, of the same keys.
double fusedAgainstEager(const Model& gpu, Task task) {
    double worst = 0;
    cache::KvStore store = storeFor(task, *gpu);
    StreamReader reader(readingOf(*gpu, task, store, nullptr));
    for (std::int32_t step = 0; step < task.geometry.blocks(); ++step) {
        task.config.backend = select::Backend::flash;
        const trace::CompressionStep fused = planFrom(*gpu, task, store, reader.memory(), step);
        task.config.backend = select::Backend::eager;
        const trace::CompressionStep eager = planFrom(*gpu, task, store, reader.memory(), step);
        worst = std::max(worst, scoreDifference(eager, fused, 1e-4));
        expect(guarded([&] { return reader.readStep(step, {}); }));
    }
    return worst;
}

Model load(const char* path, const char* device, const char* dtype) {
    ModelRequest request;
    const std::string model = path, random = "random:";
    (model.starts_with(random) ? request.random : request.path) =
        model.starts_with(random) ? model.substr(random.size()) : model;
    request.device = device;
    request.dtype = dtype;
    return expect(guarded([&] { return loadModelFile(request, nullptr, {}); }));
}

int run(const char* path, const char* documentPath, std::int32_t tokens, const std::string& only) {
    const text::Document document = expect(text::readDocument(documentPath));
    const Model cpu = load(path, "cpu", "f32"), gpu = load(path, "cuda", "f32"),
                half = load(path, "cuda", "bf16");
    int failures = 0;
    std::printf("%-28s %6s %10s %9s %12s %14s\n", "method", "steps", "different", "at cut", "scores f32",
                "fused bf16");
    for (const Trial& trial : trials()) {
        if (std::string(trial.name).find(only) == std::string::npos)
            continue;
        const Task task = taskOf(*cpu, trial.settings, document, tokens);
        const Outcome outcome = inLockstep(cpu, gpu, task);
        const double fused = fusedAgainstEager(half, task);
        const bool good = outcome.different == 0 && fused <= tooMuch;
        failures += !good;
        std::printf("%-28s %6d %10d %9d %12.2g %14.2g%s\n", trial.name, outcome.steps, outcome.different,
                    outcome.nearTheCut, outcome.scores, fused, good ? "" : "  FAILED");
        std::fflush(stdout);
    }
    return failures == 0 ? 0 : 1;
}

} // namespace

} // namespace kvprism

int main(int count, char** arguments) {
    if (const auto ops = kvprism::model::gpuOps(); !ops) {
        std::printf("%s\n", ops.error().message.c_str());
        return 77;
    }
    if (count < 3) {
        std::fprintf(stderr, "gpu_lockstep MODEL DOCUMENT [TOKENS [METHOD]]\n");
        return 64;
    }
    return kvprism::run(arguments[1], arguments[2], count > 3 ? std::atoi(arguments[3]) : 2500,
                        count > 4 ? arguments[4] : "");
}
