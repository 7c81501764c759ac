// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/byte_alphabet.h"

#include "engine/text/utf8.h"

#include <array>

namespace kvprism::text {

namespace {

constexpr int letters = 0x144; // code points below this one, at most 2 bytes of UTF-8

struct Alphabet {
    std::array<std::string, 256> ofByte;
    std::array<int, letters> ofLetter; // −1: no letter of the alphabet

    Alphabet() {
        ofLetter.fill(-1);
        int next = 0x100;
        for (int byte = 0; byte < 256; ++byte) {
            const bool itself = (byte > 0x20 && byte < 0x7F) || (byte > 0xA0 && byte != 0xAD);
            const int letter = itself ? byte : next++;
            ofLetter[static_cast<std::size_t>(letter)] = byte;
            std::string& text = ofByte[static_cast<std::size_t>(byte)];
            if (letter < 0x80) {
                text = static_cast<char>(letter);
            } else {
                text = {static_cast<char>(0xC0 | (letter >> 6)), static_cast<char>(0x80 | (letter & 0x3F))};
            }
        }
    }
};

const Alphabet& alphabet() {
    static const Alphabet one;
    return one;
}

// The code point of a character of one or two bytes; −1 for longer ones and for what is none.
int smallCodePoint(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1)
        return first < 0x80 ? first : -1;
    if (character.size() > 2)
        return -1;
    return (first & 0x1F) << 6 | (static_cast<unsigned char>(character[1]) & 0x3F);
}

} // namespace

std::string_view letterOfByte(unsigned char byte) {
    return alphabet().ofByte[byte];
}

std::string bytesOfLetters(std::string_view text) {
    std::string bytes;
    while (!text.empty()) {
        const Utf8Part part = firstUtf8Part(text);
        const std::string_view character = text.substr(0, part.length);
        const int letter = part.state == Utf8State::valid ? smallCodePoint(character) : -1;
        const int byte =
            letter >= 0 && letter < letters ? alphabet().ofLetter[static_cast<std::size_t>(letter)] : -1;
        if (byte >= 0) {
            bytes += static_cast<char>(byte);
        } else {
            bytes += character;
        }
        text.remove_prefix(part.length);
    }
    return bytes;
}

} // namespace kvprism::text
