// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/engine.h"
#include "engine/loaded_model.h"
#include "engine/select/config.h"
#include "engine/text/document.h"
#include "engine/trace/run.h"

#include <cstdint>
#include <stop_token>

namespace kvprism {

// What a session reads: the prefix (where the layout is inline) and the document.
struct Stream {
    trace::TokenTable tokens; // byte offsets into the document's file; −1 in the prefix
    std::int32_t prefixTokens = 0;
};

// The error is the tokenizer's, `interrupted` among them, or `usage` where there are too many tokens.
Result<Stream> tokenise(const LoadedModel& model, const select::Config& config,
                        const text::Document& document, const text::Watch& watch);

// A watch that tells `observer` (may be null) how far the tokens of a document have come.
text::Watch tokenisingWatch(const text::Document& document, EngineObserver* observer, std::stop_token stop);

} // namespace kvprism
