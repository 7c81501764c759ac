// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/document.h"

namespace kvprism::text {

bool isPdf(std::string_view bytes);

// Fills in text and notices from the bytes of a PDF: its pages' words in reading order, a blank line between
// pages. Offsets count in this text, as a PDF has no bytes of its own for them. The error begins with the
// document's name: malformed (locked by a password, damaged, no text in it, too long), unavailable where the
// library that reads PDFs is missing, or interrupted.
Status readPdf(std::string_view bytes, Document& document, const std::stop_token& stop);

} // namespace kvprism::text
