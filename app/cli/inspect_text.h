// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/run_outline.h"
#include "app/cli/token_life.h"

#include <string>

// What `inspect` prints for people. Texts out of the file are made safe for a terminal.
namespace kvprism::cli {

std::string runText(const RunOutline& outline, const std::string& path);
// One step: its figures, its ranking around the cut, and the passages that it left in the memory.
std::string stepText(const RunOutline& outline, const trace::CompressionStep& step);
// The token's life in sentences.
std::string tokenText(const TokenLife& life, const RunOutline& outline);

} // namespace kvprism::cli
