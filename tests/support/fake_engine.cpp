// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_engine.h"

#include "engine/files/saved_memory.h"
#include "engine/files/sha256.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <pthread.h>
#include <stdexcept>
#include <utility>

namespace kvprism::test {

namespace {

using std::chrono::milliseconds;

// The whole invented run, to be played piece by piece.
struct Script final : trace::TraceSink {
    std::shared_ptr<trace::Run> run;
    std::vector<std::shared_ptr<const trace::CompressionStep>> steps;
    std::vector<trace::StepApplied> applied;
    std::shared_ptr<trace::Answer> answer;
    trace::RunEnd end;

    void runStarted(std::shared_ptr<const trace::Run> value) override {
        run = std::make_shared<trace::Run>(*value);
    }
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> value) override {
        steps.push_back(std::move(value));
    }
    void stepApplied(const trace::StepApplied& value) override { applied.push_back(value); }
    void answered(std::shared_ptr<const trace::Answer> value) override {
        answer = std::make_shared<trace::Answer>(*value);
    }
    void runEnded(const trace::RunEnd& value) override { end = value; }
};

// What is in the file of a memory that this model read.
std::string memoryOf(const trace::ModelIdentity& model) {
    files::Sha256 hash;
    hash.add(model.sha256);
    const std::string header = std::string(R"({"__metadata__":{")") + files::memoryMetadata + "\":\"" +
                               model.sha256 + "\",\"" + files::memoryChecksum + "\":\"" + hash.hexadecimal() +
                               "\"}}";
    std::string length(8, '\0');
    length[0] = static_cast<char>(header.size());
    return length + header;
}

class FakeSession final : public Session {
  public:
    FakeSession(const FakeEngineOptions& options, trace::ModelIdentity model, const text::Document& document,
                std::shared_ptr<EngineDiary> diary)
        : m_options(options), m_model(std::move(model)), m_diary(std::move(diary)), m_name(document.name),
          m_path(document.path), m_sha256(document.sha256) {
        m_diary->write("session opened");
    }
    // Over a saved memory.
    FakeSession(const FakeEngineOptions& options, trace::ModelIdentity model,
                std::shared_ptr<EngineDiary> diary)
        : FakeSession(options, std::move(model), text::Document(), std::move(diary)) {
        m_options.remembers = true;
        m_holds = true;
    }
    ~FakeSession() override { m_diary->write("session gone"); }

    bool holdsMemory() const override { return m_holds; }
    Result<std::vector<float>> answerLosses(const std::string&, std::span<const std::int32_t>,
                                            EngineObserver*, std::stop_token) override {
        return usageError("The fake engine has no losses.");
    }
    Status saveMemory(const std::string& path) override {
        m_diary->write("memory saved");
        if (!m_options.failSaving.empty())
            return ioError(m_options.failSaving);
        std::ofstream(path, std::ios::binary) << memoryOf(m_model);
        return {};
    }
    Result<AskResult> ask(const std::string& question, trace::TraceSink* sink, EngineObserver* observer,
                          std::stop_token stop) override {
        m_diary->write("ask begins");
        Script script;
        produceSyntheticRun(m_options.run, script);
        script.run->question = question;
        script.run->document.name = m_name;
        script.run->document.path = m_path;
        script.run->document.sha256 = m_sha256;
        chooseOtherwise(script);
        const bool reads = !m_holds;
        Result<AskResult> result = play(script, *sink, *observer, stop);
        m_holds = m_options.remembers && result.ok();
        if (result)
            result->readNow = reads;
        m_diary->write("ask ends");
        return result;
    }

  private:
    void chooseOtherwise(Script& script) const {
        if (m_options.otherChoiceAt < 0)
            return;
        auto& step = script.steps.at(static_cast<std::size_t>(m_options.otherChoiceAt));
        auto other = std::make_shared<trace::CompressionStep>(*step);
        auto& tiers = other->held.tiers;
        const auto kept = std::find(tiers.begin(), tiers.end(), trace::Tier::global);
        *kept = trace::Tier::dropped;
        other->held.reasons[static_cast<std::size_t>(kept - tiers.begin())] = trace::Reason::belowCut;
        step = std::move(other);
    }

    Result<AskResult> play(Script& script, trace::TraceSink& sink, EngineObserver& observer,
                           const std::stop_token& stop) {
        if (!m_holds)
            sink.runStarted(script.run);
        Progress progress{Phase::reading, 0, script.run->streamTokens(), 0, 0, 0};
        for (std::size_t i = 0; !m_holds && i < script.steps.size(); ++i) {
            if (!work(m_options.stepMs, observer, progress, stop))
                return stopped(script, sink, std::string());
            sink.stepPlanned(script.steps[i]);
            sink.stepApplied(script.applied[i]);
            progress.done = script.steps[i]->end.value;
            progress.tokensPerSecond = 1000.0 * script.run->blockSize / std::max(m_options.stepMs, 1);
            progress.keptTokens = script.steps[i]->counts.kept;
            progress.keptBytes = script.applied[i].bytesKept;
            observer.progress(progress);
            if (i == 1 && m_options.throwInAsk)
                throw std::runtime_error("an exception that got away");
            if (i == 1 && !m_options.failAsking.empty())
                return Error{m_options.failsAs, m_options.failAsking, m_options.fittingBudget};
        }
        if (!script.answer) {
            sink.runEnded(script.end);
            return AskResult{};
        }
        std::string said;
        const std::string& text = script.answer->text;
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find(' ', begin + 1), text.size());
            if (!work(m_options.wordMs, observer,
                      {Phase::answering, 0, 0, 0, progress.keptTokens, progress.keptBytes}, stop))
                return stopped(script, sink, said);
            said += text.substr(begin, end - begin);
            observer.answerText(text.substr(begin, end - begin));
            begin = end;
        }
        return finish(script, sink);
    }

    Result<AskResult> finish(Script& script, trace::TraceSink& sink) {
        script.answer->question = script.run->question;
        sink.answered(script.answer);
        sink.runEnded(script.end);
        AskResult result;
        result.answer = *script.answer;
        return result;
    }

    Result<AskResult> stopped(Script& script, trace::TraceSink& sink, const std::string& said) {
        if (script.answer) {
            trace::Answer& answer =
                *script.answer; // what is not said has no tokens, and nothing is looked up
            answer.text = said;
            answer.stopReason = trace::StopReason::interrupted;
            answer.textEnds.erase(
                std::lower_bound(answer.textEnds.begin(), answer.textEnds.end(), said.size() + 1),
                answer.textEnds.end());
            answer.ids.resize(std::min(answer.ids.size(), answer.textEnds.size()));
            answer.evidence = {};
            answer.dense.reset();
        }
        script.end.outcome = trace::Outcome::stopped;
        if (script.answer && !said.empty())
            return finish(script, sink);
        sink.runEnded(script.end);
        return interrupted("The run was stopped.");
    }

    // Works for that long in operators of a millisecond; false where it was stopped.
    bool work(int forMs, EngineObserver& observer, const Progress& progress,
              const std::stop_token& stop) const {
        for (int ms = 0; ms < forMs && !stop.stop_requested(); ++ms) {
            for (int call = 0; call < m_options.progressEvery; ++call)
                observer.progress(progress);
            std::this_thread::sleep_for(milliseconds(1));
        }
        return !stop.stop_requested();
    }

    FakeEngineOptions m_options;
    trace::ModelIdentity m_model;
    std::shared_ptr<EngineDiary> m_diary;
    std::string m_name, m_path, m_sha256; // of the document
    bool m_holds = false;
};

class FakeEngine final : public Engine {
  public:
    FakeEngine(FakeEngineOptions options, std::shared_ptr<EngineDiary> diary)
        : m_options(std::move(options)), m_diary(std::move(diary)) {
        m_diary->write("engine made");
    }
    ~FakeEngine() override { m_diary->write("engine gone"); }

    Result<trace::ModelIdentity> loadModel(const ModelRequest& request, EngineObserver* observer,
                                           std::stop_token stop) override {
        m_diary->write("model loaded");
        observer->progress({Phase::loading, 0, 1, 0, 0, 0});
        for (int ms = 0; ms < m_options.loadMs && !stop.stop_requested(); ++ms)
            std::this_thread::sleep_for(milliseconds(1));
        if (stop.stop_requested())
            return interrupted("The run was stopped while the model was loading.");
        if (!m_options.failLoading.empty())
            return malformed(m_options.failLoading);
        Script script;
        produceSyntheticRun({.streamTokens = 0, .seed = m_options.run.seed}, script);
        trace::ModelIdentity identity = script.run->model;
        identity.path = request.path;
        if (request.path == m_options.otherModel)
            identity.sha256 = "of another model";
        m_model = identity;
        return identity;
    }

    Result<std::unique_ptr<Session>> openSession(const select::Config&, const text::Document& document,
                                                 EngineObserver* observer, std::stop_token stop) override {
        for (int ms = 0; ms < m_options.tokeniseMs && !stop.stop_requested(); ++ms) {
            observer->progress({Phase::tokenising, ms, m_options.tokeniseMs, 0, 0, 0});
            std::this_thread::sleep_for(milliseconds(1));
        }
        if (stop.stop_requested())
            return interrupted("The run was stopped while the text became tokens.");
        return std::unique_ptr<Session>(std::make_unique<FakeSession>(m_options, m_model, document, m_diary));
    }

    Result<std::unique_ptr<Session>> openMemory(const select::Config&, const std::string& path) override {
        std::ifstream file(path, std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(file), {}};
        if (content.find("of another model") != std::string::npos)
            return usageError("The memory " + path + " was made by another model: use that model.");
        if (content != memoryOf(m_model))
            return malformed("The memory " + path + " is damaged: read the document again.");
        return std::unique_ptr<Session>(std::make_unique<FakeSession>(m_options, m_model, m_diary));
    }
    Result<Perplexity> perplexity(const select::Config&, const text::Document&, EngineObserver*,
                                  std::stop_token) override {
        return unavailable("A fake engine measures nothing.");
    }

  private:
    FakeEngineOptions m_options;
    trace::ModelIdentity m_model;
    std::shared_ptr<EngineDiary> m_diary;
};

} // namespace

void EngineDiary::write(std::string what) {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof name);
    const std::lock_guard lock(m_mutex);
    m_entries.push_back({std::move(what), name, std::this_thread::get_id()});
}

std::vector<EngineDiary::Entry> EngineDiary::entries() const {
    const std::lock_guard lock(m_mutex);
    return m_entries;
}

int EngineDiary::count(std::string_view what) const {
    const auto all = entries();
    return static_cast<int>(
        std::count_if(all.begin(), all.end(), [&](const Entry& e) { return e.what == what; }));
}

std::unique_ptr<Engine> makeFakeEngine(const FakeEngineOptions& options, std::shared_ptr<EngineDiary> diary) {
    return std::make_unique<FakeEngine>(options, std::move(diary));
}

} // namespace kvprism::test
