// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/safetensors.h"
#include "engine/text/tokenizer.h"

namespace kvprism::text {

// From tokenizer.json, or from tokenizer.model where that one is not there or of a kind that we do not read.
Result<std::unique_ptr<Tokenizer>> readFolderTokenizer(const files::SafetensorsFolder& folder);

} // namespace kvprism::text
