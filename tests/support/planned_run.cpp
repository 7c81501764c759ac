// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/planned_run.h"

#include "engine/select/geometry.h"
#include "engine/select/lsh.h"
#include "engine/select/plan.h"
#include "tests/support/synthetic_text.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace kvprism::test {

namespace {

using namespace select;

constexpr std::int32_t promptTokens = 12;

template <class T> T orStop(Result<T> result) {
    if (result)
        return std::move(*result);
    std::fprintf(stderr, "A planned run cannot be: %s\n", result.error().message.c_str());
    std::abort();
}

// Invented measurements of one step.
class Measurer {
  public:
    Measurer(std::uint64_t seed, std::int32_t step, std::vector<StreamPos> positions)
        : m_seed(seed), m_step(static_cast<std::uint64_t>(step)), m_positions(std::move(positions)) {}

    trace::ScoreColumn scores(std::string column, const MethodSpec& method) const {
        trace::ScoreColumn scores{std::move(column), {}};
        const std::uint64_t salt = 100 + method.name.size() * 7 + static_cast<std::uint64_t>(method.name[0]);
        for (const StreamPos position : m_positions) {
            const double drawn = own(salt, position);
            const double value = drawn < 0.02 ? 0 : 0.7 * interest(position) + 0.3 * drawn;
            scores.values.push_back(
                static_cast<float>(method.scorer == ScorerKind::keyNorm ? 20 - 8 * value : 0.02 * value));
        }
        return scores;
    }

    // Tokens of interest have signatures near the prompt's.
    trace::LshColumns lsh(const Config& config) const {
        trace::LshColumns columns;
        columns.tables = config.numTables;
        columns.bits = config.numBits;
        const std::uint64_t mask = (std::uint64_t{1} << config.numBits) - 1;
        const auto tables = static_cast<std::uint64_t>(config.numTables);
        for (std::uint64_t i = 0; i < promptTokens * tables; ++i)
            columns.promptSignatures.push_back(static_cast<std::uint16_t>(mixed(m_seed, 60, i) & mask));
        for (const StreamPos position : m_positions) {
            for (std::uint64_t table = 0; table < tables; ++table) {
                const bool meets = own(70 + table, position) < 0.15 + 0.7 * interest(position);
                const std::uint64_t row = mixed(m_seed, 61, at(position) + table) % promptTokens;
                const std::uint64_t bits = meets ? columns.promptSignatures[row * tables + table]
                                                 : mixed(m_seed + table, 62, at(position));
                columns.signatures.push_back(static_cast<std::uint16_t>(bits & mask));
            }
            if (config.tieBreak != TieBreak::none)
                columns.distances.push_back(static_cast<float>(own(63, position)));
        }
        completeLsh(columns);
        return columns;
    }

  private:
    static std::uint64_t at(StreamPos position) { return static_cast<std::uint64_t>(position.value); }

    // The same to every method and nearly so in every step; neighbours share it.
    double interest(StreamPos position) const {
        const double place = fraction(m_seed, at(position) / 9, 20);
        return place * place * place * (0.8 + 0.2 * fraction(m_seed, at(position), 1000 + m_step));
    }
    double own(std::uint64_t salt, StreamPos position) const {
        return fraction(m_seed + salt, at(position), 2000 + m_step);
    }

    std::uint64_t m_seed;
    std::uint64_t m_step;
    std::vector<StreamPos> m_positions;
};

StepScores measure(const Measurer& measurer, const Config& config) {
    StepScores scores;
    const auto add = [&](const Part& part, std::string_view prefix) {
        const std::string column = std::string(prefix) + std::string(part.method->name);
        if (givesScores(part.method->scorer))
            scores.columns.push_back(measurer.scores(column, *part.method));
        if (part.method->scorer == ScorerKind::lsh)
            scores.lsh = measurer.lsh(config);
    };
    for (const Part& part : partsOf(config))
        add(part, "");
    if (config.recordDetail == RecordDetail::full)
        for (const Part& part : furtherParts(config))
            add(part, trace::otherPrefix);
    return scores;
}

trace::Run runOf(const PlannedRunOptions& options, const Config& config, const Geometry& geometry) {
    trace::Run run;
    run.id = "00000000000000000000000000000001";
    run.startedAt = "2026-01-02T03:04:05Z";
    run.program = "kvprism";
    run.config = settingsOf(config);
    run.model.name = "SmolLM2-135M-Instruct";
    run.document.name = "synthetic.txt";
    run.question = "Which number did the captain write in the letter?";
    run.promptIds.assign(promptTokens, 1);
    for (const Part& part : partsOf(config))
        run.selectors.emplace_back(part.method->name);
    run.tokens = syntheticTokens(options.streamTokens, options.prefixTokens, options.seed);
    run.prefixTokens = options.prefixTokens;
    run.anchors = geometry.anchors;
    run.window = geometry.window;
    run.budget = config.budget;
    run.blockSize = config.blockSize;
    if (options.withoutText) {
        run.withoutText = true;
        run.tokens.pieces.clear();
        std::fill(run.tokens.pieceEnds.begin(), run.tokens.pieceEnds.end(), 0U);
        std::fill(run.tokens.ids.begin(), run.tokens.ids.end(), -1);
    }
    return run;
}

} // namespace

PlannedRun plannedRun(const PlannedRunOptions& options) {
    const Config config = orStop(resolve(orStop(configFrom(options.settings)), {8192}, options.streamTokens,
                                         options.prefixTokens, promptTokens));
    const Geometry geometry = orStop(makeGeometry(config, options.streamTokens, options.prefixTokens));
    PlannedRun planned;
    planned.run = std::make_shared<trace::Run>(runOf(options, config, geometry));
    Memory memory;
    for (std::int32_t step = 0; step < geometry.blocks(); ++step) {
        const Measurer measurer(options.seed, step, heldPositions(memory, geometry, step));
        const bool measures = stepNeedsScores(memory, geometry, config, step);
        auto record = std::make_shared<trace::CompressionStep>(
            planStep(memory, geometry, config, step, measures ? measure(measurer, config) : StepScores()));
        memory = memoryAfter(*record);
        if (options.withoutText) {
            record->held.lsh.signatures.clear();
            record->held.lsh.promptSignatures.clear();
        }
        planned.steps.push_back(std::move(record));
    }
    return planned;
}

} // namespace kvprism::test
