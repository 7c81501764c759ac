// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/document.h"

namespace kvprism::text {

// Fills in text, shifts and notices from the bytes of a text file: UTF-8 with or without a byte-order mark,
// or UTF-16 with one. The error (malformed) begins with the document's name and says what the bytes are and
// how to convert them.
Status decodeText(std::string_view bytes, Document& document);

} // namespace kvprism::text
