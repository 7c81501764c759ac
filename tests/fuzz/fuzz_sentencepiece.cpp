// SPDX-License-Identifier: GPL-3.0-or-later
// A tokenizer.model, and what SentencePiece makes of it.
#include "engine/text/sentencepiece_tokenizer.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/use_tokenizer.h"

using namespace kvprism;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view model = fuzz::textOf(data, size);
    auto vocabulary = text::vocabularyOfModel(model, "input");
    if (!vocabulary) {
        fuzz::requireSentence(vocabulary.error());
        return 0;
    }
    text::SentencePieceParts parts;
    parts.vocabulary = std::move(*vocabulary);
    const auto tokenizer = text::SentencePieceTokenizer::make(std::move(parts), model, "input");
    fuzz::require(tokenizer.ok(), "a model that was read once cannot be read twice");
    fuzz::useTokenizer(**tokenizer);
    fuzz::noteRead();
    return 0;
}
