// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/model_summary.h"
#include "engine/select/config.h"

#include <QString>

namespace kvprism::app {

// What a run will take, before it begins: a sentence with about how many tokens there are to read, how long
// that takes at `tokensPerSecond` (of this model's last run; 0: not known), and the bytes of weights and
// memory. Tokens are guessed from the document's bytes, so every number says "about". Empty where the
// configuration cannot run.
QString estimateText(const files::ModelSummary& model, const select::Config& config,
                     std::uint64_t documentBytes, double tokensPerSecond);

} // namespace kvprism::app
