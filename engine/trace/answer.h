// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/dense_reference.h"
#include "engine/trace/evidence.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::trace {

enum class StopReason : std::uint8_t { eos = 0, length = 1, stopWord = 2, interrupted = 3 };
inline constexpr std::array<std::string_view, 4> stopReasonNames{"eos", "length", "stop_word", "interrupted"};
constexpr std::string_view name(StopReason reason) {
    return stopReasonNames[static_cast<std::size_t>(reason)];
}

// What the model said, from the memory that the last step left.
struct Answer {
    std::string question;
    std::string text; // valid UTF-8
    std::vector<std::int32_t> ids;
    std::vector<std::uint32_t> textEnds; // [ids] end of each token's bytes in `text`; empty: not recorded
    StopReason stopReason = StopReason::eos;
    std::int32_t questionTokens = 0; // m
    std::int32_t keptTokens = 0;     // memory it was answered from
    double firstTokenMs = 0;         // from the last compaction to the first answer token
    double totalMs = 0;
    Evidence evidence;                   // of ids; empty where none was asked for, or the answer was stopped
    std::optional<DenseReference> dense; // where it was asked for
    friend bool operator==(const Answer&, const Answer&) = default;
};

enum class Outcome : std::uint8_t { finished = 0, stopped = 1, failed = 2 };

// How a run ended. A recording without one was cut off.
struct RunEnd {
    Outcome outcome = Outcome::finished;
    std::string message; // empty, or one sentence
    double loadMs = 0;
    double readMs = 0;
    double answerMs = 0;
    friend bool operator==(const RunEnd&, const RunEnd&) = default;
};

} // namespace kvprism::trace
