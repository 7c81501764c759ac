// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/utf8.h"

#include <cstdint>
#include <cstring>
#include <utf8proc.h>

namespace kvprism::text {

namespace {

// What a lead byte asks for: how many bytes in all, and the range of the second one (the rest are 80 … BF).
struct Lead {
    std::size_t length = 0; // 0: no character begins like this
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
};

Lead lead(unsigned char byte) {
    if (byte < 0x80)
        return {1};
    if (byte < 0xC2)
        return {0}; // a continuation, or an overlong form
    if (byte < 0xE0)
        return {2};
    if (byte == 0xE0)
        return {3, 0xA0, 0xBF}; // not overlong
    if (byte == 0xED)
        return {3, 0x80, 0x9F}; // no surrogates
    if (byte < 0xF0)
        return {3};
    if (byte == 0xF0)
        return {4, 0x90, 0xBF}; // not overlong
    if (byte < 0xF4)
        return {4};
    if (byte == 0xF4)
        return {4, 0x80, 0x8F}; // not beyond U+10FFFF
    return {0};
}

} // namespace

Utf8Part firstUtf8Part(std::string_view bytes) {
    const Lead expected = lead(static_cast<unsigned char>(bytes[0]));
    if (expected.length == 0)
        return {1, Utf8State::invalid};
    for (std::size_t i = 1; i < expected.length; ++i) {
        if (i == bytes.size())
            return {i, Utf8State::incomplete};
        const auto byte = static_cast<unsigned char>(bytes[i]);
        const bool follows = i == 1 ? byte >= expected.low && byte <= expected.high : (byte & 0xC0) == 0x80;
        if (!follows)
            return {i, Utf8State::invalid};
    }
    return {expected.length, Utf8State::valid};
}

std::size_t validUtf8Prefix(std::string_view bytes) {
    constexpr std::uint64_t highBits = 0x8080808080808080ULL;
    std::size_t at = 0;
    while (at < bytes.size()) {
        std::uint64_t eight = highBits;
        if (bytes.size() - at >= sizeof eight)
            std::memcpy(&eight, bytes.data() + at, sizeof eight);
        if ((eight & highBits) == 0) {
            at += sizeof eight;
            continue;
        }
        const Utf8Part part = firstUtf8Part(bytes.substr(at));
        if (part.state != Utf8State::valid)
            break;
        at += part.length;
    }
    return at;
}

bool isBlank(std::string_view utf8) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data());
    auto left = static_cast<utf8proc_ssize_t>(utf8.size());
    while (left > 0) {
        utf8proc_int32_t character = -1;
        const utf8proc_ssize_t length = utf8proc_iterate(bytes, left, &character);
        if (length <= 0)
            return false;
        switch (utf8proc_category(character)) {
        case UTF8PROC_CATEGORY_ZS:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
        case UTF8PROC_CATEGORY_CC:
        case UTF8PROC_CATEGORY_CF:
            break;
        default:
            return false;
        }
        bytes += length;
        left -= length;
    }
    return true;
}

} // namespace kvprism::text
