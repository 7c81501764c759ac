// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace kvprism::cli {

// The arguments with every option in the spelling that the program has: names may be written with `_` for
// `-`, as they were published (--block_size). `arguments` without the program's name.
std::vector<std::string> withDashes(const CLI::App& app, std::vector<std::string> arguments);

// Looks at the arguments in their order before CLI11 does, whose sentences name the last of several mistakes:
// unknown subcommands and options (with the one that was probably meant), options without a value, with an
// empty one, or given twice, and words that belong to nothing. `arguments` without the program's name.
Status checkArguments(const CLI::App& app, std::span<const std::string> arguments);

// What CLI11 refused, as one sentence.
Error usageErrorOf(const CLI::ParseError& failure);

// A check for CLI::Option::check: a whole number from `least` to `most`, in the words that --budget has.
std::function<std::string(const std::string&)> wholeNumber(std::uint64_t least, std::uint64_t most);
// One of `choices`.
std::function<std::string(const std::string&)> oneOf(std::vector<std::string> choices);

} // namespace kvprism::cli
