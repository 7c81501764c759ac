// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/summary.h"

#include "app/cli/words.h"
#include "engine/select/option_values.h"

#include <fmt/format.h>

namespace kvprism::cli {

namespace {

std::string strategyText(const select::Config& config) {
    std::string text = config.method + ", " + select::textOf(config.mode);
    if (config.mode == select::Mode::accumulate)
        text += " (" + select::textOf(config.budgetScope) + ")";
    return text + ", blocks of " + grouped(config.blockSize);
}

std::string endText(trace::StopReason reason) {
    switch (reason) {
    case trace::StopReason::eos:
        return "the model was done";
    case trace::StopReason::length:
        return "stopped at --max-new-tokens";
    case trace::StopReason::stopWord:
        return "stopped at a stop word";
    case trace::StopReason::interrupted:
        return "interrupted";
    }
    return {};
}

} // namespace

std::string summaryText(const AskResult& result, std::int32_t tokensRead) {
    const TokenCounts& tokens = result.tokens;
    const std::int64_t stream = std::int64_t{tokens.prefix} + tokens.document;
    const std::string share = tokensRead < stream ? " of " + grouped(stream) : "";
    const std::string prefix =
        tokens.prefix > 0 ? fmt::format(" ({} of instruction)", grouped(tokens.prefix)) : "";
    std::string text =
        result.readNow
            ? fmt::format("read      {}{} tokens{} in {}, {}; loaded in {}\n", grouped(tokensRead), share,
                          prefix, secondsText(result.readMs), perSecond(tokensRead, result.readMs),
                          secondsText(result.loadMs))
            : fmt::format("read      nothing anew: the memory is of {} tokens{}\n", grouped(stream), prefix);
    text += fmt::format("strategy  {}\n", strategyText(result.config));
    text += fmt::format(
        "kept      {} tokens, {} (budget {}, {}; at the widest {}, {}; all of it: {})\n",
        grouped(tokens.kept), bytesText(result.bytes.kept), grouped(tokens.budget),
        bytesText(result.bytes.budget), grouped(tokens.peak), bytesText(result.bytes.peak),
        bytesText(static_cast<std::uint64_t>(result.readNow ? tokensRead : stream) * result.bytes.perToken));
    text += fmt::format("answered  {} tokens in {}, {}; {}\n", grouped(tokens.answer),
                        secondsText(result.answerMs), perSecond(tokens.answer, result.answerMs),
                        endText(result.answer.stopReason));
    return text;
}

std::string stepTable(const RunLog& log) {
    std::string text = fmt::format("{:>5} {:>15} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10} {:>8} {:>8} {:>8}\n",
                                   "block", "tokens", "kept", "anchors", "window", "global", "dropped",
                                   "forward ms", "score", "select", "compact");
    for (const StepSummary& step : log.steps())
        text +=
            fmt::format("{:>5} {:>15} {:>8} {:>8} {:>8} {:>8} {:>8} {:>10.1f} {:>8.1f} {:>8.1f} {:>8.1f}\n",
                        step.index, fmt::format("{}–{}", step.begin.value, step.end.value - 1),
                        step.counts.kept, step.counts.anchors, step.counts.window, step.counts.global,
                        step.counts.dropped, step.ms.forward, step.ms.score, step.ms.select, step.compactMs);
    return text;
}

} // namespace kvprism::cli
