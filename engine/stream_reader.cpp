// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/stream_reader.h"

#include "engine/model/decoder.h"
#include "engine/score/step_scorer.h"
#include "engine/scoring_clock.h"
#include "engine/stopwatch.h"

#include <algorithm>
#include <memory>
#include <optional>

namespace kvprism {

using Clock = std::chrono::steady_clock;

StreamReader::StreamReader(const Reading& reading, select::Memory memory)
    : m_reading(reading), m_memory(std::move(memory)), m_start(Clock::now()) {}

StreamReader::~StreamReader() = default;

Status StreamReader::readAll(std::stop_token stop, const BlockCallback& onBlock) {
    m_start = Clock::now();
    Status status;
    for (std::int32_t step = 0; status.ok() && step < m_reading.geometry.blocks(); ++step)
        status = readBlock(step, stop, onBlock);
    m_readMs = millisecondsSince(m_start);
    return status;
}

score::StepTokens StreamReader::tokensOf(const trace::CompressionStep& step) const {
    return {.held = step.held.positions,
            .block = step.end - step.begin,
            .prompt = static_cast<std::int32_t>(m_reading.promptIds.size()),
            .candidates = step.held.candidates};
}

Status StreamReader::readBlock(std::int32_t step, std::stop_token stop, const BlockCallback& onBlock) {
    const select::Geometry& geometry = m_reading.geometry;
    const StreamPos begin = geometry.blockBegin(step);
    const StreamPos end = geometry.blockEnd(step);
    const std::int32_t blockRows = end - begin;
    select::OpenStep open = select::openStep(m_memory, geometry, m_reading.config, step);

    // Rows: the block, then the scoring prompt at the positions behind the whole stream.
    const auto block = m_reading.streamIds.subspan(static_cast<std::size_t>(begin.value),
                                                   static_cast<std::size_t>(blockRows));
    std::vector<std::int32_t> ids(block.begin(), block.end());
    std::vector<StreamPos> positions;
    for (StreamPos position = begin; position < end; ++position)
        positions.push_back(position);
    std::optional<score::StepScorer> scorer;
    if (open.needsScores) {
        const score::StepTokens tokens = tokensOf(open.record);
        const StreamPos first = select::promptOf(m_reading.config) == select::Scoring::standing
                                    ? end
                                    : StreamPos(geometry.streamTokens);
        ids.insert(ids.end(), m_reading.promptIds.begin(), m_reading.promptIds.end());
        for (std::int32_t i = 0; i < tokens.prompt; ++i)
            positions.push_back(first + i);
        scorer.emplace(m_reading.config, tokens, m_reading.store, m_reading.weights.config.layers);
    }

    if (!m_scoring)
        m_scoring = std::make_unique<ScoringClock>(m_reading.store.device());
    const std::int32_t layers = m_reading.weights.config.layers;
    const auto onLayer = [&](const model::LayerView& view) {
        if (scorer)
            m_scoring->during([&] { scorer->add(view); });
        reportProgress(begin.value + static_cast<double>(blockRows) * (view.layer.value + 1) / layers);
    };
    const std::int32_t past = m_reading.store.used();
    const auto forwardStart = Clock::now();
    Result<at::Tensor> hidden =
        model::forward(m_reading.weights, m_reading.store, ids, positions, onLayer, stop);
    if (!hidden)
        return hidden.error();
    const std::int32_t peakSlots = m_reading.store.used();
    m_peakSlots = std::max(m_peakSlots, peakSlots);
    m_reading.store.truncate(past + blockRows); // the prompt's K/V are thrown away after scoring
    select::StepScores scores;                  // on a GPU the first thing that is waited for
    if (scorer)
        m_scoring->during([&] { scores = scorer->finish(); });
    if (blockRows > 0 && !model::isFinite(*hidden, blockRows - 1))
        return model::noNumbers(m_reading.weights, "reads");
    const double scoreMs = m_scoring->takeMs();
    const double forwardMs = millisecondsSince(forwardStart) - scoreMs;
    if (onBlock)
        if (Status status = onBlock(begin, hidden->narrow(0, 0, blockRows)); !status)
            return status;

    const auto selectStart = Clock::now();
    auto plan = std::make_shared<trace::CompressionStep>(
        select::planStep(std::move(open), m_reading.config, std::move(scores)));
    plan->peakSlots = peakSlots;
    plan->ms = {forwardMs, scoreMs, millisecondsSince(selectStart)};
    if (m_reading.sink)
        m_reading.sink->stepPlanned(plan);
    apply(*plan);
    return {};
}

void StreamReader::apply(const trace::CompressionStep& step) {
    const auto start = Clock::now();
    m_reading.store.compact(select::keptRows(step));
    m_memory = select::memoryAfter(step);
    const trace::StepApplied applied{step.index, millisecondsSince(start), m_reading.store.bytesInUse()};
    if (m_reading.sink)
        m_reading.sink->stepApplied(applied);
    reportProgress(step.end.value);
}

void StreamReader::reportProgress(double done) {
    if (!m_reading.observer)
        return;
    const double seconds = millisecondsSince(m_start) / 1000;
    m_reading.observer->progress({.phase = Phase::reading,
                                  .done = static_cast<std::int64_t>(done),
                                  .total = m_reading.geometry.streamTokens,
                                  .tokensPerSecond = seconds > 0 ? done / seconds : 0,
                                  .keptTokens = static_cast<std::int64_t>(m_memory.size()),
                                  .keptBytes = m_reading.store.bytesPerToken() * m_memory.size()});
}

} // namespace kvprism
