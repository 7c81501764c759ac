// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/run.h"

#include <QString>

#include <utility>
#include <vector>

namespace kvprism::views {

// The stream as whole characters, and which of them each token stands for. A character that several tokens
// make together belongs to all of them. Offsets count UTF-16 units of text().
class TokenText {
  public:
    TokenText() = default;
    TokenText(const trace::TokenTable& tokens, int prefixTokens);

    const QString& text() const { return m_text; }
    int tokens() const { return static_cast<int>(m_begins.size()); }
    bool empty() const { return m_text.isEmpty(); }       // a recording without its text
    int documentBegin() const { return m_documentBegin; } // where the prefix ends

    int begin(int token) const { return m_begins[static_cast<std::size_t>(token)]; }
    int end(int token) const { return m_ends[static_cast<std::size_t>(token)]; }
    // Tokens [first, last] that hold a part of the character at `offset`; {−1, −1} outside.
    std::pair<int, int> tokensAt(int offset) const;

    // Text of tokens first … last, whole characters.
    QString between(int first, int last) const;
    // One token for a label: in quotation marks, white space and control characters visible, not longer than
    // `most`.
    QString label(int token, int most = 24) const;

  private:
    QString m_text;
    std::vector<int> m_begins;
    std::vector<int> m_ends;
    int m_documentBegin = 0;
};

// White space and control characters as the marks that stand for them.
QString withVisibleSpaces(const QString& text);

} // namespace kvprism::views
