// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/gguf.h"
#include "engine/text/tokenizer.h"

namespace kvprism::text {

// From tokenizer.ggml.*: "gpt2" is byte-level BPE, "llama" a SentencePiece vocabulary. Ids are llama.cpp's.
Result<std::unique_ptr<Tokenizer>> readGgufTokenizer(const files::GgufFile& file);

} // namespace kvprism::text
