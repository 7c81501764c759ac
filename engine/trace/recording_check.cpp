// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/ranks.h"
#include "engine/trace/recording/database.h"
#include "engine/trace/recording/file_access.h"
#include "engine/trace/recording_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace kvprism::trace {

namespace {

std::string_view setting(const Run& run, std::string_view name) {
    for (const Setting& entry : run.config)
        if (entry.name == name)
            return entry.value;
    return {};
}

// −1: no number.
std::int64_t numberOf(std::string_view text) {
    std::int64_t number = -1;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && end == text.data() + text.size() ? number : -1;
}

bool isKept(Tier tier) {
    return tier != Tier::dropped;
}
bool isChosen(Reason reason) {
    return reason == Reason::primary || reason == Reason::secondary || reason == Reason::filled;
}

// Listens to a replay and keeps the first thing that cannot be. Single values are the reader's to check; here
// it is how they belong together.
class Checker final : public TraceSink {
  public:
    void runStarted(std::shared_ptr<const Run> run) override {
        m_run = std::move(run);
        const Run& r = *m_run;
        const auto isHex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
        expect(r.id.size() == 32 && std::all_of(r.id.begin(), r.id.end(), isHex), "the run",
               "its id is not 32 hexadecimal digits");
        expect(r.anchors >= r.prefixTokens, "the run", "fewer anchors than prefix tokens");
        expect(!r.config.empty(), "the run", "it has no configuration");
        expectSetting("budget", r.budget);
        expectSetting("block-size", r.blockSize);
        const std::int64_t divisor = numberOf(setting(r, "protection-divisor"));
        expect(divisor <= 0 || r.window == r.budget / divisor, "the run",
               "its window is not its budget by the protection divisor");
        expect(divisor <= 0 || r.anchors == std::max<std::int64_t>(r.budget / divisor, r.prefixTokens),
               "the run", "its anchors are not its budget by the protection divisor, nor its prefix");
        const auto isUnknown = [&](std::int32_t id) {
            return r.model.vocabularySize > 0 && id >= r.model.vocabularySize;
        };
        expect(std::none_of(r.tokens.ids.begin(), r.tokens.ids.end(), isUnknown), "the run",
               "a token id lies outside the vocabulary");
        const std::string_view method = setting(r, "method"), mode = setting(r, "mode"),
                               scope = setting(r, "budget-scope");
        m_bounded = method != "none" && !method.empty() &&
                    (mode == "recursive" || (mode == "accumulate" && scope == "total"));
        m_ranked = method == "peak" || method == "exact" || method == "snapkv" || method == "h2o";
    }

    void stepPlanned(std::shared_ptr<const CompressionStep> step) override {
        if (m_problem)
            return;
        m_where = "step " + std::to_string(step->index);
        checkTimes({step->ms.forward, step->ms.score, step->ms.select}, m_where);
        checkBlock(*step);
        checkHeld(*step);
        for (std::size_t row = 0; row < step->held.size() && !m_problem; ++row)
            checkToken(*step, row);
        checkCounts(*step);
        checkScores(*step);
        m_end = step->end;
        m_steps = step->index + 1;
    }

    void stepApplied(const StepApplied& applied) override {
        checkTimes({applied.compactMs}, "step " + std::to_string(applied.index));
        const std::uint64_t bytes = m_kept.size() * m_run->model.kvBytesPerToken;
        expect(applied.bytesKept == bytes, "step " + std::to_string(applied.index),
               "bytes_kept is " + std::to_string(applied.bytesKept) + ", its tokens take " +
                   std::to_string(bytes));
        m_applied = applied.index + 1;
    }

    void answered(std::shared_ptr<const Answer> answer) override {
        checkTimes({answer->firstTokenMs, answer->totalMs}, "the answer");
        expect(m_answered || answer->question == m_run->question, "the answer",
               "the first question is not that of the run");
        m_answered = true;
        expect(answer->keptTokens == static_cast<std::int32_t>(m_kept.size()), "the answer",
               "it says that " + std::to_string(answer->keptTokens) +
                   " tokens were kept, the last step kept " + std::to_string(m_kept.size()));
        checkEvidence(answer->evidence);
    }

    void runEnded(const RunEnd& end) override {
        checkTimes({end.loadMs, end.readMs, end.answerMs}, "the run");
        if (end.outcome != Outcome::finished)
            return;
        expect(m_end.value == m_run->streamTokens(), "the run",
               "it says that it finished, but not every token was read");
        expect(m_applied == m_steps, "the run", "it says that it finished, but a step was not applied");
    }

    const std::optional<std::string>& problem() const { return m_problem; }

  private:
    // An answer comes from the memory alone, and each token names the heaviest first.
    void checkEvidence(const Evidence& evidence) {
        for (std::size_t token = 0; token < evidence.ends.size(); ++token) {
            const std::string where = "the answer, token " + std::to_string(token);
            const auto weights = evidence.weightsOf(token);
            expect(std::is_sorted(weights.rbegin(), weights.rend()), where,
                   "its evidence does not begin with the heaviest");
            for (const StreamPos position : evidence.positionsOf(token))
                expect(std::binary_search(m_kept.begin(), m_kept.end(), position), where,
                       "its evidence names position " + std::to_string(position.value) +
                           ", which was not kept");
        }
    }

    void checkBlock(const CompressionStep& step) {
        const std::int32_t length = step.end - step.begin;
        expect(length <= m_run->blockSize, m_where, "the block is longer than block_size");
        expect(length == m_run->blockSize || step.end.value == m_run->streamTokens(), m_where,
               "the block is short but not the last");
        expect(step.peakSlots >= static_cast<std::int32_t>(step.held.size()), m_where,
               "peak_slots is below the tokens held");
    }

    // Held is what the step before kept, then the block.
    void checkHeld(const CompressionStep& step) {
        const auto& positions = step.held.positions;
        const auto block = static_cast<std::size_t>(step.end - step.begin);
        bool follows = positions.size() == m_kept.size() + block;
        if (follows)
            follows = std::equal(m_kept.begin(), m_kept.end(), positions.begin());
        for (std::size_t i = 0; follows && i < block; ++i)
            follows = positions[m_kept.size() + i] == step.begin + static_cast<std::int32_t>(i);
        expect(follows, m_where, "the tokens held are not those that the step before kept and the block's");
    }

    void checkToken(const CompressionStep& step, std::size_t row) {
        const HeldTokens& held = step.held;
        const StreamPos position = held.positions[row];
        const Tier tier = held.tiers[row];
        const Reason reason = held.reasons[row];
        const bool candidate = held.candidates[row] != 0;
        const bool anchor = position.value < m_run->anchors;
        const bool inWindow = position >= step.end - m_run->window;
        const std::string where = m_where + ", position " + std::to_string(position.value);
        const bool lost = reason == Reason::belowCut || reason == Reason::evicted;
        expect(lost != isKept(tier), where,
               "tier '" + std::string(name(tier)) + "' cannot have reason '" + std::string(name(reason)) +
                   "'");
        expect(tier != Tier::anchor || anchor, where, "it is called an anchor but lies behind them");
        expect(tier != Tier::window || inWindow, where, "it is said to be in the window but lies outside");
        expect(isKept(tier) || reason == Reason::evicted || (!anchor && !inWindow), where,
               "it is protected but was dropped");
        expect(reason != Reason::belowCut || candidate, where, "it was dropped without being a candidate");
        expect(!candidate || (!anchor && !inWindow), where, "it is protected but was a candidate");
    }

    void checkCounts(const CompressionStep& step) {
        StepCounts counts;
        std::int32_t chosen = 0;
        m_kept.clear();
        for (std::size_t row = 0; row < step.held.size(); ++row) {
            const Tier tier = step.held.tiers[row];
            counts.candidates += step.held.candidates[row];
            counts.anchors += tier == Tier::anchor;
            counts.window += tier == Tier::window;
            counts.global += tier == Tier::global || tier == Tier::compressed;
            counts.dropped += tier == Tier::dropped;
            chosen += step.held.candidates[row] != 0 && isChosen(step.held.reasons[row]);
            if (isKept(tier))
                m_kept.push_back(step.held.positions[row]);
        }
        counts.kept = static_cast<std::int32_t>(m_kept.size());
        expect(counts == step.counts, m_where, "the counts are not those of its tokens");
        expect(chosen <= step.quota, m_where,
               std::to_string(chosen) + " candidates were chosen, the quota is " +
                   std::to_string(step.quota));
        expect(!m_bounded || counts.kept <= m_run->budget, m_where,
               std::to_string(counts.kept) + " tokens are kept, the budget is " +
                   std::to_string(m_run->budget));
    }

    // With one selector that ranks by scores, whoever it chose ranks before whoever it did not, and the cut
    // is the last.
    void checkScores(const CompressionStep& step) {
        const HeldTokens& held = step.held;
        for (const ScoreColumn& column : held.scores)
            expect(std::none_of(column.values.begin(), column.values.end(),
                                [](float v) { return std::isnan(v); }),
                   m_where, "scores '" + column.name + "' hold something that is no number");
        const ScoreColumn* column = rankingColumn(step);
        if (!m_ranked || !column || m_problem)
            return;
        const auto& values = column->values;
        const auto before = [&](std::size_t a, std::size_t b) {
            return values[a] != values[b] ? values[a] > values[b] : a < b;
        };
        std::optional<std::size_t> worst, best; // of the chosen, of the others
        for (std::size_t row = 0; row < held.size(); ++row) {
            if (!held.candidates[row])
                continue;
            if (held.reasons[row] == Reason::primary && (!worst || before(*worst, row)))
                worst = row;
            if (held.reasons[row] == Reason::belowCut && (!best || before(row, *best)))
                best = row;
        }
        if (worst && best)
            expect(before(*worst, *best),
                   m_where + ", position " + std::to_string(held.positions[*best].value),
                   "it was dropped though it ranks before a token that was chosen");
        if (worst && step.cuts.size() == 1)
            expect(step.cuts[0].value == values[*worst], m_where,
                   "the cut is not the score of the last one chosen");
    }

    void checkTimes(std::initializer_list<double> times, const std::string& where) {
        for (const double time : times)
            expect(std::isfinite(time) && time >= 0, where, "a time is negative or no number");
    }

    // What was decided stands in the configuration, too; "auto" where an older version left it open.
    void expectSetting(std::string_view name, std::int32_t value) {
        const std::int64_t said = numberOf(setting(*m_run, name));
        expect(said < 0 || said == value, "the run",
               std::string(name) + " is " + std::to_string(value) + ", its configuration says " +
                   std::to_string(said));
    }

    void expect(bool holds, const std::string& where, const std::string& otherwise) {
        if (!holds && !m_problem)
            m_problem = where + ": " + otherwise;
    }

    std::shared_ptr<const Run> m_run;
    bool m_bounded = false; // a step keeps at most the budget
    bool m_ranked = false;  // one selector, by scores
    std::string m_where;
    StreamPos m_end;               // of the step before
    std::vector<StreamPos> m_kept; // by the step before
    std::int32_t m_steps = 0, m_applied = 0;
    bool m_answered = false;
    std::optional<std::string> m_problem;
};

} // namespace

Status checkRecording(const std::string& path) {
    const auto reader = RecordingReader::open(path);
    if (!reader)
        return reader.error();
    if (const Status whole = recording::checkSize(path); !whole)
        return whole;
    Checker checker;
    const Status replayed = (*reader)->replay(checker);
    if (!replayed)
        return replayed;
    if (checker.problem())
        return malformed("The recording '" + path +
                         "' contradicts itself: " + recording::quotable(*checker.problem()) +
                         ": use a whole copy, or record the run again.");
    return {};
}

} // namespace kvprism::trace
