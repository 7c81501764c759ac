// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/json_tokenizer.h"

#include "engine/base/printable.h"
#include "engine/files/json_fields.h"
#include "engine/text/byte_level_tokenizer.h"
#include "engine/text/character_tokenizer.h"
#include "engine/text/json_steps.h"
#include "engine/text/sentencepiece_tokenizer.h"

#include <algorithm>

namespace kvprism::text {

namespace {

using files::JsonFields;
using nlohmann::json;

// The object `model` of type BPE.
struct BpeModel {
    std::vector<std::string> tokens; // by id; empty where no token has the id
    std::vector<std::string> merges; // "left right"
    std::string unknown;
    bool joinsUnknown = false, bytesForUnknown = false, wholeWordsFirst = false;
};

void readVocab(JsonFields& read, BpeModel& model) {
    const json* vocab = read.objectAt("vocab");
    if (!vocab || vocab->empty())
        return read.refuse("the model has no 'vocab'");
    std::int32_t largest = -1;
    for (const auto& [text, id] : vocab->items()) {
        const auto known = tokenIdOf(id);
        if (!known)
            return read.refuse("the token " + printable(text) + " has no id");
        largest = std::max(largest, *known);
    }
    if (static_cast<std::size_t>(largest) >= vocab->size() + mostHoles)
        return read.refuse("a token has the id " + std::to_string(largest) + ", but there are " +
                           std::to_string(vocab->size()) + " tokens");
    model.tokens.resize(static_cast<std::size_t>(largest) + 1);
    for (const auto& [text, id] : vocab->items()) {
        std::string& place = model.tokens[id.get<std::size_t>()];
        if (!place.empty())
            return read.refuse("the tokens " + printable(place) + " and " + printable(text) +
                               " have the same id");
        place = text;
    }
}

void readMergeTexts(JsonFields& read, BpeModel& model) {
    const json* merges = read.listAt("merges");
    if (!merges)
        return read.refuse("the model has no 'merges'");
    for (const json& merge : *merges) {
        const bool pair =
            merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string();
        if (!pair && !merge.is_string())
            return read.refuse("merges[" + std::to_string(model.merges.size()) + "] is no pair of texts");
        // Texts of vocabularies have marks for spaces, so that a space is free to part them.
        model.merges.push_back(pair ? merge[0].get<std::string>() + " " + merge[1].get<std::string>()
                                    : merge.get<std::string>());
    }
}

Result<BpeModel> readModel(const json& object, const std::string& where) {
    JsonFields read(object, where);
    BpeModel model;
    const std::string type = read.textOr("type", "BPE"); // old files do not say
    if (type != "BPE") {
        read.notSupported("a tokenizer of type " + printable(type));
        return *read.error();
    }
    readVocab(read, model);
    if (!read.error())
        readMergeTexts(read, model);
    model.unknown = read.textOr("unk_token", "");
    model.joinsUnknown = read.truthOr("fuse_unk", false);
    model.bytesForUnknown = read.truthOr("byte_fallback", false);
    model.wholeWordsFirst = read.truthOr("ignore_merges", false);
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"})
        if (!read.textOr(key, "").empty())
            read.notSupported(std::string("a BPE with '") + key + "'");
    if (read.numberOr("dropout", 0, 1, 0) > 0)
        read.notSupported("a BPE with 'dropout'");
    if (read.error())
        return *read.error();
    return model;
}

Result<std::vector<WrittenToken>> readAdded(const json& tokenizer, const std::string& where) {
    JsonFields read(tokenizer, where);
    std::vector<WrittenToken> added;
    if (const json* list = read.listAt("added_tokens"))
        for (const json& object : *list) {
            if (!object.is_object()) {
                read.refuse("'added_tokens' holds something that is no object");
                break;
            }
            JsonFields fields(object, where);
            const std::int32_t id = fields.integer("id", 0, largestTokenId);
            if (fields.error())
                return *fields.error();
            auto token = readAddedToken(object, id, where);
            if (!token)
                return token.error();
            added.push_back(std::move(*token));
        }
    if (read.error())
        return *read.error();
    return added;
}

Result<Vocabulary> makeVocabulary(BpeModel& model, const std::vector<WrittenToken>& added,
                                  const std::string& where) {
    Vocabulary vocabulary;
    vocabulary.texts = model.tokens;
    for (const std::string& text : model.tokens)
        vocabulary.kinds.push_back(text.empty()                                 ? TokenKind::unused
                                   : model.bytesForUnknown && byteWritten(text) ? TokenKind::byte
                                                                                : TokenKind::normal);
    if (const Status status = addTokens(vocabulary, added, where); !status)
        return status.error();
    return vocabulary;
}

using Made = Result<std::unique_ptr<Tokenizer>>;

Made makeByteLevel(Vocabulary vocabulary, WrittenTokens written, const BpeModel& model,
                   const JsonSteps& steps, const std::string& where) {
    if (steps.marksSpaces)
        return unavailable(where +
                           ": a byte-level BPE that also marks spaces is not supported; use another model.");
    auto words = Pretokenizer::ofPatterns(steps.patterns, where);
    if (!words)
        return words.error();
    auto pairs = BytePairs::make(plainTexts(vocabulary), model.merges, where + ": the vocabulary's ",
                                 {.wholeWordsFirst = model.wholeWordsFirst, .dropUnwritable = true});
    if (!pairs)
        return pairs.error();
    return std::unique_ptr<Tokenizer>(
        std::make_unique<ByteLevelTokenizer>(ByteLevelParts{.vocabulary = std::move(vocabulary),
                                                            .written = std::move(written),
                                                            .composes = steps.composes,
                                                            .words = std::move(*words),
                                                            .pairs = std::move(*pairs),
                                                            .kind = "tokenizer.json, byte-level BPE"}));
}

Made makeCharacters(Vocabulary vocabulary, WrittenTokens written, const BpeModel& model,
                    const JsonSteps& steps, const std::string& where) {
    if (!steps.marksSpaces || steps.composes || !steps.patterns.empty() || model.wholeWordsFirst)
        return unavailable(where +
                           ": a BPE over characters is only supported as Llama 2 and Mistral have it, with "
                           "'▁' for spaces and nothing else; use another model.");
    CharacterParts parts;
    parts.spaces = steps.spaces;
    SymbolNumbers numbers(model.tokens);
    auto merges = readMerges(numbers, model.merges, where + ": the vocabulary's ");
    if (!merges)
        return merges.error();
    if (numbers.count() != static_cast<std::int32_t>(model.tokens.size()))
        return malformed(where +
                         ": a merge makes or takes a text that is no token; the file is damaged, fetch it "
                         "again.");
    parts.merges = std::move(*merges);
    const auto unknown = std::ranges::find(model.tokens, model.unknown);
    if (!model.unknown.empty() && unknown != model.tokens.end())
        parts.unknown = static_cast<std::int32_t>(unknown - model.tokens.begin());
    parts.joinsUnknown = model.joinsUnknown;
    parts.vocabulary = std::move(vocabulary);
    parts.written = std::move(written);
    parts.kind = "tokenizer.json, BPE over characters";
    return std::unique_ptr<Tokenizer>(std::make_unique<CharacterTokenizer>(std::move(parts)));
}

} // namespace

Made readJsonTokenizer(std::string_view text, const TokenRoles& roles, const std::string& where) {
    const auto tokenizer = files::parseJsonObject(text, where);
    if (!tokenizer)
        return tokenizer.error();
    JsonFields read(*tokenizer, where);
    const json* object = read.objectAt("model");
    if (!object)
        return malformed(where + ": there is no object 'model'; the file is damaged or of another kind.");
    auto model = readModel(*object, where);
    if (!model)
        return model.error();
    const auto steps = readJsonSteps(*tokenizer, where);
    if (!steps)
        return steps.error();
    auto added = readAdded(*tokenizer, where);
    if (!added)
        return added.error();
    auto vocabulary = makeVocabulary(*model, *added, where);
    if (!vocabulary)
        return vocabulary.error();
    if (steps->begin && *steps->begin >= vocabulary->size())
        return malformed(where + ": the post-processor puts the token " + std::to_string(*steps->begin) +
                         " before a text, but there are " + std::to_string(vocabulary->size()) +
                         " tokens; the file is damaged, fetch it again.");
    giveRoles(*vocabulary, roles, steps->begin.has_value(), steps->begin);
    WrittenTokens written(std::move(*added), Overlap::firstWins);
    return steps->bytes ? makeByteLevel(std::move(*vocabulary), std::move(written), *model, *steps, where)
                        : makeCharacters(std::move(*vocabulary), std::move(written), *model, *steps, where);
}

} // namespace kvprism::text
