// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/sink.h"

#include <cstdint>
#include <stop_token>
#include <string_view>

namespace kvprism::cli {

// A run of the method `peak` that no model read: the text's words over and over, seeded scores with places of
// lasting interest, and the choice that the engine's own rules (engine/select) make of them. For
// measurements of what comes after the engine, at sizes that reading would take days for.
struct InventedRun {
    std::int32_t tokens = 0; // N
    std::int32_t blockSize = 0;
    std::int32_t budget = 0;
    std::uint64_t seed = 1;
    std::string_view text; // of ASCII characters
};

// Plays it into `sink`, one step in memory at a time. Fails on sizes that a real run refuses as well
// (usage), and where it was stopped (interrupted); then the sink hears no runEnded.
Status playInventedRun(const InventedRun& wanted, trace::TraceSink& sink, const std::stop_token& stop);

} // namespace kvprism::cli
