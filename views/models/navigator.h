// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <optional>
#include <set>
#include <vector>

namespace kvprism::views {

// The one owner of the position in a run: views read it, ask it to move, and never address one another.
// Everything is clamped to what exists. Lives on the window's thread.
class Navigator final : public QObject {
    Q_OBJECT
  public:
    struct TokenRange { // stream positions, [first, last]
        int first = 0;
        int last = 0;
        friend bool operator==(const TokenRange&, const TokenRange&) = default;
    };

    explicit Navigator(QObject* parent = nullptr);

    // What can be moved over. While `following`, the newest step stays the current one (live runs).
    void setExtent(int steps, int tokens);
    int steps() const { return m_steps; }
    int tokens() const { return m_tokens; }

    int step() const { return m_step; } // −1 where there is none
    void setStep(int step);
    bool following() const { return m_following; }
    void setFollowing(bool following);

    std::optional<int> hover() const { return m_hover; } // token under the pointer, in whichever view
    void setHover(std::optional<int> token);

    // The locked selection (a click locks, shift adds, Esc clears).
    const std::set<int>& locked() const { return m_locked; }
    void lock(int token, bool add);
    void lockAll(const std::vector<int>& tokens, bool add); // details are shown of the first
    void clearLock();
    // The token that details are shown of: the last one locked, else the hovered one.
    std::optional<int> effectiveToken() const;

    // Tokens that something else than a token points at for the moment: a word of an answer, a bar. Those
    // that exist, in the order given.
    const std::vector<int>& pointed() const { return m_pointed; }
    void setPointed(std::vector<int> tokens);

    std::optional<TokenRange> range() const { return m_range; } // brushed
    void setRange(std::optional<TokenRange> range);

    // Views scroll so that this token can be seen.
    void reveal(int token) { Q_EMIT revealRequested(token); }

  Q_SIGNALS:
    void extentChanged();
    void stepChanged(int step);
    void hoverChanged();
    void lockChanged();
    void pointedChanged();
    void rangeChanged();
    void followingChanged(bool following);
    void revealRequested(int token);

  private:
    int m_steps = 0;
    int m_tokens = 0;
    int m_step = -1;
    bool m_following = true;
    std::optional<int> m_hover;
    std::set<int> m_locked;
    std::optional<int> m_lastLocked;
    std::vector<int> m_pointed;
    std::optional<TokenRange> m_range;
};

} // namespace kvprism::views
