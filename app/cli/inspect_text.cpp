// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/inspect_text.h"

#include "app/cli/escape.h"
#include "app/cli/passages.h"
#include "app/cli/words.h"
#include "engine/select/step_ranking.h"

#include <algorithm>
#include <fmt/format.h>

namespace kvprism::cli {

namespace {

constexpr std::size_t bestShown = 10;     // of a step's ranking
constexpr std::size_t aroundCutShown = 5; // on either side

std::string line(std::string_view label, const std::string& text) {
    return fmt::format("{:<11}{}\n", label, oneLine(text));
}

std::string blockText(StreamPos begin, StreamPos end) {
    return fmt::format("{}–{}", begin.value, end.value - 1);
}

// The settings that decide what is kept and that count for this run's method; `--json` has them all.
std::string settingsText(const trace::Run& run) {
    const auto valueOf = [&](std::string_view name) {
        const auto found = std::ranges::find(run.config, name, &trace::Setting::name);
        return found == run.config.end() ? std::string() : found->value;
    };
    const bool isHybrid = valueOf("method") == "hybrid";
    const bool hashes = std::ranges::find(run.selectors, "lsh") != run.selectors.end();
    const bool ranksByDistance = hashes && valueOf("lsh-mode") == "frequency_rank";
    std::string text;
    const auto add = [&](std::string_view name, bool counts = true) {
        const std::string value = valueOf(name);
        if (counts && !value.empty())
            text += fmt::format("{}{} {}", text.empty() ? "" : " · ", name, value);
    };
    add("preset", valueOf("preset") != "prism");
    add("method");
    for (const char* name : {"hybrid-primary", "hybrid-secondary", "hybrid-ratio"})
        add(name, isHybrid);
    for (const char* name : {"lsh-mode", "num-tables", "num-bits"})
        add(name, hashes);
    add("tie-break", ranksByDistance);
    add("mode");
    add("budget-scope", valueOf("mode") == "accumulate");
    add("scoring", valueOf("scoring") != "none");
    for (const char* name :
         {"block-size", "protection-divisor", "positions", "layout", "seed", "pin", "evict"})
        add(name);
    return text;
}

std::string outcomeText(const RunOutline& outline) {
    if (!outline.end())
        return fmt::format("cut off after {} of {} tokens", grouped(outline.tokensRead()),
                           grouped(outline.run().streamTokens()));
    const std::string& message = outline.end()->message;
    return message.empty() ? outline.outcome() : fmt::format("{}: {}", outline.outcome(), message);
}

std::string headText(const RunOutline& outline, const std::string& path) {
    const trace::Run& run = outline.run();
    const auto bytes = [&](std::int32_t tokens) {
        return bytesText(static_cast<std::uint64_t>(tokens) * run.model.kvBytesPerToken);
    };
    std::string text = line("Recording", path);
    text += line("Run", fmt::format("{}, {}, {}", run.startedAt, run.program, outcomeText(outline)));
    text += line("Model", fmt::format("{} ({}, {} on {}), {} of K/V a token",
                                      run.model.name.empty() ? "without a name" : run.model.name,
                                      run.model.architecture, run.model.dtype, run.model.device, bytes(1)));
    text += line("Document", fmt::format("{}, {} bytes: {} tokens, and {} before it",
                                         run.withoutText ? "recorded without its text" : run.document.name,
                                         grouped(static_cast<std::int64_t>(run.document.bytes)),
                                         grouped(run.streamTokens() - run.prefixTokens), run.prefixTokens));
    text += line("Settings", settingsText(run));
    text +=
        line("Memory", fmt::format("{} of {} tokens kept ({}), budget {} ({}); {} slots at its widest ({})",
                                   grouped(outline.tokensKept()), grouped(outline.tokensRead()),
                                   bytes(outline.tokensKept()), grouped(run.budget), bytes(run.budget),
                                   grouped(outline.peakSlots()), bytes(outline.peakSlots())));
    if (const auto& end = outline.end())
        text +=
            line("Time", fmt::format("loading {}, reading {} ({}), answering {}", secondsText(end->loadMs),
                                     secondsText(end->readMs), perSecond(outline.tokensRead(), end->readMs),
                                     secondsText(end->answerMs)));
    for (const std::string& notice : run.notices)
        text += line("Notice", notice);
    return text;
}

std::string answersText(const RunOutline& outline) {
    std::string text;
    for (const auto& answer : outline.answers()) {
        if (!outline.run().withoutText)
            text += "\n" + line("Question", answer->question) + line("Answer", answer->text);
        text += line("", fmt::format("{} tokens, the first after {}; ended by {}; from {} kept tokens",
                                     answer->ids.size(), secondsText(answer->firstTokenMs),
                                     trace::name(answer->stopReason), grouped(answer->keptTokens)));
    }
    return text;
}

std::string stepsText(const RunOutline& outline) {
    constexpr const char* format = "{:>5}{:>15}{:>8}{:>12}{:>9}{:>8}{:>8}{:>9}{:>8}{:>11}{:>8}{:>8}{:>9}\n";
    std::string text = fmt::format(format, "step", "tokens", "held", "candidates", "anchors", "window",
                                   "global", "dropped", "kept", "forward ms", "score", "select", "compact");
    for (const RunOutline::Step& step : outline.steps()) {
        const trace::CompressionStep& plan = step.plan;
        text += fmt::format(format, plan.index, blockText(plan.begin, plan.end), step.held,
                            plan.counts.candidates, plan.counts.anchors, plan.counts.window,
                            plan.counts.global, plan.counts.dropped, plan.counts.kept,
                            fixed(plan.ms.forward, 1), fixed(plan.ms.score, 1), fixed(plan.ms.select, 1),
                            step.applied ? fixed(step.applied->compactMs, 1) : "–");
    }
    return text;
}

// The ranking's rows that are shown: the best, and those around the cut. A gap is a row that is not there.
std::vector<std::size_t> shownRanks(std::size_t candidates, std::size_t chosen) {
    std::vector<std::size_t> ranks;
    for (std::size_t rank = 0; rank < candidates; ++rank) {
        const bool nearCut = chosen > 0 && chosen < candidates && rank + aroundCutShown >= chosen &&
                             rank < chosen + aroundCutShown;
        if (rank < bestShown || nearCut)
            ranks.push_back(rank);
    }
    return ranks;
}

std::string rankingText(const trace::Run& run, const trace::CompressionStep& step) {
    const trace::HeldTokens& held = step.held;
    const std::vector<std::size_t> candidates = select::rankedCandidates(run, step);
    if (candidates.empty())
        return "\nNothing was scored in this step.\n";
    const auto isKept = [&](std::size_t row) { return held.tiers[row] != trace::Tier::dropped; };
    const auto chosen = static_cast<std::size_t>(std::count_if(candidates.begin(), candidates.end(), isKept));
    std::string text = fmt::format("\n{:>6}{:>9}", "rank", "position");
    for (const trace::ScoreColumn& column : held.scores)
        text += fmt::format("{:>13}", oneLine(column.name));
    text += fmt::format("{}{}  {:<9}  {:<10}  {}\n", held.peak.empty() ? "" : "  layer.head.row",
                        held.lsh.empty() ? "" : "  collisions        u", "tier", "reason", "token");
    std::size_t previous = 0;
    for (const std::size_t rank : shownRanks(candidates.size(), chosen)) {
        const std::size_t row = candidates[rank];
        if (rank > previous + 1)
            text += "     …\n";
        previous = rank;
        text += fmt::format("{:>6}{:>9}", rank + 1, held.positions[row].value);
        for (const trace::ScoreColumn& column : held.scores)
            text += fmt::format("{:>13.5g}", column.values[row]);
        if (!held.peak.empty())
            text += fmt::format("{:>16}", fmt::format("{}.{}.{}", held.peak.layers[row], held.peak.heads[row],
                                                      held.peak.rows[row]));
        if (!held.lsh.empty())
            text += fmt::format("{:>12}{:>9.4f}", held.lsh.collisions[row], held.lsh.u[row]);
        text += fmt::format("  {:<9}  {:<10}  {}\n", trace::name(held.tiers[row]),
                            trace::name(held.reasons[row]), pieceText(run, held.positions[row]));
    }
    return text;
}

// The value of the last token that a selector chose by its own rule, and by which column.
std::string cutText(const trace::Run& run, const trace::CompressionStep& step, const trace::Cut& cut) {
    if (cut.selector == trace::noSelector)
        return fmt::format("{:.5g}", cut.value);
    const std::string& name = run.selectors[cut.selector];
    const std::string column = cut.selector == 0 ? "pooled" : "pooled:" + name;
    const bool pooled = std::ranges::any_of(
        step.held.scores, [&](const trace::ScoreColumn& scores) { return scores.name == column; });
    std::int32_t filled = 0;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        filled += step.held.candidates[row] && step.held.reasons[row] == trace::Reason::filled &&
                  step.held.selectors[row] == cut.selector;
    std::string text =
        fmt::format("{} at {:.5g}{}", name, cut.value, pooled ? ", by the column " + column : "");
    if (filled > 0)
        text += fmt::format("; too few passed its rule, so the newest others filled {} {}", grouped(filled),
                            filled == 1 ? "place" : "places");
    return text;
}

std::vector<StreamPos> globalMemory(const trace::CompressionStep& step) {
    std::vector<StreamPos> positions;
    for (std::size_t row = 0; row < step.held.size(); ++row)
        if (step.held.tiers[row] == trace::Tier::global || step.held.tiers[row] == trace::Tier::compressed)
            positions.push_back(step.held.positions[row]);
    return positions;
}

} // namespace

std::string runText(const RunOutline& outline, const std::string& path) {
    return headText(outline, path) + answersText(outline) + "\n" + stepsText(outline);
}

std::string stepText(const RunOutline& outline, const trace::CompressionStep& step) {
    const trace::Run& run = outline.run();
    const RunOutline::Step& row = outline.steps()[static_cast<std::size_t>(step.index)];
    std::string text = fmt::format("Step {} of 0–{} read positions {}.\n", step.index,
                                   outline.steps().size() - 1, blockText(step.begin, step.end));
    text += line("Held", fmt::format("{} tokens: {} candidates for {} places", grouped(row.held),
                                     grouped(step.counts.candidates), grouped(step.quota)));
    text += line("Kept",
                 fmt::format("{}: {} anchors, {} window, {} global; {} dropped", grouped(step.counts.kept),
                             grouped(step.counts.anchors), grouped(step.counts.window),
                             grouped(step.counts.global), grouped(step.counts.dropped)));
    for (const trace::Cut& cut : step.cuts)
        text += line("Cut", cutText(run, step, cut));
    text +=
        line("Time", fmt::format("forward {}, score {}, select {}, compact {}", secondsText(step.ms.forward),
                                 fixed(step.ms.score, 1) + " ms", fixed(step.ms.select, 1) + " ms",
                                 row.applied ? fixed(row.applied->compactMs, 1) + " ms" : "not recorded"));
    return text + rankingText(run, step) + passagesText("Global memory", run, globalMemory(step));
}

} // namespace kvprism::cli
