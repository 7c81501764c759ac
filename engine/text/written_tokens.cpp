// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/written_tokens.h"

#include <algorithm>
#include <array>

namespace kvprism::text {

namespace {

constexpr std::string_view spaces = " \t\n\v\f\r";

bool counts(const WrittenToken& token, SpecialTokens special) {
    return special == SpecialTokens::parsed || !token.special;
}

} // namespace

WrittenTokens::WrittenTokens(std::vector<WrittenToken> tokens, Overlap overlap)
    : m_tokens(std::move(tokens)), m_overlap(overlap) {
    std::ranges::stable_sort(m_tokens, std::ranges::greater(),
                             [](const WrittenToken& token) { return token.text.size(); });
}

std::optional<std::int32_t> WrittenTokens::find(std::string_view written) const {
    const auto found = std::ranges::find(m_tokens, written, &WrittenToken::text);
    return found == m_tokens.end() ? std::nullopt : std::optional(found->id);
}

std::vector<WrittenTokens::Stretch> WrittenTokens::cut(std::string_view utf8, SpecialTokens special,
                                                       Pace& pace) const {
    if (utf8.empty())
        return {};
    return m_overlap == Overlap::longestWins ? longestWins(utf8, special, pace)
                                             : firstWins(utf8, special, pace);
}

std::vector<WrittenTokens::Stretch> WrittenTokens::longestWins(std::string_view utf8, SpecialTokens special,
                                                               Pace& pace) const {
    std::vector<Stretch> stretches{{0, utf8.size(), -1}};
    for (const WrittenToken& token : m_tokens) {
        if (!counts(token, special) || utf8.find(token.text) == std::string_view::npos)
            continue;
        if (!pace.at(0))
            return stretches;
        std::vector<Stretch> finer;
        for (const Stretch& stretch : stretches) {
            std::size_t at = stretch.begin;
            while (stretch.token < 0 && at < stretch.end) {
                const std::size_t found = utf8.substr(at, stretch.end - at).find(token.text);
                if (found == std::string_view::npos)
                    break;
                if (found > 0)
                    finer.push_back({at, at + found, -1});
                finer.push_back({at + found, at + found + token.text.size(), token.id});
                at += found + token.text.size();
            }
            if (at < stretch.end)
                finer.push_back({at, stretch.end, stretch.token});
        }
        stretches = std::move(finer);
    }
    return stretches;
}

std::vector<WrittenTokens::Stretch> WrittenTokens::firstWins(std::string_view utf8, SpecialTokens special,
                                                             Pace& pace) const {
    std::array<std::vector<const WrittenToken*>, 256> byFirst; // longest first, as m_tokens
    for (const WrittenToken& token : m_tokens)
        if (counts(token, special))
            byFirst[static_cast<unsigned char>(token.text[0])].push_back(&token);
    std::vector<Stretch> stretches;
    std::size_t plain = 0; // where the plain text behind the last token begins
    for (std::size_t at = 0; at < utf8.size() && pace.step();) {
        const auto& candidates = byFirst[static_cast<unsigned char>(utf8[at])];
        const auto found = std::ranges::find_if(
            candidates, [&](const WrittenToken* token) { return utf8.substr(at).starts_with(token->text); });
        if (found == candidates.end()) {
            ++at;
            continue;
        }
        const WrittenToken& token = **found;
        std::size_t begin = at, end = at + token.text.size();
        while (token.takesSpaceLeft && begin > plain &&
               spaces.find(utf8[begin - 1]) != std::string_view::npos)
            --begin;
        while (token.takesSpaceRight && end < utf8.size() && spaces.find(utf8[end]) != std::string_view::npos)
            ++end;
        if (begin > plain)
            stretches.push_back({plain, begin, -1});
        stretches.push_back({begin, end, token.id});
        at = plain = end;
    }
    if (plain < utf8.size())
        stretches.push_back({plain, utf8.size(), -1});
    return stretches;
}

} // namespace kvprism::text
