// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/sentencepiece_check.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

namespace kvprism::text {

namespace {

// Numbers of fields in sentencepiece_model.proto.
constexpr std::uint64_t normalizer = 3, denormalizer = 5; // of the model
constexpr std::uint64_t charsmap = 2;                     // of either

// Takes a message in protobuf's wire format apart, field by field.
class MessageReader {
  public:
    explicit MessageReader(std::string_view wire) : m_rest(wire) {}

    struct Field {
        std::uint64_t number = 0;
        std::string_view bytes; // of a field of bytes, or a message
    };
    // Nothing at the end, or where what follows is no field.
    std::optional<Field> next() {
        if (m_rest.empty())
            return std::nullopt;
        const std::uint64_t key = varint();
        m_broken = m_broken || key > std::numeric_limits<std::uint32_t>::max();
        Field field{.number = key >> 3, .bytes = {}};
        switch (key & 7) {
        case 0:
            varint();
            break;
        case 1:
            take(8);
            break;
        case 2:
            field.bytes = take(varint());
            break;
        case 5:
            take(4);
            break;
        default: // groups, which nobody uses any more
            m_broken = true;
        }
        return m_broken ? std::nullopt : std::optional(field);
    }
    bool isBroken() const { return m_broken; }

  private:
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64 && !m_rest.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(m_rest[0]);
            m_rest.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80)
                return value;
        }
        m_broken = true;
        return 0;
    }
    std::string_view take(std::uint64_t length) {
        m_broken = m_broken || length > m_rest.size();
        const std::string_view bytes = m_rest.substr(0, m_broken ? 0 : length);
        m_rest.remove_prefix(bytes.size());
        return bytes;
    }

    std::string_view m_rest;
    bool m_broken = false;
};

// A unit of a double-array trie, as Darts-clone packs it: a node, or the value of the node that leads to it.
struct Unit {
    std::uint32_t bits = 0;
    bool isValue() const { return bits >> 31 != 0; }
    bool hasValue() const { return (bits >> 8 & 1) != 0; }
    std::uint32_t value() const { return bits & 0x7FFFFFFF; }
    std::uint32_t offset() const { return (bits >> 10) << ((bits & 1U << 9) >> 6); }
};

// Length of a trie in bytes, the trie, and the texts that its values are places of, each up to a zero byte.
// From a node at place p, any byte b leads to the node at p XOR offset XOR b.
bool staysInside(std::string_view map) {
    std::uint32_t length = 0;
    if (map.size() < sizeof length)
        return false;
    std::memcpy(&length, map.data(), sizeof length);
    map.remove_prefix(sizeof length);
    if (length == 0 || length % sizeof(Unit) != 0 || length >= map.size() || map.back() != '\0')
        return false;
    std::vector<Unit> units(length / sizeof(Unit));
    std::memcpy(units.data(), map.data(), length);
    const std::size_t texts = map.size() - length;
    for (std::size_t place = 0; place < units.size(); ++place) {
        const Unit unit = units[place];
        if (place > 0 && unit.isValue()) // no byte leads to it; the first one is where all begin
            continue;
        const std::size_t next = place ^ unit.offset();
        if ((next | 0xFF) >= units.size() || (unit.hasValue() && units[next].value() >= texts))
            return false;
    }
    return true;
}

} // namespace

Status checkSentencePieceModel(std::string_view model, const std::string& where) {
    const auto damaged = [&](const char* what) {
        return malformed(where + ": " + what + "; the file is damaged, fetch it again.");
    };
    MessageReader whole(model);
    while (const auto part = whole.next()) {
        if (part->number != normalizer && part->number != denormalizer)
            continue;
        MessageReader rules(part->bytes);
        while (const auto rule = rules.next())
            if (rule->number == charsmap && !rule->bytes.empty() && !staysInside(rule->bytes))
                return damaged("its rules of normalisation lead nowhere");
        if (rules.isBroken())
            return damaged("it is no SentencePiece model");
    }
    return whole.isBroken() ? Status(damaged("it is no SentencePiece model")) : Status();
}

} // namespace kvprism::text
