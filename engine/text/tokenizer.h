// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/model_file.h"
#include "engine/text/watch.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::text {

// Tokens of a text. Token i stands for bytes [begins[i], begins[i+1]) of it (the last one: up to its end),
// which may be none: a vocabulary may write a space before a text that has none, or two tokens for one
// character.
struct Encoding {
    std::vector<std::int32_t> ids;
    std::vector<std::uint32_t> begins;
};

// Special tokens written out in a text ("<|im_end|>") are plain text, unless asked for: a document must not
// be able to speak as the template.
enum class SpecialTokens { asText, parsed };

// Turns text into token ids and back. Immutable after construction; any thread.
class Tokenizer {
  public:
    virtual ~Tokenizer() = default;
    // The error is `interrupted` where the watch stopped it.
    virtual Result<Encoding> encode(std::string_view utf8, SpecialTokens special = SpecialTokens::asText,
                                    const Watch& watch = {}) const = 0;
    virtual std::string
    piece(std::int32_t id) const = 0; // bytes the token stands for; special tokens as written
    virtual bool isSpecial(std::int32_t id) const = 0;
    virtual std::int32_t size() const = 0; // ids are 0 … size()−1
    virtual std::optional<std::int32_t> find(std::string_view specialToken) const = 0;
    virtual std::optional<std::int32_t> beginOfSequence() const = 0; // only where the model asks for one
    virtual std::vector<std::int32_t> endOfAnswer() const = 0;       // ids that end an answer
    virtual bool writesSpaceBefore() const {
        return false;
    }                                               // a text is encoded as if a space stood before it
    virtual std::string kind() const { return {}; } // "gpt2/smollm", …: what it is, for people
};

// Why a text cannot be encoded at all: too long, or no UTF-8.
std::optional<Error> refuseText(std::string_view utf8);

// The tokenizer that a GGUF file's metadata or a folder's tokenizer.json or tokenizer.model describes. Fails
// on kinds that are not supported, naming those that are.
Result<std::unique_ptr<Tokenizer>> readTokenizer(const files::ModelFile& file);

} // namespace kvprism::text
