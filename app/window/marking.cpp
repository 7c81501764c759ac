// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/marking.h"

namespace kvprism::app {

Marking::Marking(views::Navigator* navigator, QObject* parent)
    : QObject(parent), m_navigator(navigator), m_marks(&m_history), m_needles(&m_history) {}

template <class Act> void Marking::withSelection(const Act& act) {
    if (const auto range = views::selectedRange(*m_navigator))
        act(*range);
}

void Marking::pinSelection() {
    withSelection([this](const auto& range) { m_marks.pin(range); });
}

void Marking::evictSelection() {
    withSelection([this](const auto& range) { m_marks.evict(range); });
}

void Marking::releaseSelection() {
    withSelection([this](const auto& range) { m_marks.release(range); });
}

void Marking::markSelection() {
    withSelection([this](const auto& range) { m_needles.add({range}); });
}

void Marking::setDocument(const std::string& sha256, int tokens) {
    if (sha256 == m_document && tokens == m_tokens)
        return;
    if (!m_document.empty())
        m_kept[{m_document, m_tokens}] = {m_marks.state(), m_needles.ranges()};
    m_document = sha256;
    m_tokens = tokens;
    const auto kept = m_kept.find({sha256, tokens});
    const Kept now = kept == m_kept.end() ? Kept() : kept->second;
    m_marks.take(now.marks);
    m_needles.take(now.needles);
    m_history.clear();
}

} // namespace kvprism::app
