// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/text/watch.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kvprism::text {

// A text in Unicode's normalisation form C (UAX 15), and where each part of it comes from.
class NormalForm {
  public:
    // `utf8` is valid, not checked, and has to stay. The error is `interrupted` where `pace` says so.
    static Result<NormalForm> ofText(std::string_view utf8, Pace& pace);

    bool isChanged() const { return !m_changes.empty(); }
    std::string_view text() const { return m_changes.empty() ? m_original : std::string_view(m_text); }

    // Byte of the original that byte `at` of text() stands for: exact outside what was changed, within its
    // part inside. Never decreases.
    std::size_t originalOf(std::size_t at) const;

  private:
    struct Change {
        std::size_t begin = 0, end = 0;                 // in m_text
        std::size_t originalBegin = 0, originalEnd = 0; // in m_original
    };
    Status refine(std::string_view part, std::size_t at, const std::string& composed);
    void change(std::size_t at, std::size_t length, const std::string& composed);

    std::string_view m_original;
    std::string m_text;
    std::vector<Change> m_changes;
};

} // namespace kvprism::text
