// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session.h"

#include "engine/answerer.h"
#include "engine/base/utc_time.h"
#include "engine/memory_check.h"
#include "engine/select/options.h"
#include "engine/stopwatch.h"
#include "engine/stream_reader.h"

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

void appendToken(trace::TokenTable& table, std::int32_t id, std::int64_t offset, std::string_view piece) {
    table.ids.push_back(id);
    table.byteOffsets.push_back(offset);
    table.pieces += piece;
    table.pieceEnds.push_back(static_cast<std::uint32_t>(table.pieces.size()));
}

} // namespace

LaserSession::LaserSession(std::shared_ptr<const LoadedModel> model, select::Config config,
                           text::Document document)
    : m_model(std::move(model)), m_config(std::move(config)), m_document(std::move(document)) {}

Result<std::unique_ptr<Session>> LaserSession::open(std::shared_ptr<const LoadedModel> model,
                                                    const select::Config& config, text::Document document) {
    std::unique_ptr<LaserSession> session(new LaserSession(std::move(model), config, std::move(document)));
    if (session->m_config.instruction.empty())
        session->m_config.instruction = text::defaultInstruction();
    if (Status status = session->tokenise(); !status)
        return status.error();
    return std::unique_ptr<Session>(std::move(session));
}

Status LaserSession::tokenise() {
    const text::Tokenizer& tokenizer = *m_model->tokenizer;
    if (m_config.layout == select::Layout::inlined) {
        const auto prefix = text::prefixIds(tokenizer, m_model->chat, m_config.instruction);
        if (!prefix)
            return prefix.error();
        for (const std::int32_t id : *prefix)
            appendToken(m_tokens, id, -1, tokenizer.piece(id));
        m_prefixTokens = static_cast<std::int32_t>(prefix->size());
    }
    const auto encoding = tokenizer.encode(m_document.text);
    if (!encoding)
        return encoding.error();
    if (encoding->ids.size() > std::numeric_limits<std::int32_t>::max() / 2)
        return usageError("The document has too many tokens.");
    const std::string_view text = m_document.text;
    for (std::size_t i = 0; i < encoding->ids.size(); ++i) {
        const std::size_t begin = encoding->begins[i];
        const std::size_t end = i + 1 < encoding->ids.size() ? encoding->begins[i + 1] : text.size();
        appendToken(m_tokens, encoding->ids[i], static_cast<std::int64_t>(m_document.diskOffset(begin)),
                    text.substr(begin, end - begin));
    }
    return {};
}

std::vector<std::string> LaserSession::noticesFor(const select::Config& config,
                                                  std::int32_t questionTokens) const {
    std::vector<std::string> notices = m_document.notices;
    if (!m_model->chat.known)
        notices.push_back(
            "The model's chat template is unknown: document and question are given as plain text.");
    const std::int64_t last =
        static_cast<std::int64_t>(m_tokens.size()) + questionTokens + config.maxNewTokens;
    const std::int32_t context = m_model->identity.contextLength;
    if (last > context)
        notices.push_back("Positions reach " + std::to_string(last) + ", but the model was trained for " +
                          std::to_string(context) + " tokens: expect worse answers.");
    return notices;
}

std::shared_ptr<const trace::Run> LaserSession::describe(const select::Config& config,
                                                         const select::Geometry& geometry,
                                                         const std::string& question,
                                                         const std::vector<std::int32_t>& promptIds,
                                                         const std::vector<std::string>& notices) const {
    auto run = std::make_shared<trace::Run>();
    run->id = randomId();
    run->startedAt = utcNow("%Y-%m-%dT%H:%M:%SZ");
    run->program = "kvprism " KVPRISM_VERSION;
    run->config = select::settingsOf(config);
    run->model = m_model->identity;
    run->document = {m_document.name, m_document.path, m_document.sha256, m_document.bytes};
    run->question = question;
    run->promptIds = promptIds;
    run->selectors = {config.method};
    run->notices = notices;
    run->tokens = m_tokens;
    run->prefixTokens = m_prefixTokens;
    run->anchors = geometry.anchors;
    run->window = geometry.window;
    run->budget = geometry.budget;
    run->blockSize = geometry.blockSize;
    return run;
}

Result<AskResult> LaserSession::ask(const std::string& question, trace::TraceSink* sink,
                                    EngineObserver* observer, std::stop_token stop) {
    const model::Weights& weights = m_model->weights;
    const auto promptIds = text::questionIds(*m_model->tokenizer, m_model->chat, question,
                                             m_config.layout == select::Layout::detached);
    if (!promptIds)
        return promptIds.error();
    const auto prompt = static_cast<std::int32_t>(promptIds->size());
    const auto stream = static_cast<std::int32_t>(m_tokens.size());
    const auto config =
        select::resolve(m_config, {m_model->identity.contextLength}, stream, m_prefixTokens, prompt);
    if (!config)
        return config.error();
    const auto geometry = select::makeGeometry(*config, stream, m_prefixTokens);
    if (!geometry)
        return geometry.error();
    const select::MethodSpec* method = select::findMethod(config->method);
    if (!method)
        return defect("The method " + config->method + " is in no table.");

    if (prompt > m_model->identity.contextLength)
        return usageError("The question has " + std::to_string(prompt) + " tokens, but the model reads " +
                          std::to_string(m_model->identity.contextLength) + " at most: ask a shorter one.");
    const std::int32_t slots =
        std::max(geometry->mostSlots(prompt), geometry->mostKept() + prompt + config->maxNewTokens);
    const ReadingNeeds needs{slots, std::min(geometry->blockSize, std::max(stream, 1)) + prompt, prompt,
                             c10::elementSize(weights.dtype)};
    if (Status memory = checkMemory(weights.config, needs, availableMemory()); !memory)
        return memory.error();

    AskResult result;
    result.config = *config;
    result.notices = noticesFor(*config, prompt);
    if (observer)
        for (const std::string& notice : result.notices)
            observer->notice(notice);
    if (sink)
        sink->runStarted(describe(*config, *geometry, question, *promptIds, result.notices));

    cache::KvStore store(weights.config, weights.dtype, slots);
    StreamReader reader({.weights = weights,
                         .store = store,
                         .geometry = *geometry,
                         .method = *method,
                         .config = *config,
                         .streamIds = m_tokens.ids,
                         .promptIds = *promptIds,
                         .sink = sink,
                         .observer = observer});
    Status status = reader.readAll(stop);
    const auto answerStart = std::chrono::steady_clock::now();
    result.answer.stopReason = trace::StopReason::interrupted;
    if (status.ok()) {
        auto answer = answerQuestion({.weights = weights,
                                      .tokenizer = *m_model->tokenizer,
                                      .store = store,
                                      .config = *config,
                                      .questionIds = *promptIds,
                                      .firstPosition = StreamPos(stream),
                                      .observer = observer},
                                     stop);
        if (answer)
            result.answer = std::move(answer).value();
        else
            status = answer.error();
    }
    result.answer.question = question;
    result.loadMs = m_model->loadMs;
    result.readMs = reader.readMs();
    result.answerMs = millisecondsSince(answerStart);
    const auto kept = static_cast<std::int32_t>(reader.memory().size());
    const std::int32_t answered = static_cast<std::int32_t>(result.answer.ids.size());
    const std::int32_t peak = std::max(reader.peakSlots(), kept + prompt + answered);
    result.tokens = {m_prefixTokens, stream - m_prefixTokens, prompt, answered, kept, peak, geometry->budget};
    const std::uint64_t perToken = store.bytesPerToken();
    const auto bytes = [perToken](std::int32_t tokens) {
        return perToken * static_cast<std::uint64_t>(tokens);
    };
    result.bytes = {store.bytesInUse(), bytes(peak), bytes(geometry->budget), perToken, weights.bytes()};

    const bool failed = !status.ok() && status.error().code != ErrorCode::interrupted;
    const bool stopped = result.answer.stopReason == trace::StopReason::interrupted;
    if (sink) {
        if (status.ok())
            sink->answered(std::make_shared<const trace::Answer>(result.answer));
        const auto outcome = failed    ? trace::Outcome::failed
                             : stopped ? trace::Outcome::stopped
                                       : trace::Outcome::finished;
        sink->runEnded(
            {outcome, failed ? status.error().message : "", result.loadMs, result.readMs, result.answerMs});
    }
    if (failed)
        return status.error();
    return result;
}

} // namespace kvprism
