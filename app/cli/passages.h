// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/types.h"
#include "engine/trace/run.h"

#include <string>
#include <vector>

namespace kvprism::cli {

// Tokens beside each other are one passage: a title with their number, then a line each with its positions
// and the beginning of its text (none where the run has no text). Empty where there is no position.
std::string passagesText(const std::string& title, const trace::Run& run,
                         const std::vector<StreamPos>& positions);

// A token's text between quotes; empty where the run has no text.
std::string pieceText(const trace::Run& run, StreamPos position);

} // namespace kvprism::cli
