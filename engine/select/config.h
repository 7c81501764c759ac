// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kvprism::select {

enum class Mode { recursive, accumulate };
enum class BudgetScope { total, perBlock };
enum class Scoring { none, question }; // which rows score (LASER-KV page, section 3)
enum class Pool { none, max, avg };
enum class Backend { automatic, eager };
enum class Positions { automatic, absolute };
enum class Layout { inlined, detached };

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
    Pool scorePool = Pool::none;
    std::int32_t scorePoolWidth = 1;
    Backend backend = Backend::automatic;
    Positions positions = Positions::automatic;
    Layout layout = Layout::inlined;
    std::uint64_t seed = 1;
    std::int32_t maxNewTokens = 256;
    double temperature = 0; // 0: greedy
    double topP = 1;
    std::vector<std::string> stopWords;
    std::string instruction; // what the prefix tells the model to do; empty: text::defaultInstruction()
    friend bool operator==(const Config&, const Config&) = default;
};

} // namespace kvprism::select
