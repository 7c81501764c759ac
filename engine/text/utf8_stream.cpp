// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/utf8_stream.h"

#include "engine/text/utf8.h"

namespace kvprism::text {

std::string Utf8Stream::push(std::string_view bytes) {
    m_pending += bytes;
    std::string whole;
    std::string_view rest = m_pending;
    while (!rest.empty()) {
        const std::size_t valid = validUtf8Prefix(rest);
        whole += rest.substr(0, valid);
        rest.remove_prefix(valid);
        if (rest.empty())
            break;
        const Utf8Part part = firstUtf8Part(rest);
        if (part.state == Utf8State::incomplete)
            break;
        whole += replacementCharacter;
        rest.remove_prefix(part.length);
    }
    m_pending = std::string(rest);
    return whole;
}

std::string Utf8Stream::finish() {
    const bool incomplete = !m_pending.empty();
    m_pending.clear();
    return std::string(incomplete ? replacementCharacter : std::string_view());
}

std::string toValidUtf8(std::string_view bytes, std::size_t* replaced) {
    std::string text;
    std::size_t count = 0;
    while (!bytes.empty()) {
        const std::size_t valid = validUtf8Prefix(bytes);
        text += bytes.substr(0, valid);
        bytes.remove_prefix(valid);
        if (bytes.empty())
            break;
        text += replacementCharacter;
        bytes.remove_prefix(firstUtf8Part(bytes).length);
        ++count;
    }
    if (replaced)
        *replaced = count;
    return text;
}

} // namespace kvprism::text
