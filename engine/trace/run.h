// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::trace {

// One option as it ran: the long name of the command line without dashes ("block-size"), its value as text.
struct Setting {
    std::string name;
    std::string value;
    friend bool operator==(const Setting&, const Setting&) = default;
};

struct ModelIdentity {
    std::string name;
    std::string path;
    std::string sha256; // of the file, hexadecimal
    std::string architecture;
    std::string dtype;  // of weights and K/V: "f32" or "bf16"
    std::string device; // "cpu" or "cuda"
    std::int32_t layers = 0;
    std::int32_t queryHeads = 0;
    std::int32_t kvHeads = 0;
    std::int32_t headDim = 0;
    std::int32_t contextLength = 0; // tokens the model was trained for
    std::int32_t vocabularySize = 0;
    std::uint64_t weightBytes = 0;     // resident
    std::uint64_t kvBytesPerToken = 0; // 2 · layers · kv_heads · head_dim · sizeof(dtype)
    friend bool operator==(const ModelIdentity&, const ModelIdentity&) = default;
};

struct DocumentIdentity {
    std::string name; // file name without folder
    std::string path;
    std::string sha256;      // of the bytes as they were on disk, hexadecimal
    std::uint64_t bytes = 0; // on disk
    friend bool operator==(const DocumentIdentity&, const DocumentIdentity&) = default;
};

// The stream's tokens: prefix, then document. All columns have one entry a token, but pieceEnds.
struct TokenTable {
    std::vector<std::int32_t> ids;
    std::vector<std::int64_t> byteOffsets; // of the token's first byte in the document on disk; −1 for prefix tokens
    std::string pieces;                    // the bytes each token stands for, joined (UTF-8 as a whole, a token may hold a part of a character)
    std::vector<std::uint32_t> pieceEnds;  // end of token i's piece in `pieces`; it begins where i−1 ends

    std::size_t size() const { return ids.size(); }
    std::string_view piece(std::size_t token) const {
        const std::size_t begin = token == 0 ? 0 : pieceEnds[token - 1];
        return std::string_view(pieces).substr(begin, pieceEnds[token] - begin);
    }
    friend bool operator==(const TokenTable&, const TokenTable&) = default;
};

// What is known before the first step: configuration, identities, tokens. Immutable once published.
struct Run {
    std::string id;        // 32 hexadecimal digits, random
    std::string startedAt; // UTC, ISO 8601
    std::string program;   // "kvprism 0.1.0"
    std::vector<Setting> config; // every option as it ran, in the registry's order
    ModelIdentity model;
    DocumentIdentity document;
    std::string question;
    std::vector<std::int32_t> promptIds; // rows that scored: the question (or standing prompt) with the template's closing part
    std::vector<std::string> selectors;  // names; HeldTokens::selectors indexes them
    std::vector<std::string> notices;    // sentences for the user about this run
    TokenTable tokens;                   // N entries: prefix and document
    std::int32_t prefixTokens = 0;       // P
    std::int32_t anchors = 0;            // A
    std::int32_t window = 0;             // W
    std::int32_t budget = 0;             // B, in tokens
    std::int32_t blockSize = 0;          // S
    bool withoutText = false;            // ids, pieces, offsets, question, answers, names were left out
    friend bool operator==(const Run&, const Run&) = default;

    std::int32_t streamTokens() const { return static_cast<std::int32_t>(tokens.size()); } // N
};

} // namespace kvprism::trace
