// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/answer_stream.h"

#include <algorithm>

namespace kvprism {

AnswerStream::AnswerStream(std::vector<std::string> stopWords) : m_stopWords(std::move(stopWords)) {
    std::erase_if(m_stopWords, [](const std::string& word) { return word.empty(); });
}

std::string AnswerStream::push(std::string_view bytes) {
    if (m_stopped)
        return {};
    m_held += m_utf8.push(bytes);
    return release(false);
}

std::string AnswerStream::finish() {
    if (m_stopped)
        return {};
    m_held += m_utf8.finish();
    return release(true);
}

std::string AnswerStream::release(bool all) {
    std::size_t first = std::string::npos;
    for (const std::string& word : m_stopWords)
        first = std::min(first, m_held.find(word));
    std::size_t count = m_held.size();
    if (first != std::string::npos) {
        m_stopped = true;
        count = first;
    } else if (!all) {
        // The longest end of the text that a stop word begins with has to wait.
        for (const std::string& word : m_stopWords)
            for (std::size_t length = std::min(word.size() - 1, m_held.size()); length > 0; --length)
                if (m_held.ends_with(std::string_view(word).substr(0, length))) {
                    count = std::min(count, m_held.size() - length);
                    break;
                }
    }
    std::string out = m_held.substr(0, count);
    m_held.erase(0, count);
    m_shown += out;
    return out;
}

} // namespace kvprism
