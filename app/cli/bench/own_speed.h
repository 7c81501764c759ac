// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/interrupt.h"
#include "engine/engine.h"

#include <cstdint>
#include <string>

namespace kvprism::cli {

struct SpeedTask {
    std::int32_t prefillTokens = 2048; // of the dense pass
    std::int32_t budget = 1024, blockSize = 512;
    std::int32_t decodeTokens = 64;
};

// One reading of the whole text at a budget, with the default method, and the answer behind it.
struct ReadingSpeed {
    std::int32_t tokens = 0, kept = 0;
    double tokensPerSecond = 0;        // from ids to the last compaction
    double processorMs = 0;            // of all threads, the recording's among them
    double choosingShare = 0;          // of the blocks' time: scoring, selection and compaction
    double decodedTokensPerSecond = 0; // behind `kept`, the question not counted
};

// What KVPrism needs for one text, measured again and again; every measurement reads anew.
class OwnSpeed {
  public:
    OwnSpeed(const SpeedTask& task, std::string text, Engine& engine, Interrupt& interrupt)
        : m_task(task), m_text(std::move(text)), m_engine(engine), m_interrupt(interrupt) {}

    // Tokens per second of a dense pass over exactly `tokens` tokens, which are `text`.
    Result<double> prefill(const std::string& text, std::int32_t tokens);
    // `recorded`: into a temporary file, deleted afterwards.
    Result<ReadingSpeed> reading(bool recorded);

  private:
    const SpeedTask& m_task;
    std::string m_text;
    Engine& m_engine;
    Interrupt& m_interrupt;
};

} // namespace kvprism::cli
