// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session.h"

#include "engine/answerer.h"
#include "engine/base/printable.h"
#include "engine/base/utc_time.h"
#include "engine/evidence_finder.h"
#include "engine/guarded.h"
#include "engine/memory_check.h"
#include "engine/memory_file.h"
#include "engine/model/decoder.h"
#include "engine/model/device_memory.h"
#include "engine/run_notices.h"
#include "engine/select/options.h"
#include "engine/stopwatch.h"
#include "engine/stream_reader.h"
#include "engine/stream_tokens.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <random>

namespace kvprism {

namespace {

std::string randomId() {
    std::random_device device;
    std::string id;
    for (int word = 0; word < 4; ++word) {
        char text[9];
        std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(device()));
        id += text;
    }
    return id;
}

// A stop is none: the partial answer counts.
bool isFailure(const Status& status) {
    return !status && status.error().code != ErrorCode::interrupted;
}

} // namespace

LaserSession::LaserSession(std::shared_ptr<const LoadedModel> model, select::Config config,
                           text::Document document)
    : m_model(std::move(model)), m_config(std::move(config)), m_document(std::move(document)) {}

Result<std::unique_ptr<Session>> LaserSession::open(std::shared_ptr<const LoadedModel> model,
                                                    const select::Config& config, text::Document document,
                                                    EngineObserver* observer, std::stop_token stop) {
    std::unique_ptr<LaserSession> session(new LaserSession(std::move(model), config, std::move(document)));
    if (session->m_config.instruction.empty())
        session->m_config.instruction = text::defaultInstruction();
    if (session->m_config.standingPrompt.empty())
        session->m_config.standingPrompt = text::defaultStandingPrompt();
    auto stream = tokenise(*session->m_model, session->m_config, session->m_document,
                           tokenisingWatch(session->m_document, observer, std::move(stop)));
    if (!stream)
        return stream.error();
    session->m_tokens = std::move(stream->tokens);
    session->m_prefixTokens = stream->prefixTokens;
    session->m_document.text = std::string(); // the tokens have it all
    return std::unique_ptr<Session>(std::move(session));
}

Result<std::unique_ptr<Session>> LaserSession::resume(std::shared_ptr<const LoadedModel> model,
                                                      const select::Config& config, const std::string& path) {
    auto opened = openMemory(path, model->identity);
    if (!opened)
        return opened.error();
    std::unique_ptr<LaserSession> session(new LaserSession(std::move(model), opened->memory.config, {}));
    session->m_document.name = opened->document.name;
    session->m_document.path = opened->document.path;
    session->m_document.sha256 = opened->document.sha256;
    session->m_document.bytes = opened->document.bytes;
    session->m_memory.emplace(std::move(opened->memory));
    session->m_memory->store.moveTo(session->m_model->weights.embedding.device());
    session->m_prefixTokens = session->m_memory->geometry.prefixTokens;
    session->m_resumed = true;
    select::Config& used = session->m_memory->config;
    used.maxNewTokens = config.maxNewTokens;
    used.temperature = config.temperature;
    used.topP = config.topP;
    used.seed = config.seed;
    used.stopWords = config.stopWords;
    used.evidence = config.evidence;
    used.denseReference = config.denseReference;
    return std::unique_ptr<Session>(std::move(session));
}

Status LaserSession::saveMemory(const std::string& path) {
    if (!m_memory)
        return usageError("There is no memory to save: nothing was read to its end.");
    return kvprism::saveMemory(*m_memory, {m_model->identity, documentIdentity()}, path);
}

trace::DocumentIdentity LaserSession::documentIdentity() const {
    return {m_document.name, m_document.path, m_document.sha256, m_document.bytes};
}

void LaserSession::noteOtherQuestion(const std::string& question, EngineObserver* observer) {
    m_notices.clear();
    if (m_memory->question.empty() || m_memory->question == question)
        return;
    note("The memory was made for the question " + printable(m_memory->question) +
             " and holds what that one asked for: expect worse answers to others.",
         observer);
}

void LaserSession::note(const std::string& notice, EngineObserver* observer) {
    m_notices.push_back(notice);
    if (observer)
        observer->notice(notice);
}

trace::Run LaserSession::describe(const select::Config& config, const select::Geometry& geometry) const {
    trace::Run run;
    run.id = randomId();
    run.startedAt = utcNow("%Y-%m-%dT%H:%M:%SZ");
    run.program = "kvprism " KVPRISM_VERSION;
    run.config = select::settingsOf(config);
    run.model = m_model->identity;
    run.document = documentIdentity();
    for (const select::Part& part : select::partsOf(config))
        run.selectors.emplace_back(part.method->name);
    run.prefixTokens = m_prefixTokens;
    run.anchors = geometry.anchors;
    run.window = geometry.window;
    run.budget = geometry.budget;
    run.blockSize = geometry.blockSize;
    return run;
}

Result<LaserSession::Ids> LaserSession::scoringIds(const Ids& questionIds) const {
    switch (select::promptOf(m_config)) {
    case select::Scoring::question:
        return questionIds;
    case select::Scoring::standing:
        return text::standingIds(*m_model->tokenizer, m_model->chat, m_config.standingPrompt,
                                 m_config.layout == select::Layout::detached);
    default:
        return Ids{};
    }
}

ReadingNeeds LaserSession::needsOf(const select::Geometry& geometry, std::int32_t slots,
                                   std::int32_t scoring) const {
    return {slots, std::min(geometry.blockSize, std::max(streamTokens(), 1)) + scoring, scoring,
            c10::elementSize(m_model->weights.dtype), m_model->weights.embedding.is_cuda()};
}

Result<LaserSession::Prepared> LaserSession::prepare(const Ids& questionIds) const {
    const auto prompt = static_cast<std::int32_t>(questionIds.size());
    const auto scoring = scoringIds(questionIds);
    if (!scoring)
        return scoring.error();
    const auto scoringRows = static_cast<std::int32_t>(scoring->size());
    const std::int32_t context = m_model->identity.contextLength;
    for (const std::int32_t rows : {prompt, scoringRows})
        if (rows > context)
            return usageError(std::string(rows == prompt ? "The question" : "The standing prompt") + " has " +
                              std::to_string(rows) + " tokens, but the model reads " +
                              std::to_string(context) + " at most: use a shorter one.");
    const auto config =
        select::resolve(m_config, {context}, streamTokens(), m_prefixTokens, std::max(prompt, scoringRows));
    if (!config)
        return config.error();
    const auto geometry = select::makeGeometry(*config, streamTokens(), m_prefixTokens);
    if (!geometry)
        return geometry.error();
    const std::int32_t slots =
        std::max(geometry->mostSlots(scoringRows), geometry->mostKept() + prompt + config->maxNewTokens);
    const ReadingNeeds needs = needsOf(*geometry, slots, scoringRows);
    if (Status room = checkMemory(m_model->weights.config, needs, availableBeside(m_model->weights),
                                  select::smallestBudget(m_config, m_prefixTokens));
        !room)
        return room.error();
    return Prepared{*config, *geometry, *scoring, needs};
}

Error LaserSession::noMoreMemory(const ReadingNeeds& needs) const {
    const std::uint64_t givenBack = m_memory ? m_memory->store.bytesAllocated() : 0;
    return kvprism::noMoreMemory(m_model->weights.config, needs,
                                 availableBeside(m_model->weights) + givenBack,
                                 select::smallestBudget(m_config, m_prefixTokens));
}

Status LaserSession::read(const std::string& question, const Ids& questionIds, trace::TraceSink* sink,
                          EngineObserver* observer, std::stop_token stop) {
    const auto prepared = prepare(questionIds);
    if (!prepared)
        return prepared.error();
    return guarded([&] { return fill(*prepared, question, questionIds, sink, observer, stop); },
                   [&] { return noMoreMemory(prepared->needs); });
}

Status LaserSession::fill(const Prepared& prepared, const std::string& question, const Ids& questionIds,
                          trace::TraceSink* sink, EngineObserver* observer, std::stop_token stop) {
    const auto& [config, geometry, scoring, needs] = prepared;
    const model::Weights& weights = m_model->weights;
    const auto rotation = config.positions == select::Positions::reindexed ? cache::KeyRotation::atUse
                                                                           : cache::KeyRotation::stored;
    // The one large allocation comes before the run begins: without it nothing has.
    m_memory.emplace(
        ReadMemory{.config = config,
                   .geometry = geometry,
                   .store = cache::KvStore(weights.config, weights.embedding.options(),
                                           static_cast<std::int32_t>(needs.slots), rotation),
                   .tokens = {},
                   .question = select::promptOf(config) == select::Scoring::question ? question : ""});

    trace::Run run = describe(config, geometry);
    run.question = question;
    run.promptIds = scoring;
    run.notices = runNotices(*m_model, m_document, config, geometry,
                             {.question = static_cast<std::int32_t>(questionIds.size()),
                              .scoring = static_cast<std::int32_t>(scoring.size()),
                              .isFirst = m_asked == 1});
    if (observer)
        for (const std::string& notice : run.notices)
            observer->notice(notice);
    m_notices = run.notices;
    run.tokens = m_run ? m_run->tokens : std::move(m_tokens);
    m_run = std::make_shared<const trace::Run>(std::move(run));
    if (sink)
        sink->runStarted(m_run);

    StreamReader reader({.weights = weights,
                         .store = m_memory->store,
                         .geometry = m_memory->geometry,
                         .config = m_memory->config,
                         .streamIds = m_run->tokens.ids,
                         .promptIds = scoring,
                         .sink = sink,
                         .observer = observer});
    const Status status = reader.readAll(stop);
    m_memory->tokens = reader.memory();
    m_memory->peakSlots = reader.peakSlots();
    m_memory->readMs = reader.readMs();
    if (status)
        model::settleRotation(weights, m_memory->store);
    return status;
}

Status LaserSession::makeRoom(std::int32_t questionTokens, std::int32_t answerTokens) {
    const auto kept = static_cast<std::int64_t>(m_memory->tokens.size());
    const std::int64_t slots = kept + questionTokens + answerTokens;
    if (slots > std::numeric_limits<std::int32_t>::max())
        return usageError("Memory, question and answer have " + std::to_string(slots) +
                          " tokens, more than can be counted: shorten the question or --max-new-tokens.");
    if (slots <= m_memory->store.capacity())
        return {};
    const ReadingNeeds needs = needsOf(m_memory->geometry, static_cast<std::int32_t>(slots), 0);
    if (Status room = checkMemory(m_model->weights.config, needs, availableBeside(m_model->weights)); !room)
        return room;
    m_memory->store.grow(static_cast<std::int32_t>(slots));
    return {};
}

AskResult LaserSession::resultOf(trace::Answer answer, std::int32_t questionTokens) const {
    const ReadMemory& memory = *m_memory;
    AskResult result;
    result.config = memory.config;
    result.notices = m_notices;
    result.loadMs = m_model->loadMs;
    result.readMs = memory.readMs;
    const auto kept = static_cast<std::int32_t>(memory.tokens.size());
    const auto answered = static_cast<std::int32_t>(answer.ids.size());
    const std::int32_t peak = std::max(memory.peakSlots, kept + questionTokens + answered);
    result.tokens = {m_prefixTokens, streamTokens() - m_prefixTokens, questionTokens, answered, kept,
                     peak,           memory.geometry.budget};
    const std::uint64_t perToken = memory.store.bytesPerToken();
    const auto bytes = [perToken](std::int32_t tokens) {
        return perToken * static_cast<std::uint64_t>(tokens);
    };
    result.bytes = {
        memory.store.bytesInUse(),
        bytes(peak),
        bytes(memory.geometry.budget),
        perToken,
        m_model->weights.bytes(),
        static_cast<std::uint64_t>(model::memoryOf(m_model->weights.embedding.device()).peakBytes)};
    result.answer = std::move(answer);
    return result;
}

Result<LaserSession::Ids> LaserSession::idsOf(const std::string& question) const {
    return text::questionIds(*m_model->tokenizer, m_model->chat, question,
                             m_config.layout == select::Layout::detached);
}

// The memory for this question: the one that is there, or a new one. After a failure there is one only where
// a run had begun.
Status LaserSession::remember(const std::string& question, const Ids& questionIds, trace::TraceSink* sink,
                              EngineObserver* observer, std::stop_token stop) {
    ++m_asked;
    if (!holdsMemory()) {
        m_memory.reset();
        return read(question, questionIds, sink, observer, std::move(stop));
    }
    noteOtherQuestion(question, observer);
    return {};
}

Result<trace::Answer> LaserSession::answerFrom(const Ids& questionIds, EngineObserver* observer,
                                               std::stop_token stop) {
    return guarded(
        [&] {
            return answerQuestion({.weights = m_model->weights,
                                   .tokenizer = *m_model->tokenizer,
                                   .store = m_memory->store,
                                   .config = m_memory->config,
                                   .questionIds = questionIds,
                                   .firstPosition = m_memory->nextPosition(),
                                   .observer = observer},
                                  stop);
        },
        [&] { return noMoreMemory(needsOf(m_memory->geometry, m_memory->store.capacity(), 0)); });
}

Result<AskResult> LaserSession::ask(const std::string& question, trace::TraceSink* sink,
                                    EngineObserver* observer, std::stop_token stop) {
    const auto questionIds = idsOf(question);
    if (!questionIds)
        return questionIds.error();
    const auto questionTokens = static_cast<std::int32_t>(questionIds->size());
    const bool reads = !holdsMemory();
    if (!reads)
        if (const Status room = makeRoom(questionTokens, m_memory->config.maxNewTokens); !room)
            return room.error();
    Status status = remember(question, *questionIds, sink, observer, stop);
    if (!m_memory)
        return status.error(); // nothing has begun

    const auto start = std::chrono::steady_clock::now();
    trace::Answer answer;
    answer.stopReason = trace::StopReason::interrupted;
    if (status) {
        auto answered = answerFrom(*questionIds, observer, stop);
        if (answered)
            answer = std::move(answered).value();
        else
            status = answered.error();
    }
    answer.question = question;
    AskResult result = resultOf(std::move(answer), questionTokens);
    result.readNow = reads;
    result.answerMs = millisecondsSince(start);
    if (status) {
        explain(result.answer, *questionIds, observer, stop);
        result.notices = m_notices;
    }
    if (sink)
        endRun(*sink, status, result);
    if (!status && !m_resumed)
        m_memory.reset(); // not read to its end, or its numbers are not to be trusted
    if (isFailure(status))
        return status.error();
    return result;
}

void LaserSession::explain(trace::Answer& answer, const Ids& questionIds, EngineObserver* observer,
                           std::stop_token stop) {
    if (answer.stopReason == trace::StopReason::interrupted || questionIds.empty())
        return;
    const ForcedAnswer::Parts run{m_model->weights, m_memory->store, m_memory->nextPosition(), questionIds,
                                  answer.ids};
    const auto noteFailure = [&](const Error& error) {
        if (error.code != ErrorCode::interrupted)
            note(error.message, observer);
    };
    auto evidence = guarded(
        [&] { return findEvidence(run, m_memory->tokens.positions, m_memory->config.evidence, stop); },
        [] { return outOfMemory("Where the answer came from could not be looked up for want of memory."); });
    if (evidence)
        answer.evidence = std::move(evidence).value();
    else
        noteFailure(evidence.error());
    if (m_memory->config.denseReference == select::Switch::off)
        return;
    auto dense = guarded([&] { return compareWithDense(run, observer, stop); },
                         [] { return outOfMemory("There is no dense reference, for want of memory."); });
    if (dense)
        answer.dense = std::move(dense).value();
    else
        noteFailure(dense.error());
}

Result<trace::DenseReference> LaserSession::compareWithDense(const ForcedAnswer::Parts& run,
                                                             EngineObserver* observer, std::stop_token stop) {
    if (m_resumed)
        return usageError("There is no dense reference: a saved memory comes without its document.");
    if (m_memory->geometry.keepsAll)
        return usageError("There is no dense reference: this run drops nothing and is dense itself.");
    if (!m_dense) {
        auto read = DenseMemory::read(*m_model, m_memory->config, m_run->tokens.ids,
                                      static_cast<std::int32_t>(run.questionIds.size()), observer, stop);
        if (!read)
            return read.error();
        m_dense.emplace(std::move(read).value());
    }
    return m_dense->compare(run, std::move(stop));
}

void LaserSession::endRun(trace::TraceSink& sink, const Status& status, const AskResult& result) const {
    if (status)
        sink.answered(std::make_shared<const trace::Answer>(result.answer));
    const bool stopped = result.answer.stopReason == trace::StopReason::interrupted;
    const bool failed = isFailure(status);
    const auto outcome = failed    ? trace::Outcome::failed
                         : stopped ? trace::Outcome::stopped
                                   : trace::Outcome::finished;
    sink.runEnded(
        {outcome, failed ? status.error().message : "", result.loadMs, result.readMs, result.answerMs});
}

Result<std::vector<float>> LaserSession::answerLosses(const std::string& question,
                                                      std::span<const std::int32_t> answer,
                                                      EngineObserver* observer, std::stop_token stop) {
    const auto questionIds = idsOf(question);
    if (!questionIds)
        return questionIds.error();
    if (answer.empty())
        return std::vector<float>();
    if (const Status read = remember(question, *questionIds, nullptr, observer, stop); !read) {
        m_memory.reset();
        return read.error();
    }
    const auto questionTokens = static_cast<std::int32_t>(questionIds->size());
    if (const Status room = makeRoom(questionTokens, static_cast<std::int32_t>(answer.size())); !room)
        return room.error();
    Ids ids = *questionIds;
    ids.insert(ids.end(), answer.begin(), answer.end() - 1);
    std::vector<StreamPos> positions;
    for (std::size_t i = 0; i < ids.size(); ++i)
        positions.push_back(m_memory->nextPosition() + static_cast<std::int32_t>(i));
    const std::int32_t memory = m_memory->store.used();
    const auto hidden = model::forward(m_model->weights, m_memory->store, ids, positions, {}, stop);
    m_memory->store.truncate(memory);
    if (!hidden)
        return hidden.error();
    const auto losses = model::negativeLogLikelihood(
        m_model->weights, hidden->narrow(0, questionTokens - 1, static_cast<std::int64_t>(answer.size())),
        answer, stop);
    if (!losses)
        return losses.error();
    const float* values = losses->data_ptr<float>();
    return std::vector<float>(values, values + losses->numel());
}

} // namespace kvprism
