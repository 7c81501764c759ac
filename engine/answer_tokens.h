// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/base/types.h"
#include "engine/cache/kv_store.h"
#include "engine/model/sampler.h"
#include "engine/model/weights.h"

#include <cstdint>
#include <memory>
#include <stop_token>

namespace kvprism {

// The tokens of an answer behind its first, one after another, in the way that is the fastest where the
// weights lie. Engine thread.
class AnswerTokens {
  public:
    virtual ~AnswerTokens() = default;
    // Runs `last`, the token chosen before, at `position` and chooses the one behind it. `last` is then in
    // the store, which needs a free slot for it. Stopped: error interrupted.
    virtual Result<std::int32_t> next(std::int32_t last, StreamPos position, std::stop_token stop) = 0;
};

// Everything outlives it. `greedy`: the sampler always takes the likeliest.
std::unique_ptr<AnswerTokens> answerTokens(const model::Weights& weights, cache::KvStore& store,
                                           model::Sampler& sampler, bool greedy);

} // namespace kvprism
