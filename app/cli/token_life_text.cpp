// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/escape.h"
#include "app/cli/inspect_text.h"
#include "app/cli/words.h"

#include <fmt/format.h>

namespace kvprism::cli {

namespace {

std::string introduction(const TokenLife& life) {
    const trace::Run& run = life.run();
    const auto token = static_cast<std::size_t>(life.token().value);
    std::string text = fmt::format("Position {}", life.token().value);
    if (!run.withoutText)
        text += fmt::format(": {}, token {}", escaped(run.tokens.piece(token)), run.tokens.ids[token]);
    if (life.token().value < run.prefixTokens)
        return text + ", of the prefix.\n";
    if (run.tokens.byteOffsets[token] >= 0)
        text += fmt::format(", at byte {} of the document", grouped(run.tokens.byteOffsets[token]));
    return text + ".\n";
}

// "rank 17 of 300, score 0.0021 (peak 0.0031 by layer 9, head 3, row 7; cut 0.0019)"
std::string judgement(const TokenMoment& moment) {
    std::string text, details;
    if (moment.rank > 0)
        text = fmt::format(": rank {} of {}", grouped(moment.rank), grouped(moment.candidates));
    const auto detail = [&](const std::string& part) { details += (details.empty() ? "" : ", ") + part; };
    for (const TokenMoment::Score& score : moment.scores) {
        if (score.ranked && moment.rank > 0)
            text += fmt::format(", {} score {:.5g}", oneLine(score.name), score.value);
        else if (moment.rank > 0)
            detail(fmt::format("{} {:.5g}", oneLine(score.name), score.value));
    }
    if (moment.peak && moment.rank > 0)
        detail(fmt::format("largest in layer {}, head {}, row {}", moment.peak->layer, moment.peak->head,
                           moment.peak->row));
    if (moment.cut && moment.rank > 0 && moment.reason != trace::Reason::filled)
        detail(fmt::format("the cut was {:.5g}", moment.cut->value));
    return details.empty() ? text : text + " (" + details + ")";
}

std::string reasonText(const trace::Run& run, const TokenMoment& moment) {
    const std::string by =
        moment.selector == trace::noSelector ? "" : " by " + oneLine(run.selectors[moment.selector]);
    switch (moment.reason) {
    case trace::Reason::anchor:
        return "kept as an anchor";
    case trace::Reason::window:
        return "kept in the window";
    case trace::Reason::primary:
        return moment.candidate ? "chosen" + by : "stayed without being looked at";
    case trace::Reason::secondary:
        return moment.candidate ? "chosen" + by + ", the second part" : "stayed without being looked at";
    case trace::Reason::filled:
        return "kept to fill up the quota, as too few passed" +
               (by.empty() ? " the rule" : " the rule of" + by.substr(3));
    case trace::Reason::fits:
        return run.selectors == std::vector<std::string>{"none"} ? "kept, as everything is"
                                                                 : "kept, as everything fitted";
    case trace::Reason::pinned:
        return "kept by hand";
    case trace::Reason::evicted:
        return "dropped by hand";
    case trace::Reason::belowCut:
        break;
    }
    return "dropped";
}

// Steps that are told in one sentence: the same unjudged reason again and again.
bool isMore(const TokenMoment& before, const TokenMoment& now) {
    return now.rank == 0 && before.rank == 0 && now.reason == before.reason &&
           now.candidate == before.candidate;
}

std::string ending(const TokenLife& life, const RunOutline& outline) {
    const TokenMoment& last = life.moments().back();
    if (life.wasDropped())
        return fmt::format("Its keys and values are gone since step {}.\n", last.step);
    return fmt::format("After step {}, the last{}, it is held: tier {}.\n", last.step,
                       outline.tokensRead() < life.run().streamTokens() ? " recorded" : "",
                       trace::name(last.tier));
}

} // namespace

std::string tokenText(const TokenLife& life, const RunOutline& outline) {
    std::string text = introduction(life);
    const auto& moments = life.moments();
    if (moments.empty())
        return text + "The run ended before it was read.\n";
    text += fmt::format("Read in step {} (positions {}–{}).\n", moments.front().step,
                        moments.front().begin.value, moments.front().end.value - 1);
    for (std::size_t i = 0; i < moments.size();) {
        std::size_t next = i + 1;
        while (next < moments.size() && isMore(moments[i], moments[next]))
            ++next;
        const std::string steps = next == i + 1
                                      ? fmt::format("Step {}", moments[i].step)
                                      : fmt::format("Steps {}–{}", moments[i].step, moments[next - 1].step);
        text += fmt::format("{}: {}{}.\n", steps, reasonText(life.run(), moments[i]), judgement(moments[i]));
        i = next;
    }
    return text + ending(life, outline);
}

} // namespace kvprism::cli
