// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/token_roles.h"

#include "engine/base/printable.h"
#include "engine/files/json_fields.h"

#include <algorithm>
#include <charconv>

namespace kvprism::text {

namespace {

using files::JsonFields;
using nlohmann::json;

// A token of tokenizer_config.json: its text, or an object with it; empty where it is neither.
std::string contentOf(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end())
        return {};
    if (found->is_string())
        return found->get<std::string>();
    const auto content = found->is_object() ? found->find("content") : found->end();
    return found->is_object() && content != found->end() && content->is_string() ? content->get<std::string>()
                                                                                 : std::string();
}

std::optional<std::int32_t> idOf(const std::string& text) {
    std::int32_t id = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), id);
    const bool whole = failed == std::errc() && end == text.data() + text.size();
    return whole && id >= 0 && id <= largestTokenId ? std::optional(id) : std::nullopt;
}

Result<std::optional<json>> readObject(const files::SafetensorsFolder& folder, const char* name) {
    const auto text = folder.text(name);
    if (!text)
        return text.error();
    if (!*text)
        return std::optional<json>();
    auto object = files::parseJsonObject(**text, folder.path() + "/" + name);
    if (!object)
        return object.error();
    return std::optional(std::move(*object));
}

// One id or a list of ids.
void readEndIds(const json& object, std::vector<std::int32_t>& ids) {
    const auto found = object.find("eos_token_id");
    if (found == object.end())
        return;
    for (const json& id : found->is_array() ? *found : json::array({*found}))
        if (const auto known = tokenIdOf(id))
            ids.push_back(*known);
}

Status readTokenizerConfig(const json& config, const std::string& where, TokenRoles& roles) {
    JsonFields read(config, where);
    if (read.has("add_bos_token"))
        roles.addsBegin = read.truthOr("add_bos_token", false);
    roles.beginText = contentOf(config, "bos_token");
    if (std::string end = contentOf(config, "eos_token"); !end.empty())
        roles.endTexts.push_back(std::move(end));
    if (const json* added = read.objectAt("added_tokens_decoder"))
        for (const auto& [number, object] : added->items()) {
            const auto id = idOf(number);
            if (!id || !object.is_object()) {
                read.refuse("'added_tokens_decoder' has the entry " + printable(number) +
                            ", which is no token");
                break;
            }
            auto token = readAddedToken(object, *id, where);
            if (!token)
                return token.error();
            roles.added.push_back(std::move(*token));
        }
    return read.error() ? Status(*read.error()) : Status();
}

} // namespace

std::optional<std::int32_t> tokenIdOf(const json& value) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > largestTokenId)
        return std::nullopt;
    return value.get<std::int32_t>();
}

Result<WrittenToken> readAddedToken(const json& object, std::int32_t id, const std::string& where) {
    JsonFields read(object, where);
    WrittenToken token;
    token.id = id;
    token.text = read.textOr("content", "");
    token.special = read.truthOr("special", false);
    token.takesSpaceLeft = read.truthOr("lstrip", false);
    token.takesSpaceRight = read.truthOr("rstrip", false);
    if (token.text.empty())
        read.refuse("the added token " + std::to_string(id) + " has no text");
    if (read.truthOr("single_word", false))
        read.notSupported("an added token that must be a word of its own ('single_word')");
    if (read.error())
        return *read.error();
    return token;
}

Result<TokenRoles> readTokenRoles(const files::SafetensorsFolder& folder) {
    TokenRoles roles;
    for (const char* name : {"config.json", "generation_config.json"}) {
        const auto object = readObject(folder, name);
        if (!object)
            return object.error();
        if (*object)
            readEndIds(**object, roles.endIds);
    }
    const auto config = readObject(folder, "tokenizer_config.json");
    if (!config)
        return config.error();
    if (*config)
        if (const Status status =
                readTokenizerConfig(**config, folder.path() + "/tokenizer_config.json", roles);
            !status)
            return status.error();
    const auto added = readObject(folder, "added_tokens.json"); // older: text → id, all of them special
    if (!added)
        return added.error();
    if (*added)
        for (const auto& [text, value] : (*added)->items())
            if (const auto id = tokenIdOf(value);
                id && !text.empty() &&
                std::ranges::find(roles.added, *id, &WrittenToken::id) == roles.added.end())
                roles.added.push_back({.id = *id, .text = text, .special = true});
    return roles;
}

Status addTokens(Vocabulary& vocabulary, const std::vector<WrittenToken>& added, const std::string& where) {
    for (const WrittenToken& token : added) {
        if (token.id < 0 || token.id >= vocabulary.size() + mostHoles || token.id > largestTokenId)
            return malformed(where + ": the added token " + printable(token.text) + " has the id " +
                             std::to_string(token.id) + ", but the vocabulary has " +
                             std::to_string(vocabulary.size()) +
                             " tokens; the file is damaged, fetch it again.");
        const auto index = static_cast<std::size_t>(token.id);
        if (index >= vocabulary.texts.size()) {
            vocabulary.texts.resize(index + 1);
            vocabulary.kinds.resize(index + 1, TokenKind::unused);
        }
        vocabulary.texts[index] = token.text;
        vocabulary.kinds[index] = token.special ? TokenKind::control : TokenKind::userDefined;
    }
    return {};
}

void giveRoles(Vocabulary& vocabulary, const TokenRoles& roles, bool begins,
               std::optional<std::int32_t> begin) {
    const auto idOfText = [&](const std::string& text) -> std::optional<std::int32_t> {
        const auto found = std::ranges::find(vocabulary.texts, text);
        if (text.empty() || found == vocabulary.texts.end())
            return std::nullopt;
        return static_cast<std::int32_t>(found - vocabulary.texts.begin());
    };
    if (roles.addsBegin.value_or(begins)) {
        const auto said = idOfText(roles.beginText);
        vocabulary.beginOfSequence = said ? said : begin;
    }
    for (const std::string& text : roles.endTexts)
        if (const auto id = idOfText(text))
            vocabulary.endOfAnswer.push_back(*id);
    for (const std::int32_t id : roles.endIds)
        if (id < vocabulary.size())
            vocabulary.endOfAnswer.push_back(id);
    completeEnds(vocabulary);
}

} // namespace kvprism::text
