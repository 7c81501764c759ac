// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/loaded_model.h"

namespace kvprism {

// Negative log-likelihood of the document's raw text, blockwise, each token predicted from the memory held
// before its block. Scoring by a question is refused.
Result<Perplexity> measurePerplexity(const LoadedModel& model, const select::Config& config,
                                     const text::Document& document, EngineObserver* observer,
                                     std::stop_token stop);

} // namespace kvprism
