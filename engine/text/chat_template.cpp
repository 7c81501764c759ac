// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/chat_template.h"

#include "engine/text/chat_template_table.h"

namespace kvprism::text {

namespace {

// A question that runs on from the document's last word is read as part of it: without this gap the embedded
// model answers 0 of 16 planted facts even when it sees everything, with it 16 of 16.
constexpr std::string_view documentQuestionGap = "\n\n";

Status append(const Tokenizer& tokenizer, std::string_view text, SpecialTokens special,
              std::vector<std::int32_t>& ids) {
    const auto encoding = tokenizer.encode(text, special);
    if (!encoding)
        return encoding.error();
    ids.insert(ids.end(), encoding->ids.begin(), encoding->ids.end());
    return {};
}

} // namespace

ChatTemplate recogniseChatTemplate(const files::ModelFile& file) {
    return knownChatTemplate(chatTemplateText(file));
}

std::string_view defaultInstruction() {
    return "Read the document and answer the question about it briefly.\n\n";
}

std::string_view defaultStandingPrompt() {
    return "Question: List the names, numbers, places, passwords, dates and other unusual facts in this "
           "text.";
}

namespace {

// Where the tokenizer writes a space before every text, the template's own beside the user's words would be a
// second one.
std::string_view opening(const Tokenizer& tokenizer, const ChatTemplate& chat) {
    std::string_view text = chat.userOpening;
    if (tokenizer.writesSpaceBefore() && text.ends_with(' '))
        text.remove_suffix(1);
    if (tokenizer.writesSpaceBefore() && text.starts_with(' '))
        text.remove_prefix(1);
    return text;
}
std::string_view closing(const Tokenizer& tokenizer, const ChatTemplate& chat) {
    std::string_view text = chat.userClosing;
    if (tokenizer.writesSpaceBefore() && text.starts_with(' '))
        text.remove_prefix(1);
    return text;
}

} // namespace

Result<std::vector<std::int32_t>> prefixIds(const Tokenizer& tokenizer, const ChatTemplate& chat,
                                            std::string_view instruction) {
    std::vector<std::int32_t> ids;
    if (const auto begin = tokenizer.beginOfSequence())
        ids.push_back(*begin);
    if (auto status = append(tokenizer, opening(tokenizer, chat), SpecialTokens::parsed, ids); !status)
        return status.error();
    if (auto status = append(tokenizer, instruction, SpecialTokens::asText, ids); !status)
        return status.error();
    return ids;
}

Result<std::vector<std::int32_t>> questionIds(const Tokenizer& tokenizer, const ChatTemplate& chat,
                                              std::string_view question, bool detached) {
    std::vector<std::int32_t> ids;
    if (detached)
        if (auto status = append(tokenizer, opening(tokenizer, chat), SpecialTokens::parsed, ids); !status)
            return status.error();
    const std::string words = std::string(detached ? "" : documentQuestionGap) + std::string(question);
    if (auto status = append(tokenizer, words, SpecialTokens::asText, ids); !status)
        return status.error();
    if (auto status = append(tokenizer, closing(tokenizer, chat), SpecialTokens::parsed, ids); !status)
        return status.error();
    return ids;
}

Result<std::vector<std::int32_t>> standingIds(const Tokenizer& tokenizer, const ChatTemplate& chat,
                                              std::string_view prompt, bool detached) {
    auto ids = questionIds(tokenizer, chat, prompt, detached);
    if (!ids)
        return ids.error();
    if (auto status = append(tokenizer, standingAnswer, SpecialTokens::asText, *ids); !status)
        return status.error();
    return ids;
}

} // namespace kvprism::text
