// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/gguf_tokenizer.h"

#include "engine/base/printable.h"
#include "engine/text/byte_level_tokenizer.h"
#include "engine/text/sentencepiece_model.h"
#include "engine/text/sentencepiece_tokenizer.h"

namespace kvprism::text {

namespace {

using Made = Result<std::unique_ptr<Tokenizer>>;

Result<bool> truth(const files::GgufFile& file, const char* key, bool absent) {
    if (!file.has(key))
        return absent;
    const auto value = file.integer(key);
    if (!value)
        return value.error();
    return *value != 0;
}

Made readByteLevel(const files::GgufFile& file) {
    const auto kind =
        file.has("tokenizer.ggml.pre") ? file.text("tokenizer.ggml.pre") : Result<std::string>("default");
    if (!kind)
        return kind.error();
    auto words = Pretokenizer::make(*kind, file.path());
    if (!words)
        return words.error();
    const bool isLlama3 = *kind == "llama-bpe" || *kind == "llama3" || *kind == "llama-v3";
    auto vocabulary = readVocabulary(file, isLlama3);
    if (!vocabulary)
        return vocabulary.error();
    const auto merges = file.texts("tokenizer.ggml.merges");
    if (!merges)
        return merges.error();
    auto pairs = BytePairs::make(plainTexts(*vocabulary), *merges, file.path() + ": tokenizer.ggml.",
                                 {.wholeWordsFirst = isLlama3});
    if (!pairs)
        return pairs.error();
    WrittenTokens written = writtenTokens(*vocabulary, Overlap::longestWins);
    return std::unique_ptr<Tokenizer>(
        std::make_unique<ByteLevelTokenizer>(ByteLevelParts{.vocabulary = std::move(*vocabulary),
                                                            .written = std::move(written),
                                                            .words = std::move(*words),
                                                            .pairs = std::move(*pairs),
                                                            .kind = "gpt2/" + *kind}));
}

Made readSentencePieces(const files::GgufFile& file) {
    if (file.has("tokenizer.ggml.precompiled_charsmap"))
        return unavailable(file.path() +
                           ": a SentencePiece vocabulary with rules of normalisation "
                           "(tokenizer.ggml.precompiled_charsmap) is not supported; use another model.");
    auto vocabulary = readVocabulary(file, true);
    if (!vocabulary)
        return vocabulary.error();
    SentencePieceSource source;
    const auto scores = file.numbers("tokenizer.ggml.scores");
    if (!scores)
        return scores.error();
    if (scores->size() != vocabulary->texts.size())
        return malformed(file.path() + ": tokenizer.ggml.scores has " + std::to_string(scores->size()) +
                         " entries for " + std::to_string(vocabulary->texts.size()) +
                         " tokens; the file is damaged, fetch it again.");
    source.scores = *scores;
    const auto prefix = truth(file, "tokenizer.ggml.add_space_prefix", true);
    if (!prefix)
        return prefix.error();
    source.addsSpaceBefore = *prefix;
    const auto spaces = truth(file, "tokenizer.ggml.remove_extra_whitespaces", false);
    if (!spaces)
        return spaces.error();
    source.dropsExtraSpaces = *spaces;
    const std::string model = sentencePieceModel(*vocabulary, source);
    WrittenTokens written = writtenTokens(*vocabulary, Overlap::longestWins);
    return SentencePieceTokenizer::make(
        {.vocabulary = std::move(*vocabulary), .written = std::move(written), .kind = "llama"}, model,
        file.path());
}

} // namespace

Made readGgufTokenizer(const files::GgufFile& file) {
    const auto model = file.text("tokenizer.ggml.model");
    if (!model)
        return model.error();
    if (*model == "gpt2")
        return readByteLevel(file);
    if (*model == "llama")
        return readSentencePieces(file);
    return unavailable(
        file.path() + ": the tokenizer " + printable(*model) +
        " is not supported; use a model with byte-level BPE ('gpt2') or SentencePiece ('llama').");
}

} // namespace kvprism::text
