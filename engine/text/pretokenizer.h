// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::text {

// How GPT-2 cuts a text; the pattern that byte-level pre-tokenizers have unless they say otherwise.
std::string gpt2WordPattern();

// Cuts a text into the words that byte-level BPE never merges across. A kind (`tokenizer.ggml.pre` of a GGUF
// file) is a list of regular expressions, each cutting further what those before it left: its matches and the
// stretches between them are the pieces. Nothing of the text is lost. Immutable after construction; any
// thread.
class Pretokenizer {
  public:
    // Fails on kinds that are not supported, naming those that are; `where` is the file for that sentence.
    static Result<Pretokenizer> make(std::string_view kind, const std::string& where);
    // Of patterns from a file; a bad one is an error that names `where`. Without patterns a text is one word.
    static Result<Pretokenizer> ofPatterns(const std::vector<std::string>& patterns,
                                           const std::string& where);
    Pretokenizer(Pretokenizer&&) noexcept;
    ~Pretokenizer();

    // Calls `word(begin, end)` for each piece of `utf8` (valid, not checked), in order, until one gives
    // false.
    using Word = std::function<bool(std::size_t begin, std::size_t end)>;
    // Fails where a pattern from a file takes unreasonably long, and (interrupted) where `word` gave false.
    Status split(std::string_view utf8, const Word& word) const;

  private:
    struct Pattern;
    explicit Pretokenizer(std::vector<Pattern> patterns);
    std::vector<Pattern> m_patterns;
};

} // namespace kvprism::text
