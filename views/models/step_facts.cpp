// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/step_facts.h"

#include <algorithm>

namespace kvprism::views {

using trace::HeldTokens;
using trace::Reason;
using trace::Tier;

namespace {

void countGlobal(const HeldTokens& held, std::size_t row, StepFacts& facts) {
    if (held.candidates[row] == 0) {
        const bool byHand = held.reasons[row] == Reason::pinned;
        ++(byHand ? facts.pinned : facts.older);
        return;
    }
    const std::size_t selector = held.selectors[row];
    StepFacts::Share& share = facts.shares[selector < facts.shares.size() ? selector : 0];
    ++share.chosen;
    share.filled += held.reasons[row] == Reason::filled;
}

} // namespace

StepFacts stepFacts(const trace::Run& run, const trace::CompressionStep& step) {
    const HeldTokens& held = step.held;
    StepFacts facts;
    facts.held = static_cast<int>(held.size());
    facts.shares.resize(std::max<std::size_t>(run.selectors.size(), 1));
    int lastAnchor = -1;
    int firstOfWindow = step.end.value;
    for (std::size_t row = 0; row < held.size(); ++row) {
        const int position = held.positions[row].value;
        facts.candidates += held.candidates[row] != 0;
        facts.evicted += held.reasons[row] == Reason::evicted;
        facts.keepsAll = facts.keepsAll || held.reasons[row] == Reason::fits;
        switch (held.tiers[row]) {
        case Tier::anchor:
            ++facts.anchors;
            lastAnchor = position;
            break;
        case Tier::window:
            ++facts.window;
            firstOfWindow = std::min(firstOfWindow, position);
            break;
        case Tier::global:
        case Tier::compressed:
            countGlobal(held, row, facts);
            break;
        case Tier::dropped:
            ++facts.dropped;
        }
    }
    facts.kept = facts.held - facts.dropped;
    facts.wholeAnchors = facts.anchors == lastAnchor + 1;
    facts.wholeWindow = facts.window == step.end.value - firstOfWindow;
    return facts;
}

int StepFacts::chosen() const {
    int sum = 0;
    for (const Share& share : shares)
        sum += share.chosen;
    return sum;
}

int StepFacts::filled() const {
    int sum = 0;
    for (const Share& share : shares)
        sum += share.filled;
    return sum;
}

} // namespace kvprism::views
