// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/tokenizer.h"

namespace kvprism::fuzz {

// Encodes a few texts with a tokenizer that anybody may have made, and asks it all that can be asked.
void useTokenizer(const text::Tokenizer& tokenizer);

} // namespace kvprism::fuzz
