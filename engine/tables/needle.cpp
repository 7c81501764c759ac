// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tables/needle.h"

#include "engine/text/find_words.h"
#include "engine/text/utf8_stream.h"

#include <algorithm>

namespace kvprism::tables {

namespace {

std::string quoted(const std::string& words) {
    return "'" + text::toValidUtf8(words.substr(0, 60)) + (words.size() > 60 ? "…" : "") + "'";
}

Error notInStream(const Needle& needle, std::int32_t tokens) {
    return usageError("There are no tokens " + std::to_string(needle.first) + "-" +
                      std::to_string(needle.last) + " to follow: the stream has " +
                      (tokens == 0 ? "none." : "0 to " + std::to_string(tokens - 1) + "."));
}

Status addNamed(const trace::Run& run, const std::string& list, std::vector<Needle>& needles) {
    select::TokenRanges all;
    if (const Status named = select::parseInto(all, "needle-tokens", list); !named)
        return named;
    for (std::size_t begin = 0; begin < list.size();) { // one by one: ranges that touch stay apart
        const std::size_t end = std::min(list.find(',', begin), list.size());
        select::TokenRanges one;
        if (const Status named = select::parseInto(one, "needle-tokens", list.substr(begin, end - begin));
            !named)
            return named;
        needles.push_back(one.ranges().front());
        if (needles.back().last >= run.streamTokens())
            return notInStream(needles.back(), run.streamTokens());
        begin = end + 1;
    }
    return {};
}

} // namespace

std::vector<Needle> placesOf(const trace::TokenTable& tokens, std::string_view words) {
    const auto& ends = tokens.pieceEnds;
    std::vector<Needle> needles;
    for (const text::Place& place : text::findWords(tokens.pieces, words)) {
        const auto first = std::upper_bound(ends.begin(), ends.end(), place.begin);
        const auto last = std::lower_bound(first, ends.end(), place.end);
        if (last == ends.end())
            break; // no token has it
        needles.push_back({static_cast<std::int32_t>(first - ends.begin()),
                           static_cast<std::int32_t>(last - ends.begin())});
    }
    return needles;
}

std::string textOf(const trace::Run& run, const Needle& needle) {
    if (run.withoutText)
        return {};
    std::string bytes;
    for (std::int32_t token = needle.first; token <= needle.last; ++token)
        bytes += run.tokens.piece(static_cast<std::size_t>(token));
    std::string words;
    for (const char c : bytes) {
        const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!blank)
            words += c;
        else if (!words.empty() && words.back() != ' ')
            words += ' ';
    }
    if (words.ends_with(' '))
        words.pop_back();
    return text::toValidUtf8(words);
}

Result<std::vector<Needle>> findNeedles(const trace::Run& run, const NeedleNames& names) {
    std::vector<Needle> needles;
    if (!names.tokens.empty())
        if (const Status named = addNamed(run, names.tokens, needles); !named)
            return named.error();
    for (const std::string& words : names.words) {
        if (run.withoutText)
            return unavailable("The recording was made without its text, so " + quoted(words) +
                               " cannot be looked for: name the needle by its tokens (--needle-tokens "
                               "120-135).");
        const std::vector<Needle> places = placesOf(run.tokens, words);
        if (places.empty())
            return usageError("The needle " + quoted(words) +
                              " is not in the text: look for words that stand there as they are, or name "
                              "its tokens (--needle-tokens 120-135).");
        if (places.size() > mostNeedles)
            return usageError("The needle " + quoted(words) + " is in " + std::to_string(places.size()) +
                              " places of the text, and at most " + std::to_string(mostNeedles) +
                              " are followed at once: use more words, or name its tokens (--needle-tokens "
                              "120-135).");
        needles.insert(needles.end(), places.begin(), places.end());
    }
    const auto order = [](const Needle& needle) { return std::pair(needle.first, needle.last); };
    std::ranges::sort(needles, {}, order);
    needles.erase(std::unique(needles.begin(), needles.end()), needles.end());
    if (needles.size() > mostNeedles)
        return usageError("These are " + std::to_string(needles.size()) + " needles, and at most " +
                          std::to_string(mostNeedles) + " are followed at once: name fewer.");
    return needles;
}

} // namespace kvprism::tables
