// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
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

    // Places where text and disk run apart (a dropped byte-order mark, a replaced byte): from text offset `text` on,
    // disk offset = offset − text + disk. Ascending; empty: they are the same.
    struct Shift {
        std::uint64_t text = 0;
        std::uint64_t disk = 0;
    };
    std::vector<Shift> shifts;
    std::uint64_t diskOffset(std::uint64_t textOffset) const;
};

inline constexpr std::uint64_t mostDocumentBytes = 64ULL << 20;

// txt and md (as source). A UTF-8 byte-order mark is dropped; each maximal invalid part of a UTF-8 sequence becomes one
// U+FFFD (as the WHATWG decoder does) with a notice. Refused with a sentence: missing, empty, a folder, binary (NUL
// bytes, or mostly invalid), more than mostDocumentBytes.
Result<Document> readDocument(const std::string& path);
Result<Document> documentFromBytes(std::string name, std::string_view bytes);

} // namespace kvprism::text
