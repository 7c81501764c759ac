// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/sentencepiece_model.h"

#include <algorithm>
#include <cstring>

namespace kvprism::text {

namespace {

// A protobuf message: fields one after another, each a key (number and kind) and a value.
class Message {
  public:
    void number(std::uint32_t field, std::uint64_t value) {
        varint(field << 3);
        varint(value);
    }
    void real(std::uint32_t field, float value) {
        varint(field << 3 | 5);
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value); // little-endian, as this machine is
        m_bytes.append(bytes, sizeof value);
    }
    void bytes(std::uint32_t field, std::string_view value) {
        varint(field << 3 | 2);
        varint(value.size());
        m_bytes += value;
    }
    const std::string& wire() const { return m_bytes; }

  private:
    void varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7)
            m_bytes += static_cast<char>((value & 0x7F) | 0x80);
        m_bytes += static_cast<char>(value);
    }
    std::string m_bytes;
};

// Numbers of fields and values in sentencepiece_model.proto. The kinds of pieces have GGUF's numbers.
namespace model {
constexpr std::uint32_t pieces = 1, trainer = 2, normalizer = 3;
}
namespace piece {
constexpr std::uint32_t text = 1, score = 2, kind = 3;
}
namespace trainer {
constexpr std::uint32_t type = 3, byteFallback = 35, unknownId = 40, beginId = 41, endId = 42, padId = 43,
                        unknownText = 45;
constexpr std::uint64_t bpe = 2;
} // namespace trainer
namespace normalizer {
constexpr std::uint32_t name = 1, addsPrefix = 3, dropsSpaces = 4, escapesSpaces = 5;
}

} // namespace

std::string sentencePieceModel(const Vocabulary& vocabulary, const SentencePieceSource& source) {
    Message whole;
    for (std::size_t id = 0; id < vocabulary.texts.size(); ++id) {
        Message one;
        one.bytes(piece::text, vocabulary.texts[id]);
        one.real(piece::score, source.scores[id]);
        one.number(piece::kind, static_cast<std::uint64_t>(vocabulary.kinds[id]));
        whole.bytes(model::pieces, one.wire());
    }
    Message training;
    training.number(trainer::type, trainer::bpe);
    const auto bytes = std::ranges::count(vocabulary.kinds, TokenKind::byte);
    training.number(trainer::byteFallback, bytes == 256 ? 1 : 0);
    const auto unknown = std::ranges::find(vocabulary.kinds, TokenKind::unknown);
    if (unknown != vocabulary.kinds.end()) {
        const auto id = static_cast<std::size_t>(unknown - vocabulary.kinds.begin());
        training.number(trainer::unknownId, id);
        training.bytes(trainer::unknownText, vocabulary.texts[id]);
    }
    // Which tokens begin and end a text is the vocabulary's affair; −1 says that the model has none.
    for (const std::uint32_t role : {trainer::beginId, trainer::endId, trainer::padId})
        training.number(role, ~std::uint64_t{0});
    whole.bytes(model::trainer, training.wire());
    Message normal;
    normal.bytes(normalizer::name, "identity");
    normal.number(normalizer::addsPrefix, source.addsSpaceBefore ? 1 : 0);
    normal.number(normalizer::dropsSpaces, source.dropsExtraSpaces ? 1 : 0);
    normal.number(normalizer::escapesSpaces, 1);
    whole.bytes(model::normalizer, normal.wire());
    return whole.wire();
}

} // namespace kvprism::text
