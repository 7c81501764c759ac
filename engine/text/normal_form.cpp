// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/normal_form.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utf8proc.h>

namespace kvprism::text {

namespace {

struct Free {
    void operator()(utf8proc_uint8_t* bytes) const { std::free(bytes); }
};

// utf8proc sorts the marks of a character by swapping neighbours, which takes the square of their number. No
// script writes that many; a text that does is left as it is there, and its ids may differ from the
// reference's.
constexpr int mostMarks = 1000;

bool hasTooManyMarks(std::string_view utf8) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data());
    utf8proc_int32_t character = -1;
    int marks = 0; // in a row
    for (std::size_t at = 0; at < utf8.size() && marks <= mostMarks;) {
        const auto length =
            utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(utf8.size() - at), &character);
        marks = utf8proc_get_property(character)->combining_class != 0 ? marks + 1 : 0;
        at += static_cast<std::size_t>(std::max<utf8proc_ssize_t>(length, 1));
    }
    return marks > mostMarks;
}

Result<std::string> compose(std::string_view utf8) {
    if (hasTooManyMarks(utf8))
        return std::string(utf8);
    utf8proc_uint8_t* bytes = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    const utf8proc_ssize_t length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                                                 static_cast<utf8proc_ssize_t>(utf8.size()), &bytes, options);
    const std::unique_ptr<utf8proc_uint8_t, Free> owned(bytes);
    if (length == UTF8PROC_ERROR_NOMEM)
        return outOfMemory("Not enough memory to normalise a text.");
    if (length < 0)
        return defect(std::string("utf8proc cannot normalise a text: ") + utf8proc_errmsg(length));
    return std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

bool isAscii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

// Of U+4000 to U+9FFF, which are composed and combine with nothing before them: a long text without ASCII is
// cut there, so that it can be stopped.
bool beginsIdeograph(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0xE4 && byte <= 0xE9;
}
constexpr std::size_t longPart = 1 << 16;

// Characters below U+0300 are composed and combine with nothing before them: lead bytes below CC.
bool mayChange(std::string_view part) {
    return std::ranges::any_of(part, [](char c) { return static_cast<unsigned char>(c) >= 0xCC; });
}

// Length of the first grapheme cluster. No composition reaches over the edge of one.
std::size_t clusterLength(std::string_view utf8) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data());
    utf8proc_int32_t before = -1, character = -1, state = 0;
    std::size_t at = 0;
    while (at < utf8.size()) {
        const auto length =
            utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(utf8.size() - at), &character);
        if (length <= 0)
            return utf8.size();
        if (at > 0 && utf8proc_grapheme_break_stateful(before, character, &state))
            break;
        before = character;
        at += static_cast<std::size_t>(length);
    }
    return at;
}

} // namespace

Result<NormalForm> NormalForm::ofText(std::string_view utf8, Pace& pace) {
    NormalForm form;
    form.m_original = utf8;
    if (!mayChange(utf8))
        return form;
    // Parts of one ASCII character and what follows it up to the next: ASCII combines with nothing before it.
    for (std::size_t begin = 0; begin < utf8.size();) {
        std::size_t end = begin + 1;
        while (end < utf8.size() && !isAscii(utf8[end]) &&
               !(end - begin >= longPart && beginsIdeograph(utf8[end])))
            ++end;
        if (!(end - begin >= longPart ? pace.look() : pace.step()))
            return encodingStopped();
        const std::string_view part = utf8.substr(begin, end - begin);
        if (mayChange(part)) {
            const auto composed = compose(part);
            if (!composed)
                return composed.error();
            if (*composed != part)
                if (const Status refined = form.refine(part, begin, *composed); !refined)
                    return refined.error();
        }
        begin = end;
    }
    if (!form.m_changes.empty())
        form.m_text += utf8.substr(form.m_changes.back().originalEnd);
    return form;
}

// Notes the changes of `part`, which begins at `at`, cluster by cluster where they give the same whole.
Status NormalForm::refine(std::string_view part, std::size_t at, const std::string& composed) {
    std::vector<std::pair<std::size_t, std::string>> clusters; // length, composed
    std::string joined;
    for (std::string_view rest = part; !rest.empty();) {
        const std::size_t length = clusterLength(rest);
        auto one = compose(rest.substr(0, length));
        if (!one)
            return one.error();
        joined += *one;
        clusters.emplace_back(length, std::move(*one));
        rest.remove_prefix(length);
    }
    if (joined != composed) {
        change(at, part.size(), composed);
        return {};
    }
    for (const auto& [length, one] : clusters) {
        if (one != m_original.substr(at, length))
            change(at, length, one);
        at += length;
    }
    return {};
}

void NormalForm::change(std::size_t at, std::size_t length, const std::string& composed) {
    const std::size_t done = m_changes.empty() ? 0 : m_changes.back().originalEnd;
    m_text += m_original.substr(done, at - done);
    m_changes.push_back({m_text.size(), m_text.size() + composed.size(), at, at + length});
    m_text += composed;
}

std::size_t NormalForm::originalOf(std::size_t at) const {
    const auto after = std::ranges::upper_bound(m_changes, at, {}, &Change::begin);
    if (after == m_changes.begin())
        return at;
    const Change& last = *std::prev(after);
    if (at >= last.end)
        return last.originalEnd + (at - last.end);
    return std::min(last.originalBegin + (at - last.begin), last.originalEnd);
}

} // namespace kvprism::text
