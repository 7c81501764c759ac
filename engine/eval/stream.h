// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/cache/kv_store.h"
#include "engine/eval/parts.h"
#include "engine/select/geometry.h"
#include "engine/select/options.h"

#include <cstdint>
#include <vector>

namespace kvprism::eval {

// A stream of random tokens, and how it is read.
struct Stream {
    select::Config config; // resolved, positions absolute
    select::Geometry geometry;
    std::vector<std::int32_t> ids, prompt;
};
Result<Stream> planStream(const Bench& bench, select::Settings settings, std::int32_t tokens,
                          std::int32_t promptRows);
// The default preset, with what is kept, and each block, as large as the request says.
select::Settings boundedSettings(const Bench& bench);

// Reads it as a session does, into a store of its own: milliseconds of the wall, until the device is idle.
Result<double> readStream(const Bench& bench, const Stream& stream, trace::TraceSink* sink = nullptr);

// Tokens and positions for passes of one's own.
std::vector<std::int32_t> randomIds(const Bench& bench, std::int64_t count);
std::vector<StreamPos> positionsFrom(std::int32_t first, std::int64_t count);

// A store of room for `capacity` with `held` random tokens read into it.
Result<cache::KvStore> filledStore(const Bench& bench, std::int32_t held, std::int32_t capacity);

} // namespace kvprism::eval
