// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/planned_model.h"

#include "engine/select/geometry.h"
#include "engine/select/plan.h"
#include "tests/support/synthetic_text.h"

#include <algorithm>
#include <set>
#include <string>

namespace kvprism::test {

using namespace select;

namespace {

std::uint64_t of(std::int32_t number) {
    return static_cast<std::uint64_t>(number);
}

float drawnScore(const PlannedOptions& options, std::string_view column, std::int32_t step,
                 StreamPos position) {
    std::uint64_t what = 0; // the column, as a number
    for (const char letter : column)
        what = what * 31 + static_cast<unsigned char>(letter);
    double place = fraction(options.seed, of(position.value) / 12, what);
    place *= place * place;
    const double token = fraction(options.seed + what, of(position.value), of(step));
    if (token < 0.02)
        return 0;
    const double score = 0.05 * place * place * (0.5 + 0.5 * token);
    return token < 0.1 ? 0.001F : static_cast<float>(score);
}

// Tokens of one place have like signatures; the query's are like those of a few places.
std::uint16_t drawnSignature(const PlannedOptions& options, std::uint64_t place, std::uint64_t token,
                             std::int32_t table, std::int32_t bits) {
    std::uint16_t signature = 0;
    for (std::int32_t bit = 0; bit < bits; ++bit) {
        const std::uint64_t which = of(table) * 16 + of(bit);
        const bool common = mixed(options.seed + 5, place, which) % 2 == 1;
        const bool flipped = fraction(options.seed + 6, token, which) < 0.12;
        signature = static_cast<std::uint16_t>(signature | (common != flipped ? 1U << bit : 0U));
    }
    return signature;
}

void hash(const PlannedOptions& options, const Config& config, const std::vector<StreamPos>& positions,
          trace::LshColumns& lsh) {
    lsh.tables = config.numTables;
    lsh.bits = config.numBits;
    for (const StreamPos position : positions)
        for (std::int32_t table = 0; table < lsh.tables; ++table)
            lsh.signatures.push_back(
                drawnSignature(options, of(position.value) / 12 % 40, of(position.value), table, lsh.bits));
    for (std::int32_t query = 0; query < options.queryTokens; ++query)
        for (std::int32_t table = 0; table < lsh.tables; ++table)
            lsh.promptSignatures.push_back(
                drawnSignature(options, of(query) / 6, 1'000'000 + of(query), table, lsh.bits));
    if (config.tieBreak != TieBreak::none)
        for (const StreamPos position : positions)
            lsh.distances.push_back(
                static_cast<float>(5 + 20 * fraction(options.seed + 7, of(position.value))));
}

StepScores measure(const PlannedOptions& options, const Config& config, std::int32_t step,
                   const std::vector<StreamPos>& positions) {
    StepScores scores;
    std::set<ScorerKind> measured;
    const auto add = [&](const MethodSpec& method, std::string_view prefix) {
        measured.insert(method.scorer);
        if (method.scorer == ScorerKind::lsh)
            hash(options, config, positions, scores.lsh);
        if (!givesScores(method.scorer))
            return;
        trace::ScoreColumn column{std::string(prefix) + std::string(method.name), {}};
        for (const StreamPos position : positions)
            column.values.push_back(drawnScore(options, method.name, step, position));
        scores.columns.push_back(std::move(column));
    };
    for (const Part& part : partsOf(config))
        add(*part.method, "");
    if (config.recordDetail == RecordDetail::full)
        for (const char* name : {"exact", "peak", "knorm", "lsh"})
            if (const MethodSpec* method = findMethod(name); !measured.contains(method->scorer))
                add(*method, trace::otherPrefix);
    return scores;
}

std::shared_ptr<trace::Run> makeRun(const PlannedOptions& options, const Config& config,
                                    const Geometry& geometry) {
    auto run = std::make_shared<trace::Run>();
    run->id = "00000000000000000000000000000001";
    run->config = settingsOf(config);
    for (const Part& part : partsOf(config))
        run->selectors.emplace_back(part.method->name);
    run->tokens = syntheticTokens(options.streamTokens, options.prefixTokens, options.seed);
    run->promptIds.assign(static_cast<std::size_t>(options.queryTokens), options.withoutText ? -1 : 7);
    run->prefixTokens = options.prefixTokens;
    run->anchors = geometry.anchors;
    run->window = geometry.window;
    run->budget = config.budget;
    run->blockSize = config.blockSize;
    run->withoutText = options.withoutText;
    if (options.withoutText) {
        run->tokens.pieces.clear();
        std::fill(run->tokens.pieceEnds.begin(), run->tokens.pieceEnds.end(), 0U);
        std::fill(run->tokens.ids.begin(), run->tokens.ids.end(), -1);
    }
    return run;
}

} // namespace

views::TraceBatch plannedBatch(const PlannedOptions& options) {
    const auto asked = configFrom(options.settings);
    if (!asked)
        qFatal("%s", asked.error().message.c_str());
    const auto config =
        resolve(*asked, {1 << 20}, options.streamTokens, options.prefixTokens, options.queryTokens);
    if (!config)
        qFatal("%s", config.error().message.c_str());
    const auto geometry = makeGeometry(*config, options.streamTokens, options.prefixTokens);
    views::TraceBatch batch;
    batch.run = makeRun(options, *config, *geometry);
    Memory memory;
    for (std::int32_t step = 0; step < geometry->blocks(); ++step) {
        const auto positions = heldPositions(memory, *geometry, step);
        StepScores scores;
        if (stepNeedsScores(memory, *geometry, *config, step))
            scores = measure(options, *config, step, positions);
        auto record = std::make_shared<trace::CompressionStep>(
            planStep(memory, *geometry, *config, step, std::move(scores)));
        memory = memoryAfter(*record);
        if (options.withoutText) {
            record->held.lsh.signatures.clear();
            record->held.lsh.promptSignatures.clear();
        }
        batch.steps.push_back(record);
    }
    return batch;
}

} // namespace kvprism::test
