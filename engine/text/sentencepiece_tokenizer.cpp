// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/sentencepiece_tokenizer.h"

#include "engine/base/printable.h"
#include "engine/text/sentencepiece_check.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <new>
#include <sentencepiece_processor.h>

namespace kvprism::text {

namespace {

constexpr std::string_view space = "\xE2\x96\x81"; // ▁, U+2581

// A longer text goes to the library in parts of about this size: it can be stopped between them only, and
// takes a hundred times their memory.
constexpr std::size_t partBytes = 1 << 16;

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Whether all that comes before a space and all that comes behind it become the same tokens apart as
// together.
bool cutsAtSpaces(const sentencepiece::SentencePieceProcessor& processor, const Vocabulary& vocabulary) {
    if (processor.IsUnknown(processor.PieceToId(std::string(space))))
        return false;
    return std::ranges::all_of(vocabulary.texts, [](std::string_view text) {
        while (text.starts_with(space))
            text.remove_prefix(space.size());
        return text.find(space) == std::string_view::npos;
    });
}

Result<std::unique_ptr<sentencepiece::SentencePieceProcessor>> load(std::string_view model,
                                                                    const std::string& where) {
    if (const Status safe = checkSentencePieceModel(model, where); !safe)
        return safe.error();
    const auto refused = [&](std::string_view why) {
        return malformed(where + ": SentencePiece does not take this vocabulary (" + printable(why, 200) +
                         "); the file is damaged or not supported.");
    };
    try {
        auto processor = std::make_unique<sentencepiece::SentencePieceProcessor>();
        const auto status = processor->LoadFromSerializedProto({model.data(), model.size()});
        if (!status.ok())
            return refused(status.error_message());
        return processor;
    } catch (const std::bad_alloc&) {
        return outOfMemory(where + ": the vocabulary does not fit in memory.");
    } catch (const std::exception& failure) { // of the tries that it makes of the pieces
        return refused(failure.what());
    }
}

} // namespace

Result<std::unique_ptr<Tokenizer>>
SentencePieceTokenizer::make(SentencePieceParts parts, std::string_view model, const std::string& where) {
    auto processor = load(model, where);
    if (!processor)
        return processor.error();
    return std::unique_ptr<Tokenizer>(new SentencePieceTokenizer(std::move(parts), std::move(*processor)));
}

SentencePieceTokenizer::SentencePieceTokenizer(SentencePieceParts parts, std::unique_ptr<Processor> processor)
    : m_parts(std::move(parts)), m_processor(std::move(processor)) {
    const std::vector<std::string> pieces = m_processor->EncodeAsPieces("a");
    m_writesSpace = !pieces.empty() && pieces[0].starts_with(space);
    m_isCutAtSpaces = m_writesSpace && cutsAtSpaces(*m_processor, m_parts.vocabulary);
}
SentencePieceTokenizer::~SentencePieceTokenizer() = default;

Status SentencePieceTokenizer::append(std::string_view plain, std::size_t base, Encoding& encoding) const {
    sentencepiece::ImmutableSentencePieceText pieces;
    const auto status = m_processor->Encode({plain.data(), plain.size()}, pieces.mutable_proto());
    if (!status.ok())
        return malformed("SentencePiece cannot encode a text with this vocabulary (" +
                         printable(status.error_message(), 200) +
                         "); the model's file is damaged or not supported.");
    // Of the bytes that write a character, only the last one is given its place, which is all of them. There
    // may be more of them than the character has in the text (a space that is written as "▁").
    const std::size_t first = encoding.begins.size();
    std::size_t bytes = 0; // before the one at hand
    const std::size_t count = pieces.pieces_size();
    for (std::size_t i = 0; i < count; ++i) {
        const auto piece = pieces.pieces(static_cast<int>(i));
        const auto id = static_cast<std::int32_t>(piece.id());
        const bool isByte = m_parts.vocabulary.kinds[static_cast<std::size_t>(id)] == TokenKind::byte;
        encoding.ids.push_back(id);
        encoding.begins.push_back(static_cast<std::uint32_t>(base + piece.begin() + (isByte ? bytes : 0)));
        bytes = isByte && piece.begin() == piece.end() ? bytes + 1 : 0;
    }
    auto next = static_cast<std::uint32_t>(base + plain.size());
    for (std::size_t i = encoding.begins.size(); i > first; --i)
        next = encoding.begins[i - 1] = std::min(encoding.begins[i - 1], next);
    return {};
}

// Where the part that begins at `begin` may end: at a single space between letters, which no normalisation
// joins with what stands beside it.
std::size_t SentencePieceTokenizer::partEnd(std::string_view plain, std::size_t begin) const {
    for (std::size_t at = begin + partBytes; m_isCutAtSpaces && at + 1 < plain.size(); ++at)
        if (plain[at] == ' ' && isLetter(plain[at - 1]) && isLetter(plain[at + 1]))
            return at;
    return plain.size();
}

Status SentencePieceTokenizer::appendInParts(std::string_view plain, std::size_t base, Pace& pace,
                                             Encoding& encoding) const {
    for (std::size_t begin = 0; begin < plain.size();) {
        if (!pace.at(base + begin))
            return encodingStopped();
        const std::size_t end = partEnd(plain, begin);
        // The space in front of a later part is the one that the library writes before a text.
        const std::size_t words = begin == 0 ? 0 : begin + 1, first = encoding.begins.size();
        if (const Status status = append(plain.substr(words, end - words), base + words, encoding); !status)
            return status;
        if (begin > 0 && first < encoding.begins.size())
            encoding.begins[first] = static_cast<std::uint32_t>(base + begin);
        begin = end;
    }
    return {};
}

Result<Encoding> SentencePieceTokenizer::encode(std::string_view utf8, SpecialTokens special,
                                                const Watch& watch) const {
    if (auto error = refuseText(utf8))
        return *std::move(error);
    Encoding encoding;
    Pace pace(watch);
    const auto stretches = m_parts.written.cut(utf8, special, pace);
    if (!pace.look())
        return encodingStopped();
    for (const auto& stretch : stretches) {
        if (stretch.token >= 0) {
            encoding.ids.push_back(stretch.token);
            encoding.begins.push_back(static_cast<std::uint32_t>(stretch.begin));
        } else if (const Status status =
                       appendInParts(utf8.substr(stretch.begin, stretch.end - stretch.begin), stretch.begin,
                                     pace, encoding);
                   !status) {
            return status.error();
        }
    }
    return encoding;
}

std::string SentencePieceTokenizer::piece(std::int32_t id) const {
    return bytesOfPiece(m_parts.vocabulary, id);
}

bool SentencePieceTokenizer::isSpecial(std::int32_t id) const {
    return id >= 0 && id < size() && m_parts.vocabulary.isSpecial(id);
}

Result<Vocabulary> vocabularyOfModel(std::string_view model, const std::string& where) {
    const auto processor = load(model, where);
    if (!processor)
        return processor.error();
    const sentencepiece::SentencePieceProcessor& loaded = **processor;
    Vocabulary vocabulary;
    for (int id = 0; id < loaded.GetPieceSize(); ++id) {
        vocabulary.texts.push_back(loaded.IdToPiece(id));
        vocabulary.kinds.push_back(loaded.IsUnknown(id)   ? TokenKind::unknown
                                   : loaded.IsControl(id) ? TokenKind::control
                                   : loaded.IsByte(id)    ? TokenKind::byte
                                   : loaded.IsUnused(id)  ? TokenKind::unused
                                                          : TokenKind::normal);
    }
    return vocabulary;
}

std::optional<char> byteWritten(std::string_view piece) {
    unsigned byte = 0;
    if (piece.size() != 6 || !piece.starts_with("<0x") || !piece.ends_with('>'))
        return std::nullopt;
    const auto [end, failed] = std::from_chars(piece.data() + 3, piece.data() + 5, byte, 16);
    return failed == std::errc() && end == piece.data() + 5 ? std::optional(static_cast<char>(byte))
                                                            : std::nullopt;
}

std::string bytesOfPiece(const Vocabulary& vocabulary, std::int32_t id) {
    if (id < 0 || id >= vocabulary.size())
        return {};
    const auto index = static_cast<std::size_t>(id);
    const std::string& text = vocabulary.texts[index];
    if (vocabulary.isSpecial(id))
        return text;
    if (vocabulary.kinds[index] == TokenKind::byte)
        if (const auto byte = byteWritten(text))
            return std::string(1, *byte);
    std::string bytes;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t found = std::min(text.find(space, at), text.size());
        bytes += text.substr(at, found - at);
        if (found < text.size())
            bytes += ' ';
        at = found + (found < text.size() ? space.size() : 0);
    }
    return bytes;
}

} // namespace kvprism::text
