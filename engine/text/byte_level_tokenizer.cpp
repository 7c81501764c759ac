// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/byte_level_tokenizer.h"

#include "engine/text/byte_alphabet.h"
#include "engine/text/normal_form.h"

#include <algorithm>
#include <span>
#include <unordered_map>

namespace kvprism::text {

namespace {

// Encodes words, each one once: a text repeats its words.
class WordEncoder {
  public:
    WordEncoder(const BytePairs& pairs, Pace& pace, Encoding& encoding)
        : m_pairs(pairs), m_pace(pace), m_encoding(encoding) {}

    // What comes next is `text`, which stands at `base` of the whole, or comes from `form` there.
    void begin(std::string_view text, std::size_t base, const NormalForm* form) {
        if (form || m_form)
            forget(); // words lie in a text of their own, which goes
        m_text = text;
        m_base = base;
        m_form = form;
    }

    // False where it is time to give up.
    bool add(std::size_t begin, std::size_t end) {
        while (end - begin > longestWord) {
            std::size_t cut = begin + longestWord;
            while ((static_cast<unsigned char>(m_text[cut]) & 0xC0) == 0x80)
                --cut; // not within a character
            if (!addWhole(begin, cut))
                return false;
            begin = cut;
        }
        return addWhole(begin, end);
    }

  private:
    static constexpr std::size_t longestKnown = 64; // bytes of a word that is worth remembering
    static constexpr std::size_t mostKnown = 1 << 18;

    struct Known {
        std::size_t first = 0, count = 0; // in m_knownPieces
    };

    bool addWhole(std::size_t begin, std::size_t end) {
        if (!m_pace.at(place(begin)))
            return false;
        const std::string_view word = m_text.substr(begin, end - begin);
        if (word.size() > longestKnown) {
            m_pieces.clear();
            if (!m_pairs.encode(word, m_scratch, m_pace, m_pieces))
                return false;
            append(begin, m_pieces);
            return true;
        }
        auto known = m_known.find(word);
        if (known == m_known.end()) {
            if (m_known.size() == mostKnown)
                forget();
            const std::size_t first = m_knownPieces.size();
            if (!m_pairs.encode(word, m_scratch, m_pace, m_knownPieces))
                return false;
            known = m_known.emplace(word, Known{first, m_knownPieces.size() - first}).first;
        }
        append(begin, std::span(m_knownPieces).subspan(known->second.first, known->second.count));
        return true;
    }

    std::size_t place(std::size_t at) const { return m_base + (m_form ? m_form->originalOf(at) : at); }

    void append(std::size_t begin, std::span<const Piece> pieces) {
        for (const Piece& piece : pieces) {
            m_encoding.ids.push_back(piece.id);
            m_encoding.begins.push_back(static_cast<std::uint32_t>(place(begin + piece.begin)));
        }
    }
    void forget() {
        m_known.clear();
        m_knownPieces.clear();
    }

    const BytePairs& m_pairs;
    Pace& m_pace;
    std::string_view m_text;
    std::size_t m_base = 0;
    const NormalForm* m_form = nullptr;
    Encoding& m_encoding;
    MergeScratch m_scratch;
    std::vector<Piece> m_pieces;
    std::vector<Piece> m_knownPieces;
    std::unordered_map<std::string_view, Known> m_known; // keys lie in the text
};

} // namespace

Result<Encoding> ByteLevelTokenizer::encode(std::string_view utf8, SpecialTokens special,
                                            const Watch& watch) const {
    if (auto error = refuseText(utf8))
        return *std::move(error);
    Encoding encoding;
    encoding.ids.reserve(utf8.size() / 4);
    encoding.begins.reserve(utf8.size() / 4);
    Pace pace(watch);
    WordEncoder encoder(m_parts.pairs, pace, encoding);
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
        const std::string_view plain = utf8.substr(stretch.begin, stretch.end - stretch.begin);
        auto form = m_parts.composes ? NormalForm::ofText(plain, pace) : Result<NormalForm>(NormalForm());
        if (!form)
            return form.error();
        const bool changed = m_parts.composes && form->isChanged();
        const std::string_view words = changed ? form->text() : plain;
        encoder.begin(words, stretch.begin, changed ? &*form : nullptr);
        const auto status = m_parts.words.split(
            words, [&](std::size_t begin, std::size_t end) { return encoder.add(begin, end); });
        if (!status)
            return status.error();
        if (changed)
            encoder.begin({}, 0, nullptr);
    }
    return encoding;
}

std::string ByteLevelTokenizer::piece(std::int32_t id) const {
    const Vocabulary& vocabulary = m_parts.vocabulary;
    if (id < 0 || id >= vocabulary.size())
        return {};
    const auto index = static_cast<std::size_t>(id);
    const std::string& text = vocabulary.texts[index];
    const bool asWritten = vocabulary.isSpecial(id) || vocabulary.kinds[index] == TokenKind::userDefined;
    return asWritten ? text : bytesOfLetters(text);
}

bool ByteLevelTokenizer::isSpecial(std::int32_t id) const {
    return id >= 0 && id < size() && m_parts.vocabulary.isSpecial(id);
}

std::optional<std::int32_t> ByteLevelTokenizer::find(std::string_view specialToken) const {
    return m_parts.written.find(specialToken);
}

} // namespace kvprism::text
