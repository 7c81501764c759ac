// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace kvprism::text {

// A document as the model will read it: valid UTF-8, and where each byte of it came from.
struct Document {
    std::string name;        // file name, or "standard input"
    std::string path;        // empty for standard input
    std::string sha256;      // of the bytes on disk
    std::uint64_t bytes = 0; // on disk
    std::string text;
    std::vector<std::string> notices; // e.g. how many invalid bytes were replaced

    // Places where text and disk run apart (a dropped byte-order mark, a replaced byte, UTF-16): from text
    // offset `text` on, a character has `textUnit` bytes here and `diskUnit` bytes on disk. Ascending; empty:
    // they are the same.
    struct Shift {
        std::uint32_t text = 0;
        std::uint32_t disk = 0;
        std::uint8_t textUnit = 1;
        std::uint8_t diskUnit = 1;
    };
    std::vector<Shift> shifts;
    // Where a byte of `text` came from. Of a PDF, whose text has no place on disk: textOffset itself.
    std::uint64_t diskOffset(std::uint64_t textOffset) const;
};

inline constexpr std::uint64_t mostDocumentBytes = 64ULL << 20;

// txt and md (as source) in UTF-8 or, with a byte-order mark, UTF-16; PDF (its words in reading order). The mark is
// dropped. In a text that is UTF-8, each maximal invalid part of a sequence becomes one U+FFFD (as the WHATWG
// decoder does), with a notice. Refused with a sentence: missing, empty, a folder, another encoding, binary (NUL
// bytes, or mostly invalid), more than mostDocumentBytes; a PDF that is locked, damaged, or has no text. A stop is
// looked at behind every page of a PDF; a text takes no time. Then the error is `interrupted`.
Result<Document> readDocument(const std::string& path, const std::stop_token& stop = {});
Result<Document> documentFromBytes(std::string name, std::string_view bytes,
                                   const std::stop_token& stop = {});

} // namespace kvprism::text
