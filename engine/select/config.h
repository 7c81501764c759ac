// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/token_ranges.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kvprism::select {

enum class Mode { recursive, accumulate };
enum class BudgetScope { total, perBlock };
enum class Scoring { none, question, standing, window, block }; // which rows score (LASER-KV page, section 3)
enum class Pool { none, max, avg };
enum class Backend { automatic, eager, flash };
enum class Positions { automatic, absolute, reindexed };
enum class Layout { inlined, detached };
enum class LshMode { frequencyRank, magicpigBaseline, magicpigSampling }; // LASER-KV page, section 4
enum class TieBreak { l2, maxSim, mahalanobis, partitionedCentroid, none };
enum class RecordDetail { normal, full };
enum class Switch { off, on };

// Everything that decides what a run does. Defaults, ranges, texts and presets stand in the option table
// (options.h); the zeros here mean "not decided yet" and are gone after resolve().
struct Config {
    std::string preset = "prism";
    std::string method = "peak";
    Mode mode = Mode::recursive;
    std::int32_t budget = 0; // B, tokens; 0: from the model's context or compressionRatio
    BudgetScope budgetScope = BudgetScope::total;
    double compressionRatio = 0;        // share of the stream that is kept; 0: not given
    std::int32_t blockSize = 0;         // S, tokens; 0: from the model's context
    std::int32_t protectionDivisor = 4; // n
    Scoring scoring = Scoring::question;
    std::string standingPrompt;          // rows of `standing`; empty: text::defaultStandingPrompt()
    std::int32_t observationWindow = 64; // rows of `window`, at most a block
    std::int32_t selfExclusion = 64;     // `peak` with window or block rows: nearer pairs are left out
    Pool scorePool = Pool::none;
    std::int32_t scorePoolWidth = 1;
    std::string hybridPrimary = "exact";
    std::string hybridSecondary = "lsh";
    double hybridRatio = 0.75; // share of the quota that the primary takes
    LshMode lshMode = LshMode::frequencyRank;
    std::int32_t numTables = 8; // L
    std::int32_t numBits = 10;  // K
    TieBreak tieBreak = TieBreak::l2;
    Backend backend = Backend::automatic;
    Positions positions = Positions::automatic;
    Layout layout = Layout::inlined;
    std::uint64_t seed = 1;
    std::int32_t maxNewTokens = 256;
    double temperature = 0; // 0: greedy
    double topP = 1;
    std::vector<std::string> stopWords;
    TokenRanges pins;      // stay, whatever they are worth
    TokenRanges evictions; // go once they are read
    RecordDetail recordDetail = RecordDetail::normal;
    std::int32_t evidence = 8;           // kept tokens recorded for each answer token; 0: none
    Switch denseReference = Switch::off; // also read with everything in memory and compare
    std::string instruction; // what the prefix tells the model to do; empty: text::defaultInstruction()
    friend bool operator==(const Config&, const Config&) = default;
};

} // namespace kvprism::select
