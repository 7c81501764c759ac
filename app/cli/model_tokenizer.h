// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/text/tokenizer.h"

#include <memory>
#include <string>

namespace kvprism::cli {

// The tokenizer of the model that --model names (the embedded one where it is empty), without the engine.
Result<std::unique_ptr<text::Tokenizer>> tokenizerOfModel(const std::string& path);

} // namespace kvprism::cli
