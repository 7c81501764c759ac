// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/facts_runner.h"

#include "app/cli/bench/planted_facts.h"
#include "app/cli/bench/whole_answer.h"
#include "app/cli/licence.h"
#include "app/cli/loaded_engine.h"
#include "app/cli/words.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>

namespace kvprism::cli {

namespace {

// About any part of the carrier, the GNU General Public License.
constexpr std::array<std::string_view, 8> generalQuestions{
    "What is this text about?",
    "What may the licensee do with the program?",
    "What must be given along with object code?",
    "Which duties does somebody have who conveys a modified version?",
    "What does the text say about patents?",
    "What happens to somebody who violates the terms?",
    "What does the text say about warranty?",
    "Who wrote this text, and for whom?",
};

constexpr std::int32_t answerTokens = 40;

std::string nameOf(const Contestant& contestant) {
    return contestant.name + (contestant.name == "none" ? "" : fmt::format(", {} kept", contestant.budget));
}

} // namespace

Result<select::Config> configOf(const Contestant& contestant, const FactsTask& task) {
    const std::size_t colon = contestant.name.find(':');
    select::Settings settings{{"method", contestant.name.substr(0, colon)},
                              {"budget", std::to_string(contestant.budget)},
                              {"block-size", std::to_string(task.blockSize)},
                              {"protection-divisor", std::to_string(task.divisor)},
                              {"seed", std::to_string(task.seed)},
                              {"max-new-tokens", std::to_string(answerTokens)}};
    if (colon != std::string::npos)
        settings["scoring"] = contestant.name.substr(colon + 1);
    return select::configFrom(settings);
}

Result<FactsRow> FactsRunner::run(std::int32_t length, const Contestant& contestant) {
    const auto config = configOf(contestant, m_task);
    if (!config)
        return config.error();
    FactsRow row;
    row.length = length;
    row.contestant = contestant;
    for (std::int32_t index = 0; index < m_task.facts; ++index) {
        m_line.showText(fmt::format("{} tokens, {}: fact {} of {}, {} answered", grouped(length),
                                    nameOf(contestant), index + 1, m_task.facts, row.right()));
        if (const Status asked = askOne(row, *config, m_task.first + index); !asked)
            return asked.error();
    }
    m_line.clear();
    return row;
}

Result<text::Document> FactsRunner::documentOf(std::int32_t length, std::int32_t index, FactAnswer& answer,
                                               std::string& question) {
    std::string& carrier = m_carriers[length];
    if (carrier.empty()) {
        auto made = carrierOf(m_tokenizer, embedded::licence, length, m_task.seed);
        if (!made)
            return made.error();
        carrier = std::move(made).value();
    }
    const auto fact = plantFact(m_tokenizer, carrier, length, m_task.seed, index, {.secret = m_task.secret});
    if (!fact)
        return fact.error();
    answer = {.city = fact->city,
              .value = fact->value,
              .answer = {},
              .token = fact->tokenBegin,
              .tokens = fact->tokens};
    question = fact->question;
    return text::documentFromBytes("planted fact " + std::to_string(index), fact->document);
}

Status FactsRunner::askOne(FactsRow& row, const select::Config& config, std::int32_t index) {
    FactAnswer answer;
    std::string question;
    const auto document = documentOf(row.length, index, answer, question);
    if (!document)
        return document.error();
    const auto session = openWatched(m_engine, config, *document, nullptr, m_interrupt);
    if (!session)
        return session.error();
    const auto result = wholeAnswer(**session, question, m_interrupt);
    if (!result)
        return result.error();
    answer.answer = result->answer.text;
    answer.right = saysValue(answer.answer, answer.value);
    row.answers.push_back(std::move(answer));
    row.kept = result->tokens.kept;
    row.readMs += result->readMs;
    if (index - m_task.first >= m_task.lossTexts)
        return {};
    const auto dense = denseAnswer(*document, {row.length, index});
    if (!dense)
        return dense.error();
    const auto losses =
        (*session)->answerLosses((*dense)->question, (*dense)->ids, nullptr, m_interrupt.beginWork());
    m_interrupt.endWork();
    if (!losses)
        return losses.error();
    row.losses.push_back(losses->empty() ? 0
                                         : std::accumulate(losses->begin(), losses->end(), 0.0) /
                                               static_cast<double>(losses->size()));
    return {};
}

Result<const FactsRunner::DenseAnswer*> FactsRunner::denseAnswer(const text::Document& document, Text text) {
    const auto known = m_dense.find(text);
    if (known != m_dense.end())
        return &known->second;
    const auto config = configOf({"none", 256}, m_task);
    if (!config)
        return config.error();
    const auto session = openWatched(m_engine, *config, document, nullptr, m_interrupt);
    if (!session)
        return session.error();
    DenseAnswer dense{
        std::string(generalQuestions[static_cast<std::size_t>(text.second) % generalQuestions.size()]), {}};
    const auto result = wholeAnswer(**session, dense.question, m_interrupt);
    if (!result)
        return result.error();
    dense.ids = result->answer.ids;
    return &m_dense.emplace(text, std::move(dense)).first->second;
}

} // namespace kvprism::cli
