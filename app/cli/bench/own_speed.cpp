// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/own_speed.h"

#include "app/cli/bench/temporary_folder.h"
#include "app/cli/bench/whole_answer.h"
#include "app/cli/run_keeper.h"
#include "engine/select/options.h"

#include <ctime>
#include <fmt/format.h>
#include <memory>

namespace kvprism::cli {

namespace {

// Has a long answer, and with the template's closing part at most 48 tokens in the embedded model.
constexpr const char* longQuestion =
    "List every section of the licence and explain each of them in detail, one after another.";

double processorMs() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

double choosingShare(const RunLog& log) {
    double choosing = 0, all = 0;
    for (const StepSummary& step : log.steps()) {
        const double part = step.ms.score + step.ms.select + step.compactMs;
        choosing += part;
        all += step.ms.forward + part;
    }
    return all > 0 ? choosing / all : 0;
}

} // namespace

Result<double> OwnSpeed::prefill(const std::string& text, std::int32_t tokens) {
    // Layout detached has no instruction in front.
    const auto config = select::configFrom({{"method", "none"},
                                            {"layout", "detached"},
                                            {"block-size", std::to_string(m_task.blockSize)},
                                            {"max-new-tokens", "1"}});
    if (!config)
        return config.error();
    const auto document = text::documentFromBytes("text", text);
    if (!document)
        return document.error();
    const auto session = openWatched(m_engine, *config, *document, nullptr, m_interrupt);
    if (!session)
        return session.error();
    const auto result = wholeAnswer(**session, "?", m_interrupt);
    if (!result)
        return result.error();
    if (result->tokens.document != tokens)
        return defect(
            fmt::format("The prefill read {} tokens instead of {}.", result->tokens.document, tokens));
    return tokens * 1000 / result->readMs;
}

Result<ReadingSpeed> OwnSpeed::reading(bool recorded) {
    const auto config = select::configFrom({{"layout", "detached"},
                                            {"budget", std::to_string(m_task.budget)},
                                            {"block-size", std::to_string(m_task.blockSize)},
                                            {"max-new-tokens", std::to_string(m_task.decodeTokens + 1)}});
    if (!config)
        return config.error();
    const auto document = text::documentFromBytes("text", m_text);
    if (!document)
        return document.error();
    const auto session = openWatched(m_engine, *config, *document, nullptr, m_interrupt);
    if (!session)
        return session.error();
    const auto folder = TemporaryFolder::make();
    if (!folder)
        return folder.error();
    const RecordOptions record{.path = (*folder)->file("run.kvtrace"), .off = !recorded};
    RunKeeper keeper(record, "text");
    const double before = processorMs();
    const auto result = wholeAnswer(**session, longQuestion, m_interrupt, &keeper);
    if (!result)
        return result.error();
    if (const Status kept = keeper.status(); !kept)
        return kept.error();
    const trace::Answer& answer = result->answer;
    const auto decoded = static_cast<std::int32_t>(answer.ids.size()) - 1;
    if (decoded < m_task.decodeTokens / 2)
        return usageError(
            "The model's answer is too short to time single tokens: measure with another model.");
    return ReadingSpeed{.tokens = result->tokens.document,
                        .kept = result->tokens.kept,
                        .tokensPerSecond = result->tokens.document * 1000 / result->readMs,
                        .processorMs = processorMs() - before,
                        .choosingShare = choosingShare(keeper.log()),
                        .decodedTokensPerSecond = decoded * 1000 / (answer.totalMs - answer.firstTokenMs)};
}

} // namespace kvprism::cli
