// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <string>
#include <string_view>

// Questions that have one right answer: a sentence with a number or a word, planted in text that has nothing
// to do with it.
namespace kvprism::cli {

struct PlantedFact {
    std::string city, value;
    std::string sentence; // "The secret number of CITY is NNNNN.", "The secret word of CITY is WORD."
    std::string question; // "What is the secret number of CITY?"
    std::string document; // the carrier's beginning with the sentence in it
    std::size_t begin = 0, end = 0; // the sentence in `document`, in bytes
    std::int32_t tokens = 0;        // of `document`
    std::int32_t tokenBegin = 0;    // of the sentence
};

// What there is to find: five digits, each a token of its own to most models, or a word that is one token.
enum class Secret { number, word };

// Where in the document a fact may be planted, as shares of its length; and what fact.
struct Planting {
    double from = 0.05, to = 0.95;
    Secret secret = Secret::number;
};

// `carrier`, and behind it its paragraphs again and again, each time in another order that follows from the
// seed, until it has at least `tokens` tokens, 1 to 2,000,000.
Result<std::string> carrierOf(const text::Tokenizer& tokenizer, std::string_view carrier, std::int32_t tokens,
                              std::uint64_t seed);

// Fact number `index` of a seed: city, number and place follow from both (and from `tokens`), on every
// machine alike. The document has `tokens` tokens, or one or two less where its last words join otherwise.
// Fails where the carrier is too short for that.
Result<PlantedFact> plantFact(const text::Tokenizer& tokenizer, std::string_view carrier, std::int32_t tokens,
                              std::uint64_t seed, std::int32_t index, const Planting& planting = {});

// Whether `answer` has `value` as a whole word.
bool saysValue(std::string_view answer, std::string_view value);

} // namespace kvprism::cli
