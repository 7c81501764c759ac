// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/select/token_ranges.h"
#include "engine/trace/run.h"

#include <string>
#include <string_view>
#include <vector>

// Passages that people follow through a run.
namespace kvprism::tables {

using Needle = select::TokenRanges::Range; // stream positions, both inside

inline constexpr std::size_t mostNeedles = 20; // of one search, or one export

// The tokens of every place of `words` in the stream's text, prefix included, whatever their case; a
// character belongs to all the tokens that make it. Empty where the text was not recorded.
std::vector<Needle> placesOf(const trace::TokenTable& tokens, std::string_view words);

// The needle's text, white space as one blank each; empty where it was not recorded.
std::string textOf(const trace::Run& run, const Needle& needle);

// How needles are named: by their words, each a search of its own, and by positions ("120-135,400").
struct NeedleNames {
    std::vector<std::string> words;
    std::string tokens; // empty: none
    bool empty() const { return words.empty() && tokens.empty(); }
};
// In the order of the stream, none of them twice. The errors (usage; unavailable without the text) say which
// is not there, and where there are too many.
Result<std::vector<Needle>> findNeedles(const trace::Run& run, const NeedleNames& names);

} // namespace kvprism::tables
