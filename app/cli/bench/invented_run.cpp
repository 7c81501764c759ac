// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench/invented_run.h"

#include "engine/select/counter_random.h"
#include "engine/select/options.h"
#include "engine/select/plan.h"

#include <memory>
#include <utility>

namespace kvprism::cli {

namespace {

using select::randomBits;

constexpr std::int32_t prefixTokens = 16;
constexpr std::int32_t promptTokens = 12;
constexpr std::int32_t layers = 30, queryHeads = 9;
constexpr std::int32_t vocabulary = 49152;

// In [0, 1).
double fraction(std::uint64_t seed, std::uint64_t purpose, std::uint64_t number) {
    return static_cast<double>(randomBits(seed, purpose, number) >> 11) * 0x1.0p-53;
}

bool isLetter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

// The length of the piece that a tokenizer might make of what stands at `at`: a word with the space before
// it, or one other character.
std::size_t pieceLength(std::string_view text, std::size_t at) {
    std::size_t end = at;
    if (text[end] == ' ' && end + 1 < text.size() && isLetter(text[end + 1]))
        ++end;
    while (end < text.size() && isLetter(text[end]))
        ++end;
    return end == at ? 1 : end - at;
}

trace::TokenTable tokensOf(std::string_view text, std::int32_t count) {
    trace::TokenTable table;
    std::size_t at = 0;
    std::int64_t offset = 0;
    while (static_cast<std::int32_t>(table.size()) < count) {
        const bool prefix = static_cast<std::int32_t>(table.size()) < prefixTokens;
        const std::string_view piece = text.substr(at, pieceLength(text, at));
        at = (at + piece.size()) % text.size();
        std::uint64_t id = 0;
        for (const char byte : piece)
            id = randomBits(id, 0, static_cast<unsigned char>(byte));
        table.ids.push_back(static_cast<std::int32_t>(id % vocabulary));
        table.byteOffsets.push_back(prefix ? -1 : offset);
        offset += prefix ? 0 : static_cast<std::int64_t>(piece.size());
        table.pieces.append(piece);
        table.pieceEnds.push_back(static_cast<std::uint32_t>(table.pieces.size()));
    }
    return table;
}

// What the engine might have measured at a step. Neighbours share their interest, and keep most of it from
// step to step.
select::StepScores measured(std::uint64_t seed, std::int32_t step, const std::vector<StreamPos>& positions) {
    select::StepScores scores;
    trace::ScoreColumn column{"peak", {}};
    const auto purpose = 1000 + static_cast<std::uint64_t>(step);
    for (const StreamPos position : positions) {
        const auto at = static_cast<std::uint64_t>(position.value);
        const double place = fraction(seed, 1, at / 9);
        const double own = fraction(seed, purpose, at);
        column.values.push_back(static_cast<float>(0.02 * (0.7 * place * place * place + 0.3 * own * own)));
        const std::uint64_t origin = randomBits(seed, purpose, at);
        scores.peak.layers.push_back(static_cast<std::uint16_t>(origin % layers));
        scores.peak.heads.push_back(static_cast<std::uint16_t>((origin >> 16) % queryHeads));
        scores.peak.rows.push_back(static_cast<std::uint16_t>((origin >> 32) % promptTokens));
    }
    scores.columns.push_back(std::move(column));
    return scores;
}

Result<select::Config> configOf(const InventedRun& wanted) {
    const auto asked = select::configFrom({{"method", "peak"},
                                           {"budget", std::to_string(wanted.budget)},
                                           {"block-size", std::to_string(wanted.blockSize)},
                                           {"seed", std::to_string(wanted.seed)}});
    if (!asked)
        return asked.error();
    return select::resolve(*asked, {8192}, wanted.tokens, prefixTokens, promptTokens);
}

std::shared_ptr<const trace::Run> describe(const InventedRun& wanted, const select::Config& config,
                                           const select::Geometry& geometry) {
    auto run = std::make_shared<trace::Run>();
    run->id = "00000000000000000000000000000001";
    run->startedAt = "2026-01-01T00:00:00Z";
    run->program = "kvprism " KVPRISM_VERSION;
    run->config = select::settingsOf(config);
    run->model = {.name = "invented",
                  .path = {},
                  .sha256 = {},
                  .architecture = "llama",
                  .dtype = "bf16",
                  .device = "cpu",
                  .layers = layers,
                  .queryHeads = queryHeads,
                  .kvHeads = 3,
                  .headDim = 64,
                  .contextLength = 8192,
                  .vocabularySize = vocabulary,
                  .weightBytes = 0,
                  .kvBytesPerToken = 2ULL * layers * 3 * 64 * 2};
    run->document.name = "invented.txt";
    run->question = "Which of these words stay?";
    run->promptIds.assign(promptTokens, 1);
    for (const select::Part& part : select::partsOf(config))
        run->selectors.emplace_back(part.method->name);
    run->tokens = tokensOf(wanted.text, wanted.tokens);
    run->prefixTokens = prefixTokens;
    run->anchors = geometry.anchors;
    run->window = geometry.window;
    run->budget = geometry.budget;
    run->blockSize = geometry.blockSize;
    return run;
}

} // namespace

Status playInventedRun(const InventedRun& wanted, trace::TraceSink& sink, const std::stop_token& stop) {
    const auto config = configOf(wanted);
    if (!config)
        return config.error();
    const auto geometry = select::makeGeometry(*config, wanted.tokens, prefixTokens);
    if (!geometry)
        return geometry.error();
    const auto run = describe(wanted, *config, *geometry);
    sink.runStarted(run);
    select::Memory memory;
    for (std::int32_t index = 0; index < geometry->blocks(); ++index) {
        if (stop.stop_requested())
            return interrupted("The invented run was stopped.");
        const bool scored = select::stepNeedsScores(memory, *geometry, *config, index);
        const auto held = select::heldPositions(memory, *geometry, index);
        auto step = std::make_shared<trace::CompressionStep>(
            select::planStep(memory, *geometry, *config, index,
                             scored ? measured(wanted.seed, index, held) : select::StepScores()));
        step->peakSlots = static_cast<std::int32_t>(held.size()) + promptTokens;
        memory = select::memoryAfter(*step);
        sink.stepPlanned(std::move(step));
        sink.stepApplied({index, 0, memory.size() * run->model.kvBytesPerToken});
    }
    sink.runEnded({trace::Outcome::finished, "", 0, 0, 0});
    return {};
}

} // namespace kvprism::cli
