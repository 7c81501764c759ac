// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/use_tokenizer.h"

#include "tests/fuzz/harness.h"

#include <algorithm>

namespace kvprism::fuzz {

namespace {

constexpr std::string_view texts[] = {
    "", " ",
    "It's 12 Gr\xC3\xBC\xC3\x9F"
    "e <s>ab</s>\n\tcafe\xCC\x81 <|im_end|> <tool>x ",
    "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E a  ab\r\n\xF0\x9F\x91\x8D\xE2\x96\x81 "
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1234567"};

void useEncoding(const text::Tokenizer& tokenizer, std::string_view text, const text::Encoding& encoding) {
    require(encoding.ids.size() == encoding.begins.size(), "ids and places differ in number");
    std::size_t before = 0;
    for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
        require(encoding.ids[i] >= 0 && encoding.ids[i] < tokenizer.size(),
                "an id lies outside the vocabulary");
        require(encoding.begins[i] >= before && encoding.begins[i] <= text.size(),
                "a token's place does not ascend inside the text");
        before = encoding.begins[i];
        (void)tokenizer.piece(encoding.ids[i]);
        (void)tokenizer.isSpecial(encoding.ids[i]);
    }
}

} // namespace

void useTokenizer(const text::Tokenizer& tokenizer) {
    for (const std::string_view text : texts)
        for (const auto special : {text::SpecialTokens::asText, text::SpecialTokens::parsed}) {
            const auto encoding = tokenizer.encode(text, special);
            if (encoding)
                useEncoding(tokenizer, text, *encoding);
            else
                requireSentence(encoding.error());
        }
    const std::int32_t size = tokenizer.size();
    for (const std::int32_t id : {-1, 0, 1, size - 1, size}) {
        (void)tokenizer.piece(id);
        (void)tokenizer.isSpecial(id);
    }
    for (const std::int32_t id : tokenizer.endOfAnswer())
        require(id >= 0 && id < size, "an end of answers lies outside the vocabulary");
    if (const auto begin = tokenizer.beginOfSequence())
        require(*begin >= 0 && *begin < size, "the begin of texts lies outside the vocabulary");
    if (const auto found = tokenizer.find("<s>"))
        require(*found >= 0 && *found < size, "a token found lies outside the vocabulary");
    (void)tokenizer.kind();
}

} // namespace kvprism::fuzz
