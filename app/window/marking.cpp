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
    const bool same = sha256 == m_document && tokens == m_tokens;
    m_document = sha256;
    m_tokens = tokens;
    if (same)
        return;
    m_marks.forget();
    m_needles.clear();
    m_history.clear();
}

} // namespace kvprism::app
