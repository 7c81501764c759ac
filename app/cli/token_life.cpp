// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/token_life.h"

#include "engine/select/step_ranking.h"
#include "engine/trace/ranks.h"

#include <algorithm>

namespace kvprism::cli {

void TokenLife::stepPlanned(std::shared_ptr<const trace::CompressionStep> step) {
    const trace::HeldTokens& held = step->held;
    const auto place = std::lower_bound(held.positions.begin(), held.positions.end(), m_token);
    if (place == held.positions.end() || *place != m_token)
        return;
    const auto row = static_cast<std::size_t>(place - held.positions.begin());
    TokenMoment moment;
    moment.step = step->index;
    moment.begin = step->begin;
    moment.end = step->end;
    moment.tier = held.tiers[row];
    moment.reason = held.reasons[row];
    moment.candidate = held.candidates[row] != 0;
    moment.selector = held.selectors[row];
    moment.candidates = step->counts.candidates;
    const trace::ScoreColumn* ranking = trace::rankingColumn(*step);
    for (const trace::ScoreColumn& column : held.scores)
        moment.scores.push_back({column.name, column.values[row], &column == ranking});
    if (moment.candidate && m_run)
        moment.rank = select::candidateRanks(*m_run, *step)[row];
    if (step->cuts.size() == 1)
        moment.cut = step->cuts.front();
    if (!held.peak.empty())
        moment.peak = {held.peak.layers[row], held.peak.heads[row], held.peak.rows[row]};
    m_moments.push_back(std::move(moment));
}

} // namespace kvprism::cli
