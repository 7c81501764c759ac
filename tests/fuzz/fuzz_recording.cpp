// SPDX-License-Identifier: GPL-3.0-or-later
// A recording: the reader, what views ask of it, and the checker. recording_mutator.cpp changes values within
// it.
#include "engine/trace/comparison.h"
#include "engine/trace/ranks.h"
#include "engine/trace/recording_reader.h"
#include "engine/trace/store.h"
#include "tests/fuzz/harness.h"

using namespace kvprism;

namespace {

void useRun(const trace::Run& run) {
    const auto tokens = static_cast<std::size_t>(run.streamTokens());
    fuzz::require(run.tokens.byteOffsets.size() == tokens && run.tokens.pieceEnds.size() == tokens,
                  "columns of tokens are not parallel");
    fuzz::require(tokens == 0 || run.tokens.pieceEnds.back() <= run.tokens.pieces.size(),
                  "a piece lies outside its text");
    (void)trace::checkComparable(run, run);
    fuzz::require(trace::settingDifferences(run, run).empty() || run.config.size() > 1,
                  "a run differs from itself");
}

void useStep(const trace::Run& run, const trace::CompressionStep& step) {
    const trace::HeldTokens& held = step.held;
    const std::size_t rows = held.size();
    fuzz::require(held.tiers.size() == rows && held.reasons.size() == rows &&
                      held.candidates.size() == rows && held.selectors.size() == rows,
                  "columns of held tokens are not parallel");
    for (const trace::ScoreColumn& column : held.scores)
        fuzz::require(column.values.size() == rows, "scores are not parallel");
    fuzz::require(held.peak.empty() || (held.peak.layers.size() == rows && held.peak.rows.size() == rows),
                  "origins of peaks are not parallel");
    const auto tables = static_cast<std::size_t>(held.lsh.tables);
    fuzz::require(held.lsh.empty() || run.withoutText || held.lsh.signatures.size() == rows * tables,
                  "signatures are not parallel");
    for (const StreamPos position : held.positions)
        fuzz::require(position.value >= 0 && position.value < run.streamTokens(),
                      "a position lies outside the stream");
    (void)trace::rowsByScore(step);
    (void)trace::rowsByScore(step);
    const auto compared = trace::compareKept(step, step);
    fuzz::require(compared.onlyA.empty() && compared.onlyB.empty() && compared.neither >= 0,
                  "a step differs from itself");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::Folder folder;
    const std::string path = folder.write("input.kvtrace", fuzz::textOf(data, size));
    const auto reader = trace::RecordingReader::open(path);
    if (!reader) {
        fuzz::requireSentence(reader.error());
        return 0;
    }
    trace::TraceStore store;
    const Status replayed = (*reader)->replay(store);
    if (replayed)
        fuzz::noteRead();
    else
        fuzz::requireSentence(replayed.error());
    useRun(*store.run());
    for (const auto& step : store.steps())
        useStep(*store.run(), *step);
    for (std::int32_t position = 0; position < std::min(store.run()->streamTokens(), 4); ++position)
        (void)store.droppedAt(StreamPos(position));
    if (const Status checked = trace::checkRecording(path); !checked)
        fuzz::requireSentence(checked.error());
    return 0;
}
