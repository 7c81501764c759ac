// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/decoding.h"

#include "engine/text/utf8.h"

#include <algorithm>
#include <cstdio>
#include <optional>

namespace kvprism::text {

namespace {

using namespace std::string_view_literals;

// More invalid bytes than this share, and a text is taken for binary or for another encoding.
constexpr double mostInvalidShare = 0.3;

// What could not be read as a character.
struct Damage {
    std::size_t replaced = 0; // by U+FFFD
    std::uint64_t bytes = 0;
    std::uint64_t first = 0; // offset on disk

    void add(std::uint64_t at, std::uint64_t length) {
        if (replaced++ == 0)
            first = at;
        bytes += length;
    }
};

Document::Shift shift(std::uint64_t text, std::uint64_t disk, std::size_t textUnit = 1,
                      std::size_t diskUnit = 1) {
    return {static_cast<std::uint32_t>(text), static_cast<std::uint32_t>(disk),
            static_cast<std::uint8_t>(textUnit), static_cast<std::uint8_t>(diskUnit)};
}

// One U+FFFD (3 bytes) takes the place of `length` (1 … 3) bytes on disk, so that text and disk run apart
// there. Text offsets within it never go beyond the bytes that it stands for.
void shiftFor(std::size_t length, Document& document, std::uint64_t disk) {
    const std::uint64_t text = document.text.size();
    for (std::uint64_t i = length; i < replacementCharacter.size(); ++i)
        document.shifts.push_back(shift(text + i, disk + length - 1));
}

struct Utf8Reading {
    Damage damage;
    bool hasCharacters = false; // of two bytes or more: this is UTF-8 and nothing else
};

Utf8Reading decodeUtf8(std::string_view bytes, Document& document) {
    Utf8Reading reading;
    std::uint64_t at = 0;
    if (bytes.starts_with("\xEF\xBB\xBF")) {
        at = 3;
        document.shifts.push_back(shift(0, at));
        reading.hasCharacters = true;
    }
    document.text.reserve(bytes.size());
    while (at < bytes.size()) {
        const std::string_view valid = bytes.substr(at, validUtf8Prefix(bytes.substr(at)));
        const auto isLong = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
        reading.hasCharacters = reading.hasCharacters || std::any_of(valid.begin(), valid.end(), isLong);
        document.text += valid;
        at += valid.size();
        if (at == bytes.size())
            break;
        const std::size_t length = firstUtf8Part(bytes.substr(at)).length;
        shiftFor(length, document, at);
        document.text += replacementCharacter;
        reading.damage.add(at, length);
        at += length;
    }
    return reading;
}

void appendUtf8(std::string& text, std::uint32_t character) {
    const auto tail = [&](int bits) { text += static_cast<char>(0x80 | ((character >> bits) & 0x3F)); };
    if (character < 0x80) {
        text += static_cast<char>(character);
    } else if (character < 0x800) {
        text += static_cast<char>(0xC0 | (character >> 6));
        tail(0);
    } else if (character < 0x10000) {
        text += static_cast<char>(0xE0 | (character >> 12));
        tail(6);
        tail(0);
    } else {
        text += static_cast<char>(0xF0 | (character >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

class Utf16Reader {
  public:
    Utf16Reader(std::string_view bytes, bool bigEndian) : m_bytes(bytes), m_bigEndian(bigEndian) {}

    Damage into(Document& document) {
        std::size_t at = 2; // behind the byte-order mark
        while (at < m_bytes.size()) {
            const std::size_t text = document.text.size();
            const std::size_t length = character(at, document.text);
            const std::size_t written = document.text.size() - text;
            const bool goesOn = !document.shifts.empty() && document.shifts.back().textUnit == written &&
                                document.shifts.back().diskUnit == length;
            if (!goesOn)
                document.shifts.push_back(shift(text, at, written, length));
            at += length;
        }
        return m_damage;
    }

  private:
    std::uint32_t unit(std::size_t at) const {
        const auto byte = [&](std::size_t i) -> std::uint32_t {
            return static_cast<unsigned char>(m_bytes[i]);
        };
        return m_bigEndian ? byte(at) << 8 | byte(at + 1) : byte(at + 1) << 8 | byte(at);
    }

    // Appends the character at `at` and gives its bytes on disk.
    std::size_t character(std::size_t at, std::string& text) {
        const std::size_t rest = m_bytes.size() - at;
        const std::uint32_t first = rest >= 2 ? unit(at) : 0xD800; // half a unit at the end is none either
        if (first < 0xD800 || first > 0xDFFF) {
            appendUtf8(text, first);
            return 2;
        }
        const std::uint32_t second = rest >= 4 ? unit(at + 2) : 0;
        if (first <= 0xDBFF && second >= 0xDC00 && second <= 0xDFFF) {
            appendUtf8(text, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
            return 4;
        }
        text += replacementCharacter;
        const std::size_t length = std::min<std::size_t>(rest, 2);
        m_damage.add(at, length);
        return length;
    }

    std::string_view m_bytes;
    bool m_bigEndian;
    Damage m_damage;
};

std::string hexadecimal(char byte) {
    char text[8];
    std::snprintf(text, sizeof text, "0x%02X", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    return text;
}

// Invalid bytes and not one character that only UTF-8 writes so: this is another encoding.
Error otherEncoding(const Document& document, std::string_view bytes, std::uint64_t first) {
    return malformed(document.name + " is no UTF-8 text: the byte " + hexadecimal(bytes[first]) +
                     " at offset " + std::to_string(first) +
                     " begins no character; convert it first (if it is Latin-1 or Windows-1252: iconv -f "
                     "WINDOWS-1252 -t UTF-8).");
}

Status tellDamage(const Damage& damage, std::string_view bytes, const char* encoding, Document& document) {
    if (damage.replaced == 0)
        return {};
    if (static_cast<double>(damage.bytes) > mostInvalidShare * static_cast<double>(bytes.size()))
        return malformed(document.name + " is no " + encoding + " text: " + std::to_string(damage.bytes) +
                         " of its " + std::to_string(bytes.size()) +
                         " bytes are invalid, the first at offset " + std::to_string(damage.first) +
                         "; give a txt, md or PDF file.");
    document.notices.push_back(std::to_string(damage.replaced) + " invalid " + encoding +
                               (damage.replaced == 1 ? " sequence was" : " sequences were") +
                               " replaced by U+FFFD, the first at byte " + std::to_string(damage.first) +
                               ".");
    return {};
}

} // namespace

Status decodeText(std::string_view bytes, Document& document) {
    if (bytes.starts_with("\xFF\xFE\0\0"sv) || bytes.starts_with("\0\0\xFE\xFF"sv))
        return malformed(document.name + " is UTF-32; convert it to UTF-8 first (iconv -f UTF-32 -t UTF-8).");
    Status sound;
    const bool bigEndian = bytes.starts_with("\xFE\xFF");
    if (bigEndian || bytes.starts_with("\xFF\xFE")) {
        sound = tellDamage(Utf16Reader(bytes, bigEndian).into(document), bytes, "UTF-16", document);
        if (const std::size_t zero = document.text.find('\0'); sound && zero != std::string::npos)
            sound = malformed(document.name + " is no text: there is a NUL character at offset " +
                              std::to_string(document.diskOffset(zero)) + "; give a txt, md or PDF file.");
    } else if (const std::size_t zero = bytes.find('\0'); zero != std::string_view::npos) {
        sound = malformed(document.name + " is no text: there is a NUL byte at offset " +
                          std::to_string(zero) + "; give a txt or md file in UTF-8, or a PDF.");
    } else {
        const Utf8Reading reading = decodeUtf8(bytes, document);
        if (reading.damage.replaced > 0 && !reading.hasCharacters)
            return otherEncoding(document, bytes, reading.damage.first);
        sound = tellDamage(reading.damage, bytes, "UTF-8", document);
    }
    return sound;
}

} // namespace kvprism::text
