// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/token_text.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace kvprism::views {

namespace {

// Bytes of the character that begins at `at`; 1 where what stands there is no whole character.
std::size_t characterLength(std::string_view bytes, std::size_t at) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    const std::size_t wanted = lead < 0x80             ? 1U
                               : (lead & 0xe0) == 0xc0 ? 2U
                               : (lead & 0xf0) == 0xe0 ? 3U
                               : (lead & 0xf8) == 0xf0 ? 4U
                                                       : 1U;
    if (at + wanted > bytes.size())
        return 1;
    for (std::size_t i = 1; i < wanted; ++i)
        if ((static_cast<unsigned char>(bytes[at + i]) & 0xc0) != 0x80)
            return 1;
    return wanted;
}

} // namespace

TokenText::TokenText(const trace::TokenTable& tokens, int prefixTokens) {
    const std::string_view bytes = tokens.pieces;
    m_text.reserve(static_cast<qsizetype>(bytes.size()));
    std::vector<int> unitOf(bytes.size() + 1); // where the character of a byte begins
    std::vector<int> unitAfter(bytes.size() + 1);
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = characterLength(bytes, at);
        const int begin = static_cast<int>(m_text.size());
        m_text += QString::fromUtf8(bytes.data() + at, static_cast<qsizetype>(length));
        for (std::size_t i = 0; i < length; ++i) {
            unitOf[at + i] = begin;
            unitAfter[at + i] = static_cast<int>(m_text.size());
        }
        at += length;
    }
    unitOf[bytes.size()] = static_cast<int>(m_text.size());

    m_begins.reserve(tokens.size());
    m_ends.reserve(tokens.size());
    std::size_t begin = 0;
    for (std::size_t token = 0; token < tokens.size(); ++token) {
        const std::size_t wanted = token < tokens.pieceEnds.size() ? tokens.pieceEnds[token] : begin;
        const std::size_t end = std::clamp(wanted, begin, bytes.size());
        m_begins.push_back(unitOf[begin]);
        const int reached = m_ends.empty() ? 0 : m_ends.back(); // an empty token inside a character
        m_ends.push_back(end > begin ? unitAfter[end - 1] : std::max(unitOf[begin], reached));
        begin = end;
    }
    const auto prefix = static_cast<std::size_t>(std::max(prefixTokens, 0));
    m_documentBegin = prefix < m_begins.size() ? m_begins[prefix] : static_cast<int>(m_text.size());
}

std::pair<int, int> TokenText::tokensAt(int offset) const {
    if (offset < 0 || offset >= m_text.size())
        return {-1, -1};
    const auto after = std::upper_bound(m_begins.begin(), m_begins.end(), offset);
    const auto reaching = std::upper_bound(m_ends.begin(), m_ends.end(), offset);
    const int last = static_cast<int>(after - m_begins.begin()) - 1;
    const int first = static_cast<int>(reaching - m_ends.begin());
    if (first > last)
        return {-1, -1};
    return {first, last};
}

QString TokenText::between(int first, int last) const {
    first = std::max(first, 0);
    last = std::min(last, tokens() - 1);
    if (first > last)
        return {};
    return m_text.mid(begin(first), end(last) - begin(first));
}

QString TokenText::label(int token, int most) const {
    if (token < 0 || token >= tokens() || m_text.isEmpty())
        return {};
    QString shown = withVisibleSpaces(m_text.mid(begin(token), end(token) - begin(token)));
    if (shown.size() > most)
        shown = shown.left(most - 1) + QChar(0x2026);
    return QStringLiteral("\u201c%1\u201d").arg(shown);
}

QString withVisibleSpaces(const QString& text) {
    QString shown;
    shown.reserve(text.size());
    for (const QChar unit : text) {
        const char16_t code = unit.unicode();
        if (code == u' ')
            shown += QChar(0x00b7);
        else if (code == u'\n')
            shown += QChar(0x21b5);
        else if (code == u'\t')
            shown += QChar(0x21e5);
        else if (code < 0x20)
            shown += QChar(static_cast<char16_t>(0x2400 + code)); // Unicode's control pictures
        else if (code == 0x7f)
            shown += QChar(0x2421);
        else
            shown += unit;
    }
    return shown;
}

} // namespace kvprism::views
