// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/sink.h"

#include <cstdint>
#include <string>

namespace kvprism::test {

// Sizes of an invented run. Budget and divisor decide the tiers as in a real one: A = max(⌊B/n⌋, P), W =
// ⌊B/n⌋.
struct SyntheticOptions {
    std::int32_t streamTokens = 3000; // N: prefix and document; 0 makes a run without steps
    std::int32_t prefixTokens = 24;   // P; at most N
    std::int32_t blockSize = 512;     // S
    std::int32_t budget = 512;        // B; N ≤ B keeps everything and scores nothing
    std::int32_t divisor = 4;         // n
    std::int32_t answers = 1;
    trace::Outcome outcome = trace::Outcome::finished;
    std::uint64_t seed = 1; // the same seed makes the same run, on every machine
};

// Plays an invented recursive `peak` run into `sink`, event by event as an engine would: English-looking
// tokens, seeded scores with a few places of lasting interest, pooling over 15 neighbours, and the choice
// that really follows from them, so that all that a checker can check holds. Fast: 128k tokens in 64 steps
// take well under a second.
void produceSyntheticRun(const SyntheticOptions& options, trace::TraceSink& sink);

// The document whose tokens such a run has: its pieces without the prefix, joined.
std::string syntheticDocument(const SyntheticOptions& options);

} // namespace kvprism::test
