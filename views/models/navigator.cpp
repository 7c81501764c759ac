// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/navigator.h"

#include <algorithm>

namespace kvprism::views {

Navigator::Navigator(QObject* parent) : QObject(parent) {}

void Navigator::setExtent(int steps, int tokens) {
    if (steps == m_steps && tokens == m_tokens)
        return;
    const bool otherDocument = tokens != m_tokens;
    m_steps = std::max(steps, 0);
    m_tokens = std::max(tokens, 0);
    if (otherDocument) {
        setHover(std::nullopt);
        clearLock();
        setPointed({});
        setRange(std::nullopt);
    }
    Q_EMIT extentChanged();
    const int wanted = m_following ? m_steps - 1 : std::clamp(m_step, m_steps > 0 ? 0 : -1, m_steps - 1);
    if (wanted != m_step) {
        m_step = wanted;
        Q_EMIT stepChanged(m_step);
    }
}

void Navigator::setStep(int step) {
    const int wanted = std::clamp(step, m_steps > 0 ? 0 : -1, m_steps - 1);
    setFollowing(wanted == m_steps - 1);
    if (wanted == m_step)
        return;
    m_step = wanted;
    Q_EMIT stepChanged(m_step);
}

void Navigator::setFollowing(bool following) {
    if (following == m_following)
        return;
    m_following = following;
    Q_EMIT followingChanged(following);
}

void Navigator::setHover(std::optional<int> token) {
    if (token && (*token < 0 || *token >= m_tokens))
        token.reset();
    if (token == m_hover)
        return;
    m_hover = token;
    Q_EMIT hoverChanged();
}

void Navigator::lock(int token, bool add) {
    if (token < 0 || token >= m_tokens)
        return;
    if (!add)
        m_locked.clear();
    m_locked.insert(token);
    m_lastLocked = token;
    Q_EMIT lockChanged();
}

void Navigator::lockAll(const std::vector<int>& tokens, bool add) {
    std::set<int> locked = add ? m_locked : std::set<int>();
    std::optional<int> first;
    for (const int token : tokens) {
        if (token < 0 || token >= m_tokens)
            continue;
        locked.insert(token);
        first = first.value_or(token);
    }
    if (!first)
        return;
    m_locked = std::move(locked);
    m_lastLocked = first;
    Q_EMIT lockChanged();
}

void Navigator::clearLock() {
    if (m_locked.empty())
        return;
    m_locked.clear();
    m_lastLocked.reset();
    Q_EMIT lockChanged();
}

void Navigator::setPointed(std::vector<int> tokens) {
    std::erase_if(tokens, [this](int token) { return token < 0 || token >= m_tokens; });
    if (tokens == m_pointed)
        return;
    m_pointed = std::move(tokens);
    Q_EMIT pointedChanged();
}

std::optional<int> Navigator::effectiveToken() const {
    return m_lastLocked ? m_lastLocked : m_hover;
}

void Navigator::setRange(std::optional<TokenRange> range) {
    if (range) {
        if (range->first > range->last)
            std::swap(range->first, range->last);
        if (range->last < 0 || range->first >= m_tokens)
            range.reset();
    }
    if (range)
        *range = {std::max(range->first, 0), std::min(range->last, m_tokens - 1)};
    if (range == m_range)
        return;
    m_range = range;
    Q_EMIT rangeChanged();
}

} // namespace kvprism::views
