// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/character_tokenizer.h"

#include "engine/text/sentencepiece_tokenizer.h"
#include "engine/text/utf8.h"

#include <algorithm>

namespace kvprism::text {

namespace {

constexpr std::string_view spaceMark = "\xE2\x96\x81"; // ▁

} // namespace

CharacterTokenizer::CharacterTokenizer(CharacterParts parts) : m_parts(std::move(parts)) {
    const Vocabulary& vocabulary = m_parts.vocabulary;
    m_bytes.fill(-1);
    for (std::int32_t id = 0; id < vocabulary.size(); ++id) {
        const std::string& text = vocabulary.texts[static_cast<std::size_t>(id)];
        if (vocabulary.isSpecial(id) || text.empty())
            continue;
        m_ids.emplace(text, id);
        if (vocabulary.kinds[static_cast<std::size_t>(id)] == TokenKind::byte)
            m_bytes[static_cast<unsigned char>(bytesOfPiece(vocabulary, id)[0])] = id;
    }
}

void CharacterTokenizer::appendCharacter(std::string_view character, std::uint32_t at,
                                         MergeScratch& scratch) const {
    if (const auto found = m_ids.find(character); found != m_ids.end()) {
        scratch.append(found->second, at);
        return;
    }
    const auto idOf = [&](char byte) { return m_bytes[static_cast<unsigned char>(byte)]; };
    if (std::ranges::all_of(character, [&](char byte) { return idOf(byte) >= 0; })) {
        for (std::uint32_t i = 0; i < character.size(); ++i)
            scratch.append(idOf(character[i]), at + i);
        return;
    }
    if (!m_parts.unknown)
        return;
    const bool again = !scratch.symbols.empty() && scratch.symbols.back().symbol == *m_parts.unknown;
    if (!again || !m_parts.joinsUnknown)
        scratch.append(*m_parts.unknown, at);
}

// `marked`: a "▁" that the text does not have comes first. False where it is time to give up.
bool CharacterTokenizer::encodeWord(std::string_view text, std::size_t base, bool marked,
                                    MergeScratch& scratch, Pace& pace, Encoding& encoding) const {
    scratch.clear();
    if (marked)
        appendCharacter(spaceMark, 0, scratch);
    for (std::size_t at = 0; at < text.size();) {
        if (!pace.at(base + at))
            return false;
        const std::string_view character = text.substr(at, firstUtf8Part(text.substr(at)).length);
        appendCharacter(character == " " ? spaceMark : character, static_cast<std::uint32_t>(at), scratch);
        at += character.size();
    }
    if (!mergePairs(m_parts.merges, scratch, pace))
        return false;
    for (const auto& [symbol, previous, next, begin] : scratch.symbols)
        if (symbol >= 0) {
            encoding.ids.push_back(symbol);
            encoding.begins.push_back(static_cast<std::uint32_t>(base + begin));
        }
    return true;
}

Result<Encoding> CharacterTokenizer::encode(std::string_view utf8, SpecialTokens special,
                                            const Watch& watch) const {
    if (auto error = refuseText(utf8))
        return *std::move(error);
    Encoding encoding;
    MergeScratch scratch;
    const SpaceRules& rules = m_parts.spaces;
    Pace pace(watch);
    const auto stretches = m_parts.written.cut(utf8, special, pace);
    if (!pace.look())
        return encodingStopped();
    for (const auto& stretch : stretches) {
        if (!pace.at(stretch.begin))
            return encodingStopped();
        if (stretch.token >= 0) {
            encoding.ids.push_back(stretch.token);
            encoding.begins.push_back(static_cast<std::uint32_t>(stretch.begin));
            continue;
        }
        bool marked = rules.before == SpaceRules::Before::everyText ||
                      (rules.before == SpaceRules::Before::firstText && stretch.begin == 0);
        const std::string_view text = utf8.substr(stretch.begin, stretch.end - stretch.begin);
        if (rules.unlessSpace && (text.starts_with(' ') || text.starts_with(spaceMark)))
            marked = false;
        for (std::size_t begin = 0; begin < text.size();) {
            std::size_t end = text.size();
            if (rules.cutsWords)
                end = std::min({end, text.find(' ', begin + 1), text.find(spaceMark, begin + 1)});
            if (end - begin > longestWord) { // not within a character
                end = begin + longestWord;
                while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
                    --end;
            }
            if (!encodeWord(text.substr(begin, end - begin), stretch.begin + begin, marked && begin == 0,
                            scratch, pace, encoding))
                return encodingStopped();
            begin = end;
        }
    }
    return encoding;
}

std::string CharacterTokenizer::piece(std::int32_t id) const {
    return bytesOfPiece(m_parts.vocabulary, id);
}

bool CharacterTokenizer::isSpecial(std::int32_t id) const {
    return id >= 0 && id < size() && m_parts.vocabulary.isSpecial(id);
}

} // namespace kvprism::text
