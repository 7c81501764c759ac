// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

// The library kvprism_pdf: the words of a PDF, by poppler. It is loaded (dlopen) with the first PDF, so that
// nobody else waits for poppler and what it needs. It writes nothing to standard error.
namespace kvprism::text {

enum class PdfOutcome : int { read = 0, locked = 1, broken = 2, stopped = 3, noMemory = 4 };

// Called for each page in order, with its words in UTF-8; nullptr for a page that cannot be read. False
// stops.
using PdfPage = bool (*)(void* context, const char* utf8, std::size_t length);

} // namespace kvprism::text

// One call at a time.
extern "C" __attribute__((visibility("default"))) kvprism::text::PdfOutcome
kvprism_read_pdf(const char* bytes, std::size_t size, kvprism::text::PdfPage page, void* context);
