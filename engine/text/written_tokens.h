// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/tokenizer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::text {

// A token that is looked for in a text as it is written, before the rest of the text becomes tokens.
struct WrittenToken {
    std::int32_t id = 0;
    std::string text;            // not empty
    bool special = false;        // only looked for where special tokens are parsed
    bool takesSpaceLeft = false; // white space beside it belongs to it
    bool takesSpaceRight = false;
};

// Which one counts where two overlap: the longer one, wherever it stands (llama.cpp), or the one that begins
// first, the longest of those (the tokenizers library).
enum class Overlap { longestWins, firstWins };

// Immutable after construction; any thread.
class WrittenTokens {
  public:
    WrittenTokens() = default;
    WrittenTokens(std::vector<WrittenToken> tokens, Overlap overlap);

    // The text in order, cut into tokens written out in it and what lies between (token −1, never empty).
    struct Stretch {
        std::size_t begin = 0, end = 0;
        std::int32_t token = -1;
    };
    // Not all of it where `pace` says so.
    std::vector<Stretch> cut(std::string_view utf8, SpecialTokens special, Pace& pace) const;

    std::optional<std::int32_t> find(std::string_view written) const; // the token that is written like this

  private:
    std::vector<Stretch> longestWins(std::string_view utf8, SpecialTokens special, Pace& pace) const;
    std::vector<Stretch> firstWins(std::string_view utf8, SpecialTokens special, Pace& pace) const;

    std::vector<WrittenToken> m_tokens; // longest first
    Overlap m_overlap = Overlap::longestWins;
};

} // namespace kvprism::text
