// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/files/model_file.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::text {

// A chat template that we know, reduced to what one turn needs. Texts hold special tokens written out; they
// are parsed as such, while instruction, document and question never are.
struct ChatTemplate {
    std::string_view name; // "chatml", … or "plain" where the file's template is unknown
    std::string_view
        userOpening; // before the user's words, with the default system turn if the template has one
    std::string_view userClosing; // after them, up to where the model's answer begins
    bool known = true;
};

// Recognised by signature from the file's own template text; "plain" where there is none or it is unknown.
ChatTemplate recogniseChatTemplate(const files::ModelFile& file);

// The default instruction; `info` prints it.
std::string_view defaultInstruction();

// What standing rows ask while the document is read (LASER-KV page, section 3): the prompt, then the
// beginning of an answer, so that the model is about to name what matters.
std::string_view defaultStandingPrompt();
inline constexpr std::string_view standingAnswer = "The facts in this text are:";

// Ids of the parts of one conversation turn. Each part is tokenised apart and the ids are joined.
//   inline:   prefix = opening + instruction;  prompt = blank line + question + closing
//   detached: prefix = nothing;                prompt = opening + question + closing
Result<std::vector<std::int32_t>> prefixIds(const Tokenizer& tokenizer, const ChatTemplate& chat,
                                            std::string_view instruction);
Result<std::vector<std::int32_t>> questionIds(const Tokenizer& tokenizer, const ChatTemplate& chat,
                                              std::string_view question, bool detached);
// A standing prompt with the template's closing and `standingAnswer`.
Result<std::vector<std::int32_t>> standingIds(const Tokenizer& tokenizer, const ChatTemplate& chat,
                                              std::string_view prompt, bool detached);

} // namespace kvprism::text
