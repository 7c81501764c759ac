// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/answer_links.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace kvprism::views {

namespace {

constexpr int mostTokensOfAWord = 8;
constexpr int nearTokens = 4; // linked tokens not further apart belong to one passage
constexpr int neighbours = 6; // shown on either side of a passage

// Where each answer token ends, in UTF-16 units. Ends lie between whole characters.
std::vector<int> unitEnds(const trace::Answer& answer) {
    std::vector<int> ends;
    int units = 0;
    std::size_t bytes = 0;
    for (const std::uint32_t end : answer.textEnds) {
        const std::string piece = answer.text.substr(bytes, end - bytes);
        units += static_cast<int>(QString::fromStdString(piece).size());
        bytes = end;
        ends.push_back(units);
    }
    return ends;
}

// Adds the links of answer token `token` to what a word is linked to.
void addLinks(const trace::Evidence& evidence, std::size_t token, std::map<int, float>& heaviest) {
    const auto positions = evidence.positionsOf(token);
    const auto weights = evidence.weightsOf(token);
    for (std::size_t i = 0; i < positions.size(); ++i) {
        float& so = heaviest[positions[i].value];
        so = std::max(so, weights[i]);
    }
}

void takeHeaviest(const std::map<int, float>& heaviest, AnswerWord& word) {
    std::vector<std::pair<int, float>> links(heaviest.begin(), heaviest.end());
    std::ranges::stable_sort(links, [](const auto& a, const auto& b) { return a.second > b.second; });
    links.resize(std::min<std::size_t>(links.size(), mostTokensOfAWord));
    for (const auto& [token, weight] : links) {
        word.tokens.push_back(token);
        word.weights.push_back(weight);
    }
}

} // namespace

AnswerLinks::AnswerLinks(const trace::Answer& answer) {
    if (answer.evidence.empty() || answer.textEnds.size() != answer.evidence.ends.size())
        return;
    const QString text = QString::fromStdString(answer.text);
    const std::vector<int> ends = unitEnds(answer);
    const auto size = static_cast<int>(text.size());
    for (int at = 0; at < size;) {
        if (text.at(at).isSpace()) {
            ++at;
            continue;
        }
        AnswerWord word{.begin = at, .end = at, .tokens = {}, .weights = {}};
        while (word.end < size && !text.at(word.end).isSpace())
            ++word.end;
        std::map<int, float> heaviest;
        for (std::size_t token = 0; token < ends.size(); ++token) {
            const int begin = token == 0 ? 0 : ends[token - 1];
            if (begin < word.end && ends[token] > word.begin)
                addLinks(answer.evidence, token, heaviest);
        }
        takeHeaviest(heaviest, word);
        at = word.end;
        m_words.push_back(std::move(word));
    }
}

int AnswerLinks::wordAt(int offset) const {
    const auto next = std::ranges::upper_bound(m_words, offset, {}, &AnswerWord::end);
    if (next == m_words.end() || offset < next->begin)
        return -1;
    return static_cast<int>(next - m_words.begin());
}

std::vector<EvidencePassage> AnswerLinks::passages(int firstToken, int lastToken, int most) const {
    std::map<int, float> heaviest;
    for (const AnswerWord& word : m_words)
        for (std::size_t i = 0; i < word.tokens.size(); ++i) {
            if (word.tokens[i] < firstToken || word.tokens[i] > lastToken)
                continue;
            float& so = heaviest[word.tokens[i]];
            so = std::max(so, word.weights[i]);
        }
    std::vector<EvidencePassage> passages;
    for (const auto& [token, weight] : heaviest) {
        if (passages.empty() || token - passages.back().lastToken > nearTokens)
            passages.push_back({token, token, 0});
        passages.back().lastToken = token;
        passages.back().weight += static_cast<double>(weight);
    }
    std::ranges::stable_sort(passages, [](const auto& a, const auto& b) { return a.weight > b.weight; });
    passages.resize(std::min(passages.size(), static_cast<std::size_t>(std::max(most, 0))));
    for (EvidencePassage& passage : passages) {
        passage.firstToken = std::max(passage.firstToken - neighbours, firstToken);
        passage.lastToken = std::min(passage.lastToken + neighbours, lastToken);
    }
    return passages;
}

} // namespace kvprism::views
