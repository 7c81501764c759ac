// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/answer.h"

#include <QString>

#include <vector>

namespace kvprism::views {

// A word of an answer and the kept tokens that it attended to, heaviest first. Of the links of the
// word's tokens the heaviest counts for each kept token.
struct AnswerWord {
    int begin = 0; // UTF-16 units of the answer's text; no white space
    int end = 0;
    std::vector<int> tokens; // stream positions
    std::vector<float> weights;
};

// A stretch of the document that an answer attended to: linked tokens that stand close together, with a few
// neighbours on either side, so that it can be read.
struct EvidencePassage {
    int firstToken = 0;
    int lastToken = 0;
    double weight = 0; // sum over its linked tokens of their heaviest link
    friend bool operator==(const EvidencePassage&, const EvidencePassage&) = default;
};

// Where an answer came from, as far as that is recorded.
class AnswerLinks {
  public:
    AnswerLinks() = default;
    explicit AnswerLinks(const trace::Answer& answer);

    bool empty() const { return m_words.empty(); }
    const std::vector<AnswerWord>& words() const { return m_words; }
    int wordAt(int offset) const; // index into words(); −1 between words

    // Heaviest first, at most `most`; tokens below `firstToken` (the prefix) are left out, the last possible
    // one is lastToken.
    std::vector<EvidencePassage> passages(int firstToken, int lastToken, int most) const;

  private:
    std::vector<AnswerWord> m_words;
};

} // namespace kvprism::views
