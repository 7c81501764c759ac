// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/answerer.h"

#include "engine/answer_stream.h"
#include "engine/answer_tokens.h"
#include "engine/model/decoder.h"
#include "engine/model/sampler.h"
#include "engine/stopwatch.h"

#include <algorithm>
#include <chrono>
#include <memory>

namespace kvprism {

namespace {

using Clock = std::chrono::steady_clock;

class Decoding {
  public:
    Decoding(const Answering& answering, std::stop_token stop)
        : m_in(answering), m_stop(std::move(stop)), m_stream(answering.config.stopWords),
          m_sampler(answering.config.temperature, answering.config.topP, answering.config.seed),
          m_ends(answering.tokenizer.endOfAnswer()), m_start(Clock::now()) {
        m_answer.keptTokens = answering.store.used();
        m_answer.questionTokens = static_cast<std::int32_t>(answering.questionIds.size());
    }

    Result<trace::Answer> run() {
        const std::int32_t memory = m_in.store.used();
        const Status status = decode();
        m_in.store.truncate(memory);
        show(m_stream.finish());
        if (!status.ok() && status.error().code != ErrorCode::interrupted)
            return status.error();
        if (!status.ok())
            m_answer.stopReason = trace::StopReason::interrupted;
        m_answer.text = m_stream.shown();
        const auto length = static_cast<std::uint32_t>(m_answer.text.size());
        for (std::uint32_t& end : m_answer.textEnds) // a stop word is no part of it
            end = std::min(end, length);
        if (!m_answer.textEnds.empty())
            m_answer.textEnds.back() = length; // with what stood for a character that never became whole
        m_answer.totalMs = millisecondsSince(m_start);
        return std::move(m_answer);
    }

  private:
    // Reads the question in one pass, then decodes token by token.
    Status decode() {
        std::vector<StreamPos> positions;
        StreamPos position = m_in.firstPosition;
        for (std::size_t i = 0; i < m_in.questionIds.size(); ++i, ++position)
            positions.push_back(position);
        const auto hidden = model::forward(m_in.weights, m_in.store, m_in.questionIds, positions, {}, m_stop);
        if (!hidden)
            return hidden.error();
        const at::Tensor first = model::logits(m_in.weights, hidden->narrow(0, hidden->size(0) - 1, 1)).cpu();
        if (const Status whole = m_in.weights.intact(); !whole)
            return whole;
        if (!model::isFinite(first, 0))
            return model::noNumbers(m_in.weights, "answers");
        const std::span<const float> logits(first.data_ptr<float>(), static_cast<std::size_t>(first.numel()));
        m_answer.stopReason = trace::StopReason::length;
        std::unique_ptr<AnswerTokens> tokens;
        std::int32_t token = m_sampler.next(logits);
        m_answer.firstTokenMs = millisecondsSince(m_start);
        for (std::int32_t count = 0; count < m_in.config.maxNewTokens; ++count, ++position) {
            if (count > 0) {
                if (!tokens)
                    tokens = answerTokens(m_in.weights, m_in.store, m_sampler, m_in.config.temperature <= 0);
                const auto next = tokens->next(token, position - 1, m_stop);
                if (!next)
                    return next.error();
                if (const Status whole = m_in.weights.intact(); !whole)
                    return whole;
                token = *next;
            }
            if (!take(token))
                return {};
        }
        return {};
    }

    // Whether the answer goes on behind this token.
    bool take(std::int32_t token) {
        if (std::find(m_ends.begin(), m_ends.end(), token) != m_ends.end()) {
            m_answer.stopReason = trace::StopReason::eos;
            return false;
        }
        m_answer.ids.push_back(token);
        show(m_stream.push(m_in.tokenizer.piece(token)));
        m_answer.textEnds.push_back(static_cast<std::uint32_t>(m_stream.length()));
        report();
        if (m_stream.stopped())
            m_answer.stopReason = trace::StopReason::stopWord;
        return !m_stream.stopped();
    }

    void show(const std::string& utf8) {
        if (!utf8.empty() && m_in.observer)
            m_in.observer->answerText(utf8);
    }

    void report() {
        if (!m_in.observer)
            return;
        const auto done = static_cast<std::int64_t>(m_answer.ids.size());
        const double seconds = (millisecondsSince(m_start) - m_answer.firstTokenMs) / 1000;
        m_in.observer->progress(
            {.phase = Phase::answering,
             .done = done,
             .total = m_in.config.maxNewTokens,
             .tokensPerSecond = done > 1 ? static_cast<double>(done - 1) / seconds : 0,
             .keptTokens = m_answer.keptTokens,
             .keptBytes = m_in.store.bytesPerToken() * static_cast<std::uint64_t>(m_answer.keptTokens)});
    }

    const Answering& m_in;
    std::stop_token m_stop;
    AnswerStream m_stream;
    model::Sampler m_sampler;
    std::vector<std::int32_t> m_ends;
    Clock::time_point m_start;
    trace::Answer m_answer;
};

} // namespace

Result<trace::Answer> answerQuestion(const Answering& answering, std::stop_token stop) {
    return Decoding(answering, std::move(stop)).run();
}

} // namespace kvprism
