// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace kvprism::text {

// Whether a serialised SentencePiece model may be given to the library, which follows the tries in its rules
// of normalisation (precompiled_charsmap) without looking where they lead: each has to stay within its bytes.
// `where` is for the sentence.
Status checkSentencePieceModel(std::string_view model, const std::string& where);

} // namespace kvprism::text
