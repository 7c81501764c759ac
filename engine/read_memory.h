// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/cache/kv_store.h"
#include "engine/select/config.h"
#include "engine/select/geometry.h"
#include "engine/select/plan.h"

#include <cstdint>
#include <string>

namespace kvprism {

// What a reading leaves behind: the memory that questions are asked of. Engine thread.
struct ReadMemory {
    select::Config config; // resolved: as it was read
    select::Geometry geometry;
    cache::KvStore store;  // keys rotated for good
    select::Memory tokens; // what the store's slots hold
    std::string question;  // that it was made for; empty where it serves any
    std::int32_t peakSlots = 0;
    double readMs = 0;

    // Where the first token behind the memory stands: N, or the kept count where positions are reindexed.
    StreamPos nextPosition() const {
        return config.positions == select::Positions::reindexed
                   ? StreamPos(static_cast<std::int32_t>(tokens.size()))
                   : StreamPos(geometry.streamTokens);
    }
};

} // namespace kvprism
