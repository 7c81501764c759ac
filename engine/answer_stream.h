// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/utf8_stream.h"

#include <string>
#include <string_view>
#include <vector>

namespace kvprism {

// Turns the bytes of answer tokens into text that can be shown at once: whole characters only, and nothing
// that may yet turn out to be the beginning of a stop word.
class AnswerStream {
  public:
    explicit AnswerStream(std::vector<std::string> stopWords);

    std::string push(std::string_view bytes); // what can be shown now
    bool stopped() const {
        return m_stopped;
    }                     // a stop word came; it and what follows are not part of the answer
    std::string finish(); // what was held back, when the answer ended otherwise
    const std::string& shown() const { return m_shown; }
    std::size_t length() const { return m_shown.size() + m_held.size(); } // with what is held back, bytes

  private:
    std::string release(bool all);

    std::vector<std::string> m_stopWords;
    text::Utf8Stream m_utf8;
    std::string m_held;
    std::string m_shown;
    bool m_stopped = false;
};

} // namespace kvprism
