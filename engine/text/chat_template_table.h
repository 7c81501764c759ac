// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/chat_template.h"

namespace kvprism::text {

// The template that a model brings, in Jinja: tokenizer.chat_template of a GGUF file; chat_template.jinja,
// chat_template.json or tokenizer_config.json of a folder. Empty where it has none that can be read.
std::string chatTemplateText(const files::ModelFile& file);

// Which of the templates that we know it is, by words in it; "plain" where it is none of them.
ChatTemplate knownChatTemplate(std::string_view text);

} // namespace kvprism::text
