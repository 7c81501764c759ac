// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/eval/stream.h"

#include "engine/model/decoder.h"
#include "engine/select/counter_random.h"
#include "engine/stream_reader.h"

#include <algorithm>

namespace kvprism::eval {

select::Settings boundedSettings(const Bench& bench) {
    const std::string size = std::to_string(bench.request.blockSize);
    return {{"budget", size}, {"block-size", size}};
}

std::vector<std::int32_t> randomIds(const Bench& bench, std::int64_t count) {
    const auto vocabulary = static_cast<std::uint64_t>(bench.config().vocabularySize);
    std::vector<std::int32_t> ids;
    for (std::int64_t i = 0; i < count; ++i)
        ids.push_back(
            static_cast<std::int32_t>(select::randomBits(1, 2, static_cast<std::uint64_t>(i)) % vocabulary));
    return ids;
}

std::vector<StreamPos> positionsFrom(std::int32_t first, std::int64_t count) {
    std::vector<StreamPos> positions;
    for (std::int32_t i = 0; i < count; ++i)
        positions.emplace_back(first + i);
    return positions;
}

Result<Stream> planStream(const Bench& bench, select::Settings settings, std::int32_t tokens,
                          std::int32_t promptRows) {
    settings["positions"] = "absolute"; // the same work whatever the length
    const auto asked = select::configFrom(settings);
    if (!asked)
        return asked.error();
    auto config = select::resolve(*asked, {bench.config().contextLength}, tokens, 0, promptRows);
    if (!config)
        return config.error();
    auto geometry = select::makeGeometry(*config, tokens, 0);
    if (!geometry)
        return geometry.error();
    return Stream{std::move(*config), *geometry, randomIds(bench, tokens), randomIds(bench, promptRows)};
}

Result<double> readStream(const Bench& bench, const Stream& stream, trace::TraceSink* sink) {
    const auto promptRows = static_cast<std::int32_t>(stream.prompt.size());
    cache::KvStore store(bench.config(), bench.weights().embedding.options(),
                         stream.geometry.mostSlots(promptRows));
    StreamReader reader({.weights = bench.weights(),
                         .store = store,
                         .geometry = stream.geometry,
                         .config = stream.config,
                         .streamIds = stream.ids,
                         .promptIds = stream.prompt,
                         .sink = sink});
    Status read;
    const double ms = bench.clock.wallMs([&] { read = reader.readAll(bench.stop); });
    if (!read)
        return read.error();
    return ms;
}

Result<cache::KvStore> filledStore(const Bench& bench, std::int32_t held, std::int32_t capacity) {
    cache::KvStore store(bench.config(), bench.weights().embedding.options(), capacity);
    const auto hidden = model::forward(bench.weights(), store, randomIds(bench, held), positionsFrom(0, held),
                                       {}, bench.stop);
    if (!hidden)
        return hidden.error();
    return store;
}

} // namespace kvprism::eval
