// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/token_roles.h"
#include "engine/text/tokenizer.h"

namespace kvprism::text {

// A tokenizer.json of the tokenizers library with a BPE model: over bytes (Llama 3, Qwen, SmolLM) or over
// characters with bytes for those it does not know (Llama 2, Mistral). Ids are the library's. Fails with
// `unavailable` on other models, normalisers and pre-tokenizers, naming them.
Result<std::unique_ptr<Tokenizer>> readJsonTokenizer(std::string_view text, const TokenRoles& roles,
                                                     const std::string& where);

} // namespace kvprism::text
