// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/vocabulary.h"

#include <string>
#include <vector>

namespace kvprism::text {

// What a vocabulary lacks to be a SentencePiece model.
struct SentencePieceSource {
    std::vector<float> scores; // one a token; the pair that makes the highest one merges first
    bool addsSpaceBefore = true;
    bool dropsExtraSpaces = false;
};

// The vocabulary as the bytes of a SentencePiece model of type BPE: a message ModelProto of SentencePiece's
// sentencepiece_model.proto in protobuf's wire format. Bytes are used for what no piece has, where it has all
// 256.
std::string sentencePieceModel(const Vocabulary& vocabulary, const SentencePieceSource& source);

} // namespace kvprism::text
