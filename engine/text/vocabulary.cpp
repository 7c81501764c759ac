// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/vocabulary.h"

#include "engine/base/printable.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace kvprism::text {

namespace {

constexpr std::uint64_t largestVocabulary = 1 << 22;

// Tokens that end an answer in the models we know, whatever `eos_token_id` says (llama.cpp has the like).
constexpr std::array<std::string_view, 7> answerEnds{
    "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "<|end|>", "<|eom_id|>", "<end_of_turn>"};

Error wrong(const files::GgufFile& file, const std::string& what) {
    return malformed(file.path() + ": " + what + "; the file is damaged or of another kind.");
}

Result<std::vector<TokenKind>> readKinds(const files::GgufFile& file, std::size_t tokens) {
    std::vector<TokenKind> kinds(tokens, TokenKind::normal);
    constexpr const char* key = "tokenizer.ggml.token_type"; // without it control tokens would be plain text
    const auto numbers = file.integers(key);
    if (!numbers)
        return numbers.error();
    if (numbers->size() != tokens)
        return wrong(file, std::string(key) + " has " + std::to_string(numbers->size()) + " entries for " +
                               std::to_string(tokens) + " tokens");
    for (std::size_t i = 0; i < tokens; ++i) {
        const std::int64_t number = (*numbers)[i];
        if (number < 1 || number > 6)
            return wrong(file, std::string(key) + "[" + std::to_string(i) + "] is " + std::to_string(number) +
                                   ", which is no kind of token");
        kinds[i] = static_cast<TokenKind>(number);
    }
    return kinds;
}

// A token id from the metadata; nothing where the key is not there.
Result<std::optional<std::int32_t>> readId(const files::GgufFile& file, const char* key, std::int32_t size) {
    if (!file.has(key))
        return std::optional<std::int32_t>();
    const auto id = file.integer(key);
    if (!id)
        return id.error();
    if (*id < 0 || *id >= size)
        return wrong(file, std::string(key) + " is " + std::to_string(*id) + ", but there are " +
                               std::to_string(size) + " tokens");
    return std::optional(static_cast<std::int32_t>(*id));
}

std::optional<Error> readRoles(const files::GgufFile& file, bool begins, Vocabulary& vocabulary) {
    for (const char* key : {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"}) {
        const auto id = readId(file, key, vocabulary.size());
        if (!id)
            return id.error();
        if (*id)
            vocabulary.endOfAnswer.push_back(**id);
    }
    completeEnds(vocabulary);

    constexpr const char* addsBegin = "tokenizer.ggml.add_bos_token";
    const auto adds = file.has(addsBegin) ? file.integer(addsBegin) : Result<std::int64_t>(begins ? 1 : 0);
    if (!adds)
        return adds.error();
    const auto begin = readId(file, "tokenizer.ggml.bos_token_id", vocabulary.size());
    if (!begin)
        return begin.error();
    if (*adds != 0)
        vocabulary.beginOfSequence = *begin;
    return std::nullopt;
}

} // namespace

std::vector<std::int32_t> writtenIds(const Vocabulary& vocabulary) {
    std::vector<std::int32_t> ids;
    for (std::int32_t id = 0; id < vocabulary.size(); ++id) {
        const auto index = static_cast<std::size_t>(id);
        const bool written = vocabulary.isSpecial(id) || vocabulary.kinds[index] == TokenKind::userDefined;
        if (written && !vocabulary.texts[index].empty())
            ids.push_back(id);
    }
    return ids;
}

WrittenTokens writtenTokens(const Vocabulary& vocabulary, Overlap overlap) {
    std::vector<WrittenToken> tokens;
    for (const std::int32_t id : writtenIds(vocabulary))
        tokens.push_back({.id = id,
                          .text = vocabulary.texts[static_cast<std::size_t>(id)],
                          .special = vocabulary.isSpecial(id)});
    return {std::move(tokens), overlap};
}

void completeEnds(Vocabulary& vocabulary) {
    for (const std::int32_t id : writtenIds(vocabulary))
        if (std::ranges::find(answerEnds, vocabulary.texts[static_cast<std::size_t>(id)]) != answerEnds.end())
            vocabulary.endOfAnswer.push_back(id);
    std::ranges::sort(vocabulary.endOfAnswer);
    const auto twice = std::unique(vocabulary.endOfAnswer.begin(), vocabulary.endOfAnswer.end());
    vocabulary.endOfAnswer.erase(twice, vocabulary.endOfAnswer.end());
}

std::vector<std::string> plainTexts(const Vocabulary& vocabulary) {
    std::vector<std::string> texts = vocabulary.texts;
    for (std::int32_t id = 0; id < vocabulary.size(); ++id)
        if (vocabulary.isSpecial(id))
            texts[static_cast<std::size_t>(id)].clear();
    return texts;
}

Result<Vocabulary> readVocabulary(const files::GgufFile& file, bool begins) {
    constexpr const char* key = "tokenizer.ggml.tokens";
    const auto count = file.count(key);
    if (!count)
        return count.error();
    if (*count == 0 || *count > largestVocabulary)
        return wrong(file, std::string(key) + " has " + std::to_string(*count) + " entries");
    Vocabulary vocabulary;
    auto texts = file.texts(key);
    if (!texts)
        return texts.error();
    vocabulary.texts = std::move(*texts);
    std::unordered_set<std::string_view> seen;
    for (const std::string& text : vocabulary.texts)
        if (!seen.insert(text).second)
            return wrong(file, std::string(key) + " has the token " + printable(text) + " twice");
    auto kinds = readKinds(file, vocabulary.texts.size());
    if (!kinds)
        return kinds.error();
    vocabulary.kinds = std::move(*kinds);
    if (auto error = readRoles(file, begins, vocabulary))
        return *std::move(error);
    return vocabulary;
}

} // namespace kvprism::text
