// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/passages.h"

#include "app/cli/escape.h"

#include <algorithm>
#include <fmt/format.h>

namespace kvprism::cli {

namespace {

constexpr std::size_t passagesShown = 40;
constexpr std::size_t passageBytes = 60;

struct Passage {
    StreamPos first, last;
};

std::vector<Passage> passagesOf(const std::vector<StreamPos>& positions) {
    std::vector<Passage> passages;
    for (const StreamPos position : positions) {
        if (!passages.empty() && passages.back().last + 1 == position)
            passages.back().last = position;
        else
            passages.push_back({position, position});
    }
    return passages;
}

std::string placeText(const Passage& passage) {
    return passage.first == passage.last ? std::to_string(passage.first.value)
                                         : fmt::format("{}–{}", passage.first.value, passage.last.value);
}

std::string wordsText(const trace::Run& run, const Passage& passage) {
    if (run.withoutText)
        return "";
    std::string words;
    for (StreamPos p = passage.first; p <= passage.last && words.size() < passageBytes; ++p)
        words += run.tokens.piece(static_cast<std::size_t>(p.value));
    return escaped(words) + (words.size() >= passageBytes ? " …" : "");
}

} // namespace

std::string passagesText(const std::string& title, const trace::Run& run,
                         const std::vector<StreamPos>& positions) {
    const std::vector<Passage> passages = passagesOf(positions);
    if (passages.empty())
        return "";
    std::string text =
        fmt::format("\n{}: {} {}\n", title, passages.size(), passages.size() == 1 ? "passage" : "passages");
    for (std::size_t i = 0; i < std::min(passages.size(), passagesShown); ++i)
        text += fmt::format("{:>15}  {}\n", placeText(passages[i]), wordsText(run, passages[i]));
    if (passages.size() > passagesShown)
        text += fmt::format("{:>15}  {} more\n", "…", passages.size() - passagesShown);
    return text;
}

std::string pieceText(const trace::Run& run, StreamPos position) {
    return run.withoutText ? "" : escaped(run.tokens.piece(static_cast<std::size_t>(position.value)));
}

} // namespace kvprism::cli
