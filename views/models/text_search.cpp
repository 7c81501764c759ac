// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/text_search.h"

namespace kvprism::views {

std::vector<Hit> findAll(const TokenText& text, const QString& words) {
    std::vector<Hit> hits;
    if (words.isEmpty())
        return hits;
    for (auto at = text.text().indexOf(words, 0, Qt::CaseInsensitive); at >= 0;
         at = text.text().indexOf(words, at + words.size(), Qt::CaseInsensitive)) {
        const int begin = static_cast<int>(at);
        const int end = static_cast<int>(at + words.size());
        hits.push_back({begin, end, text.tokensAt(begin).first, text.tokensAt(end - 1).second});
    }
    return hits;
}

HitSurvival survivalOf(const std::vector<Hit>& hits, const SurvivalIndex& index, int step) {
    HitSurvival survival;
    for (const Hit& hit : hits) {
        const TierCounts counts = index.count(step, hit.firstToken, hit.lastToken + 1);
        if (counts.unread > 0)
            continue;
        ++survival.read;
        survival.whole += counts.kept() == counts.read() ? 1 : 0;
        survival.tokens += counts.read();
        survival.heldTokens += counts.kept();
    }
    return survival;
}

} // namespace kvprism::views
