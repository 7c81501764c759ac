// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/folder_tokenizer.h"

#include "engine/text/json_tokenizer.h"
#include "engine/text/sentencepiece_tokenizer.h"
#include "engine/text/token_roles.h"

namespace kvprism::text {

namespace {

Result<std::unique_ptr<Tokenizer>> readSentencePieces(const std::string& model, const TokenRoles& roles,
                                                      const std::string& where) {
    auto vocabulary = vocabularyOfModel(model, where);
    if (!vocabulary)
        return vocabulary.error();
    const Vocabulary ofModel = *vocabulary;
    // The library finds its own user-defined pieces; those added behind it, and control tokens, are ours.
    if (const Status added = addTokens(*vocabulary, roles.added, where); !added)
        return added.error();
    std::vector<WrittenToken> written = roles.added;
    for (std::int32_t id = 0; id < ofModel.size(); ++id) {
        const std::string& text = ofModel.texts[static_cast<std::size_t>(id)];
        const bool known = std::ranges::find(roles.added, id, &WrittenToken::id) != roles.added.end();
        if (ofModel.isSpecial(id) && !known && !text.empty())
            written.push_back({.id = id, .text = text, .special = true});
    }
    const auto begin = std::ranges::find(vocabulary->texts, "<s>");
    const auto beginId = begin == vocabulary->texts.end()
                             ? std::optional<std::int32_t>()
                             : static_cast<std::int32_t>(begin - vocabulary->texts.begin());
    giveRoles(*vocabulary, roles, true, beginId); // as LlamaTokenizer has it
    return SentencePieceTokenizer::make({.vocabulary = std::move(*vocabulary),
                                         .written = WrittenTokens(std::move(written), Overlap::firstWins),
                                         .kind = "tokenizer.model"},
                                        model, where);
}

} // namespace

Result<std::unique_ptr<Tokenizer>> readFolderTokenizer(const files::SafetensorsFolder& folder) {
    const auto roles = readTokenRoles(folder);
    if (!roles)
        return roles.error();
    const auto json = folder.text("tokenizer.json");
    if (!json)
        return json.error();
    const auto model = folder.text("tokenizer.model");
    if (!model)
        return model.error();
    if (*json) {
        auto tokenizer = readJsonTokenizer(**json, *roles, folder.path() + "/tokenizer.json");
        const bool another = !tokenizer && tokenizer.error().code == ErrorCode::unavailable && *model;
        if (!another)
            return tokenizer;
    }
    if (*model)
        return readSentencePieces(**model, *roles, folder.path() + "/tokenizer.model");
    return noInput(folder.path() + " has neither a tokenizer.json nor a tokenizer.model; fetch the model's "
                                   "tokenizer, too.");
}

} // namespace kvprism::text
