// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/cache/kv_store.h"
#include "engine/engine.h"
#include "engine/model/weights.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace kvprism {

// Runs the question over the memory and decodes. The store has room for the question and max-new-tokens;
// afterwards it holds the memory alone again, so that every question sees the document and nothing of earlier
// answers.
struct Answering {
    const model::Weights& weights;
    const text::Tokenizer& tokenizer;
    cache::KvStore& store;
    const select::Config& config;
    std::span<const std::int32_t> questionIds; // with the template's closing part
    StreamPos firstPosition;                   // of the question: N
    EngineObserver* observer = nullptr;
};

// A stop ends the answer with what there is (stopReason interrupted). Engine thread.
Result<trace::Answer> answerQuestion(const Answering& answering, std::stop_token stop);

} // namespace kvprism
