// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/chat_template.h"

#include <array>

namespace kvprism::text {

namespace {

// A known template, and the words in the file's template text that tell it. The first row that fits is taken.
struct Row {
    std::array<std::string_view, 2> signature; // all of them must be there
    ChatTemplate chat;
};

constexpr std::array rows{
    Row{{"<|im_start|>", "You are a helpful AI assistant named SmolLM, trained by Hugging Face"},
        {"chatml",
         "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging "
         "Face<|im_end|>\n"
         "<|im_start|>user\n",
         "<|im_end|>\n<|im_start|>assistant\n"}},
    Row{{"<|im_start|>", "<|im_end|>"},
        {"chatml", "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"}},
};

// A question that runs on from the document's last word is read as part of it: without this gap the embedded
// model answers 0 of 16 planted facts even when it sees everything, with it 16 of 16.
constexpr std::string_view documentQuestionGap = "\n\n";

constexpr ChatTemplate plain{"plain", "", "\n", false};

Status append(const Tokenizer& tokenizer, std::string_view text, SpecialTokens special,
              std::vector<std::int32_t>& ids) {
    const auto encoding = tokenizer.encode(text, special);
    if (!encoding)
        return encoding.error();
    ids.insert(ids.end(), encoding->ids.begin(), encoding->ids.end());
    return {};
}

} // namespace

ChatTemplate recogniseChatTemplate(const files::GgufFile& file) {
    constexpr std::string_view key = "tokenizer.chat_template";
    if (!file.has(key))
        return plain;
    const auto text = file.text(key);
    if (!text)
        return plain;
    for (const Row& row : rows) {
        bool fits = true;
        for (const std::string_view words : row.signature)
            fits = fits && text->find(words) != std::string::npos;
        if (fits)
            return row.chat;
    }
    return plain;
}

std::string_view defaultInstruction() {
    return "Read the document and answer the question about it briefly.\n\n";
}

Result<std::vector<std::int32_t>> prefixIds(const Tokenizer& tokenizer, const ChatTemplate& chat,
                                            std::string_view instruction) {
    std::vector<std::int32_t> ids;
    if (const auto begin = tokenizer.beginOfSequence())
        ids.push_back(*begin);
    if (auto status = append(tokenizer, chat.userOpening, SpecialTokens::parsed, ids); !status)
        return status.error();
    if (auto status = append(tokenizer, instruction, SpecialTokens::asText, ids); !status)
        return status.error();
    return ids;
}

Result<std::vector<std::int32_t>> questionIds(const Tokenizer& tokenizer, const ChatTemplate& chat,
                                              std::string_view question, bool detached) {
    std::vector<std::int32_t> ids;
    if (detached)
        if (auto status = append(tokenizer, chat.userOpening, SpecialTokens::parsed, ids); !status)
            return status.error();
    const std::string words = std::string(detached ? "" : documentQuestionGap) + std::string(question);
    if (auto status = append(tokenizer, words, SpecialTokens::asText, ids); !status)
        return status.error();
    if (auto status = append(tokenizer, chat.userClosing, SpecialTokens::parsed, ids); !status)
        return status.error();
    return ids;
}

} // namespace kvprism::text
