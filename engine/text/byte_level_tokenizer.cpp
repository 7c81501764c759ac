// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/byte_level_tokenizer.h"

#include "engine/base/printable.h"
#include "engine/text/byte_alphabet.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <limits>

namespace kvprism::text {

namespace {

// Merging takes some 20 bytes of memory for each byte of a word. A longer word (only a text without any space
// or change of script has one) is cut, so that a hostile document cannot take gigabytes; ids may differ there
// from llama.cpp's.
constexpr std::size_t longestWord = 8 << 20;

// Encodes words, each one once: a text repeats its words.
class WordEncoder {
  public:
    WordEncoder(const BytePairs& pairs, std::string_view text, Encoding& encoding)
        : m_pairs(pairs), m_text(text), m_encoding(encoding) {}

    void add(std::size_t begin, std::size_t end) {
        while (end - begin > longestWord) {
            std::size_t cut = begin + longestWord;
            while ((static_cast<unsigned char>(m_text[cut]) & 0xC0) == 0x80)
                --cut; // not within a character
            addWhole(begin, cut);
            begin = cut;
        }
        addWhole(begin, end);
    }

  private:
    static constexpr std::size_t longestKnown = 64; // bytes of a word that is worth remembering
    static constexpr std::size_t mostKnown = 1 << 18;

    struct Known {
        std::size_t first = 0, count = 0; // in m_knownPieces
    };

    void addWhole(std::size_t begin, std::size_t end) {
        const std::string_view word = m_text.substr(begin, end - begin);
        if (word.size() > longestKnown) {
            m_pieces.clear();
            m_pairs.encode(word, m_scratch, m_pieces);
            append(begin, m_pieces);
            return;
        }
        auto known = m_known.find(word);
        if (known == m_known.end()) {
            if (m_known.size() == mostKnown) {
                m_known.clear();
                m_knownPieces.clear();
            }
            const std::size_t first = m_knownPieces.size();
            m_pairs.encode(word, m_scratch, m_knownPieces);
            known = m_known.emplace(word, Known{first, m_knownPieces.size() - first}).first;
        }
        append(begin, std::span(m_knownPieces).subspan(known->second.first, known->second.count));
    }

    void append(std::size_t begin, std::span<const BytePairs::Piece> pieces) {
        for (const BytePairs::Piece& piece : pieces) {
            m_encoding.ids.push_back(piece.id);
            m_encoding.begins.push_back(static_cast<std::uint32_t>(begin) + piece.begin);
        }
    }

    const BytePairs& m_pairs;
    std::string_view m_text;
    Encoding& m_encoding;
    BytePairs::Scratch m_scratch;
    std::vector<BytePairs::Piece> m_pieces;
    std::vector<BytePairs::Piece> m_knownPieces;
    std::unordered_map<std::string_view, Known> m_known; // keys lie in the text
};

} // namespace

ByteLevelTokenizer::ByteLevelTokenizer(Vocabulary vocabulary, Pretokenizer words, BytePairs pairs)
    : m_vocabulary(std::move(vocabulary)), m_words(std::move(words)), m_pairs(std::move(pairs)) {}

std::vector<ByteLevelTokenizer::Stretch> ByteLevelTokenizer::findWritten(std::string_view utf8,
                                                                         SpecialTokens special) const {
    std::vector<Stretch> stretches{{0, utf8.size(), -1}};
    for (const std::int32_t id : m_vocabulary.written) {
        if (special == SpecialTokens::asText && m_vocabulary.isSpecial(id))
            continue;
        const std::string_view written = m_vocabulary.texts[static_cast<std::size_t>(id)];
        if (utf8.find(written) == std::string_view::npos)
            continue;
        std::vector<Stretch> finer;
        for (const Stretch& stretch : stretches) {
            std::size_t at = stretch.begin;
            while (stretch.token < 0 && at < stretch.end) {
                const std::size_t found = utf8.substr(at, stretch.end - at).find(written);
                if (found == std::string_view::npos)
                    break;
                if (found > 0)
                    finer.push_back({at, at + found, -1});
                finer.push_back({at + found, at + found + written.size(), id});
                at += found + written.size();
            }
            if (at < stretch.end)
                finer.push_back({at, stretch.end, stretch.token});
        }
        stretches = std::move(finer);
    }
    return stretches;
}

Result<Encoding> ByteLevelTokenizer::encode(std::string_view utf8, SpecialTokens special) const {
    if (utf8.size() > std::numeric_limits<std::uint32_t>::max())
        return usageError("A text of more than 4 GiB cannot be turned into tokens; split it.");
    if (const std::size_t valid = validUtf8Prefix(utf8); valid < utf8.size())
        return malformed("The text is not valid UTF-8 at byte " + std::to_string(valid) +
                         "; convert it first.");
    Encoding encoding;
    encoding.ids.reserve(utf8.size() / 4);
    encoding.begins.reserve(utf8.size() / 4);
    WordEncoder encoder(m_pairs, utf8, encoding);
    for (const Stretch& stretch : findWritten(utf8, special)) {
        if (stretch.token >= 0) {
            encoding.ids.push_back(stretch.token);
            encoding.begins.push_back(static_cast<std::uint32_t>(stretch.begin));
            continue;
        }
        const auto status = m_words.split(utf8.substr(stretch.begin, stretch.end - stretch.begin),
                                          [&](std::size_t begin, std::size_t end) {
                                              encoder.add(stretch.begin + begin, stretch.begin + end);
                                          });
        if (!status)
            return status.error();
    }
    return encoding;
}

std::string ByteLevelTokenizer::piece(std::int32_t id) const {
    if (id < 0 || id >= m_vocabulary.size())
        return {};
    const auto index = static_cast<std::size_t>(id);
    const std::string& text = m_vocabulary.texts[index];
    const bool asWritten = m_vocabulary.isSpecial(id) || m_vocabulary.kinds[index] == TokenKind::userDefined;
    return asWritten ? text : bytesOfLetters(text);
}

bool ByteLevelTokenizer::isSpecial(std::int32_t id) const {
    return id >= 0 && id < m_vocabulary.size() && m_vocabulary.isSpecial(id);
}

std::optional<std::int32_t> ByteLevelTokenizer::find(std::string_view specialToken) const {
    for (const std::int32_t id : m_vocabulary.written)
        if (m_vocabulary.texts[static_cast<std::size_t>(id)] == specialToken)
            return id;
    return std::nullopt;
}

Result<std::unique_ptr<Tokenizer>> readTokenizer(const files::GgufFile& file) {
    const auto model = file.text("tokenizer.ggml.model");
    if (!model)
        return model.error();
    if (*model != "gpt2")
        return unavailable(file.path() + ": the tokenizer " + printable(*model) +
                           " is not supported; use a model with byte-level BPE ('gpt2').");
    const auto kind =
        file.has("tokenizer.ggml.pre") ? file.text("tokenizer.ggml.pre") : Result<std::string>("default");
    if (!kind)
        return kind.error();
    auto words = Pretokenizer::make(*kind, file.path());
    if (!words)
        return words.error();
    auto vocabulary = readVocabulary(file);
    if (!vocabulary)
        return vocabulary.error();
    const auto merges = file.texts("tokenizer.ggml.merges");
    if (!merges)
        return merges.error();
    auto pairs = BytePairs::make(vocabulary->texts, *merges, file.path());
    if (!pairs)
        return pairs.error();
    return std::unique_ptr<Tokenizer>(
        std::make_unique<ByteLevelTokenizer>(std::move(*vocabulary), std::move(*words), std::move(*pairs)));
}

} // namespace kvprism::text
