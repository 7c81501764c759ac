// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/engine.h"
#include "engine/text/tokenizer.h"

#include <memory>
#include <string>

namespace kvprism::cli {

// Where the model lies that --model names (the embedded one where it is empty), or what stands for that of
// --random.
Result<std::string> placeOfModel(const ModelRequest& request);

// Its tokenizer, without the engine.
Result<std::unique_ptr<text::Tokenizer>> tokenizerOfModel(const ModelRequest& request);

} // namespace kvprism::cli
