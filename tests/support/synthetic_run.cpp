// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/synthetic_run.h"

#include "tests/support/synthetic_text.h"

#include <algorithm>
#include <cstdlib>

namespace kvprism::test {

using namespace trace;

namespace {

constexpr std::int32_t promptTokens = 19;
constexpr std::int32_t poolWidth = 15;

std::string hexadecimal(std::uint64_t seed, std::uint64_t what, std::size_t digits) {
    std::string text;
    for (std::size_t i = 0; i < digits; ++i)
        text += "0123456789abcdef"[mixed(seed, what, i) % 16];
    return text;
}

SyntheticOptions withinReason(SyntheticOptions options) {
    options.streamTokens = std::max(options.streamTokens, 0);
    options.prefixTokens = std::clamp(options.prefixTokens, 0, options.streamTokens);
    options.blockSize = std::max(options.blockSize, 1);
    options.divisor = std::max(options.divisor, 3);
    options.budget = std::max(options.budget, 4 * options.divisor);
    return options;
}

ModelIdentity model(std::uint64_t seed) {
    ModelIdentity identity;
    identity.name = "SmolLM2-135M-Instruct";
    identity.path = "models/SmolLM2-135M-Instruct.Q4_1.gguf";
    identity.sha256 = hexadecimal(seed, 2, 64);
    identity.architecture = "llama";
    identity.dtype = "f32";
    identity.device = "cpu";
    identity.layers = 30;
    identity.queryHeads = 9;
    identity.kvHeads = 3;
    identity.headDim = 64;
    identity.contextLength = 8192;
    identity.vocabularySize = 49152;
    identity.weightBytes = 538'060'032;
    identity.kvBytesPerToken = 2 * 30 * 3 * 64 * 4;
    return identity;
}

std::shared_ptr<Run> makeRun(const SyntheticOptions& options) {
    auto run = std::make_shared<Run>();
    run->id = hexadecimal(options.seed, 1, 32);
    run->startedAt = "2026-01-02T03:04:05Z";
    run->program = "kvprism 0.1.0";
    run->config = {{"preset", "prism"},
                   {"method", "peak"},
                   {"mode", "recursive"},
                   {"budget", std::to_string(options.budget)},
                   {"budget-scope", "total"},
                   {"block-size", std::to_string(options.blockSize)},
                   {"protection-divisor", std::to_string(options.divisor)},
                   {"scoring", "question"},
                   {"score-pool", "avg"},
                   {"score-pool-width", std::to_string(poolWidth)},
                   {"seed", std::to_string(options.seed)}};
    run->model = model(options.seed);
    run->tokens = syntheticTokens(options.streamTokens, options.prefixTokens, options.seed);
    run->document = {"synthetic.txt", "documents/synthetic.txt", hexadecimal(options.seed, 3, 64),
                     syntheticDocument(options).size()};
    run->question = "Which number did the captain write in the letter?";
    for (std::uint64_t i = 0; i < promptTokens; ++i)
        run->promptIds.push_back(static_cast<std::int32_t>(mixed(options.seed, 4, i) % 49152));
    run->selectors = {"peak"};
    run->prefixTokens = options.prefixTokens;
    run->window = options.budget / options.divisor;
    run->anchors = std::max(run->window, options.prefixTokens);
    run->budget = options.budget;
    run->blockSize = options.blockSize;
    return run;
}

// The memory between two steps, and how a step is planned from it.
class Reader {
  public:
    Reader(const SyntheticOptions& options, const Run& run) : m_options(options), m_run(run) {}

    std::shared_ptr<const CompressionStep> read(std::int32_t index) {
        auto step = std::make_shared<CompressionStep>();
        step->index = index;
        step->begin = StreamPos(index * m_run.blockSize);
        step->end = StreamPos(std::min(step->begin.value + m_run.blockSize, m_run.streamTokens()));
        step->quota = std::max(m_run.budget - m_run.anchors - m_run.window, 0);
        step->peakSlots = static_cast<std::int32_t>(m_kept.size()) + (step->end - step->begin) + promptTokens;
        place(*step);
        if (step->counts.candidates > step->quota) {
            score(*step);
            choose(*step);
        }
        count(*step);
        const auto milliseconds = [&](double scale, std::uint64_t what) {
            return scale * (0.9 + 0.2 * fraction(m_options.seed, what, static_cast<std::uint64_t>(index)));
        };
        step->ms = {milliseconds(0.6 * (step->end - step->begin), 10), milliseconds(4, 11),
                    milliseconds(0.3, 12)};
        return step;
    }

    std::int32_t kept() const { return static_cast<std::int32_t>(m_kept.size()); }
    const std::vector<StreamPos>& memory() const { return m_kept; }

  private:
    // Everything held, with the tier that its place alone decides; what neither anchors nor window protect is
    // global.
    void place(CompressionStep& step) const {
        HeldTokens& held = step.held;
        held.positions = m_kept;
        for (StreamPos p = step.begin; p < step.end; ++p)
            held.positions.push_back(p);
        const bool fits = m_run.streamTokens() <= m_run.budget;
        for (const StreamPos position : held.positions) {
            const bool anchor = position.value < m_run.anchors;
            const bool window = !anchor && position >= step.end - m_run.window;
            const bool candidate = !anchor && !window && !fits;
            held.tiers.push_back(anchor ? Tier::anchor : window ? Tier::window : Tier::global);
            held.reasons.push_back(anchor ? Reason::anchor : window ? Reason::window : Reason::fits);
            held.candidates.push_back(candidate ? 1 : 0);
            held.selectors.push_back(noSelector);
            step.counts.candidates += candidate ? 1 : 0;
        }
    }

    // A few places stay interesting in every step, most tokens never are, and every step sees them a little
    // otherwise.
    float interest(StreamPos position, std::int32_t step) const {
        const auto p = static_cast<std::uint64_t>(position.value);
        double place = fraction(m_options.seed, p / 12, 20);
        for (int i = 0; i < 4; ++i)
            place *= place; // to the 16th: few places are near 1
        const double token = fraction(m_options.seed, p, 21);
        const double moment =
            0.7 + 0.6 * fraction(m_options.seed, p, 1000 + static_cast<std::uint64_t>(step));
        return static_cast<float>(0.02 * moment * (0.2 * token * token + place));
    }

    void score(CompressionStep& step) const {
        HeldTokens& held = step.held;
        std::vector<float> raw;
        for (const StreamPos position : held.positions) {
            const auto p = static_cast<std::uint64_t>(position.value);
            const auto i = static_cast<std::uint64_t>(step.index);
            raw.push_back(interest(position, step.index));
            held.peak.layers.push_back(static_cast<std::uint16_t>(mixed(m_options.seed, p / 12, 30) % 30));
            held.peak.heads.push_back(static_cast<std::uint16_t>(mixed(m_options.seed, p / 12, 31) % 9));
            held.peak.rows.push_back(
                static_cast<std::uint16_t>(mixed(m_options.seed, p, 40 + i) % promptTokens));
        }
        std::vector<float> pooled;
        for (std::size_t row = 0; row < raw.size(); ++row) {
            float sum = 0;
            for (std::size_t j = row; j-- > 0 && near(held.positions[j], held.positions[row]);)
                sum += raw[j];
            for (std::size_t j = row; j < raw.size() && near(held.positions[j], held.positions[row]); ++j)
                sum += raw[j];
            pooled.push_back(sum / static_cast<float>(poolWidth));
        }
        held.scores = {{"peak", std::move(raw)}, {"pooled", std::move(pooled)}};
    }

    static bool near(StreamPos a, StreamPos b) { return std::abs(a - b) <= (poolWidth - 1) / 2; }

    static void choose(CompressionStep& step) {
        HeldTokens& held = step.held;
        std::vector<std::size_t> rows;
        for (std::size_t row = 0; row < held.size(); ++row)
            if (held.candidates[row])
                rows.push_back(row);
        const auto& values = held.scores.back().values;
        std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
            return values[a] != values[b] ? values[a] > values[b] : a < b;
        });
        for (std::size_t rank = 0; rank < rows.size(); ++rank) {
            const bool chosen = rank < static_cast<std::size_t>(step.quota);
            held.tiers[rows[rank]] = chosen ? Tier::global : Tier::dropped;
            held.reasons[rows[rank]] = chosen ? Reason::primary : Reason::belowCut;
            held.selectors[rows[rank]] = chosen ? 0 : noSelector;
            if (chosen)
                step.cuts = {{0, values[rows[rank]]}};
        }
    }

    void count(CompressionStep& step) {
        m_kept.clear();
        for (std::size_t row = 0; row < step.held.size(); ++row) {
            const Tier tier = step.held.tiers[row];
            step.counts.anchors += tier == Tier::anchor;
            step.counts.window += tier == Tier::window;
            step.counts.global += tier == Tier::global;
            step.counts.dropped += tier == Tier::dropped;
            if (tier != Tier::dropped)
                m_kept.push_back(step.held.positions[row]);
        }
        step.counts.kept = kept();
    }

    const SyntheticOptions& m_options;
    const Run& m_run;
    std::vector<StreamPos> m_kept;
};

std::shared_ptr<const Answer> makeAnswer(const SyntheticOptions& options, const Run& run, std::int32_t number,
                                         const std::vector<StreamPos>& memory) {
    auto answer = std::make_shared<Answer>();
    answer->question =
        number == 0 ? run.question : "And what did the letter promise? (" + std::to_string(number) + ")";
    answer->text = "The captain wrote 48213 in the letter – for €5.";
    for (std::uint64_t i = 0; i < 14; ++i)
        answer->ids.push_back(static_cast<std::int32_t>(mixed(options.seed, 50, i) % 49152));
    answer->stopReason = options.outcome == Outcome::stopped ? StopReason::interrupted : StopReason::eos;
    answer->questionTokens = promptTokens;
    answer->keptTokens = static_cast<std::int32_t>(memory.size());
    answer->firstTokenMs = 41.5;
    answer->totalMs = 212.25;
    const auto tokens = static_cast<std::uint32_t>(answer->ids.size());
    const auto bytes = static_cast<std::uint32_t>(answer->text.size());
    for (std::uint32_t i = 1; i <= tokens; ++i)
        answer->textEnds.push_back(i * bytes / tokens);
    if (memory.empty() || options.outcome == Outcome::stopped)
        return answer;
    for (std::uint64_t i = 0; i < tokens; ++i) {
        for (std::uint64_t link = 0; link < std::min<std::size_t>(3, memory.size()); ++link) {
            const std::uint64_t first = mixed(options.seed, 60, i) % memory.size();
            answer->evidence.positions.push_back(memory[(first + link) % memory.size()]);
            answer->evidence.weights.push_back(0.5F / static_cast<float>(link + 1));
        }
        answer->evidence.ends.push_back(static_cast<std::uint32_t>(answer->evidence.positions.size()));
    }
    if (number > 0)
        return answer;
    DenseReference dense;
    dense.text = answer->text;
    dense.ids = answer->ids;
    dense.textEnds = answer->textEnds;
    for (std::uint64_t i = 0; i < tokens; ++i) {
        dense.divergences.push_back(static_cast<float>(fraction(options.seed, 70, i)));
        dense.denseLosses.push_back(static_cast<float>(fraction(options.seed, 71, i)));
        dense.losses.push_back(static_cast<float>(2 * fraction(options.seed, 72, i)));
        dense.sameLikeliest.push_back(mixed(options.seed, 73, i) % 4 != 0);
    }
    answer->dense = std::move(dense);
    return answer;
}

} // namespace

void produceSyntheticRun(const SyntheticOptions& wanted, TraceSink& sink) {
    const SyntheticOptions options = withinReason(wanted);
    const std::shared_ptr<const Run> run = makeRun(options);
    sink.runStarted(run);
    Reader reader(options, *run);
    const std::int32_t steps = (options.streamTokens + options.blockSize - 1) / options.blockSize;
    double readMs = 0;
    for (std::int32_t index = 0; index < steps; ++index) {
        const auto step = reader.read(index);
        sink.stepPlanned(step);
        const double compactMs = 0.2 + fraction(options.seed, 13, static_cast<std::uint64_t>(index));
        sink.stepApplied(
            {index, compactMs, static_cast<std::uint64_t>(reader.kept()) * run->model.kvBytesPerToken});
        readMs += step->ms.forward + step->ms.score + step->ms.select + compactMs;
    }
    for (std::int32_t i = 0; i < options.answers; ++i)
        sink.answered(makeAnswer(options, *run, i, reader.memory()));
    const bool failed = options.outcome == Outcome::failed;
    sink.runEnded({options.outcome, failed ? "The invented run failed, as it was asked to." : "", 812.5,
                   readMs, 212.25 * options.answers});
}

std::string syntheticDocument(const SyntheticOptions& wanted) {
    const SyntheticOptions options = withinReason(wanted);
    const TokenTable tokens = syntheticTokens(options.streamTokens, options.prefixTokens, options.seed);
    const std::size_t begin =
        options.prefixTokens == 0 ? 0 : tokens.pieceEnds[static_cast<std::size_t>(options.prefixTokens) - 1];
    return tokens.pieces.substr(begin);
}

} // namespace kvprism::test
