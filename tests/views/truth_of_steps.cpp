// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/views_truth.h"
#include "views/budget_view.h"
#include "views/models/step_facts.h"
#include "views/models/survival_tiles.h"

#include <cmath>

namespace kvprism::views {

using trace::Tier;

namespace {

// The rule of the map's cells, said again: the most frequent kept tier, the more protected where two are
// equal, and the share that is kept.
Cell cellOfFile(const DirectStep& step, int first, int end) {
    std::array<int, 5> counts{};
    int read = 0;
    for (int token = first; token < end; ++token)
        if (const auto tier = step.tierOf(token)) {
            ++counts[static_cast<std::size_t>(*tier)];
            ++read;
        }
    const int kept = read - counts[0];
    if (read == 0)
        return {};
    if (kept == 0)
        return {Cell::Kind::dropped, 0};
    std::size_t most = 1;
    for (std::size_t tier = 2; tier < counts.size(); ++tier)
        if (counts[tier] > counts[most])
            most = tier;
    const auto share = std::max(1L, std::lround(255.0 * kept / read));
    return {static_cast<Cell::Kind>(most), static_cast<std::uint8_t>(share)};
}

} // namespace

void ViewsTellTheTruth::checkMap(std::size_t index) {
    const DirectStep& is = m_case->direct.steps[index];
    TokenAxis axis;
    axis.setPixels(60 + below(300));
    axis.setTokens(m_case->direct.tokens);
    if (maybe())
        axis.zoomAround(below(axis.pixels()), 1 + below(200) / 10.0);
    SurvivalTiles tiles;
    tiles.setAxis(axis);
    const std::vector<Cell>& row = tiles.row(m_case->model.survival(), static_cast<int>(index));
    for (int pixel = 0; pixel < axis.pixels(); ++pixel) {
        const auto [first, end] = axis.tokensOf(pixel);
        same("survival map", QStringLiteral("step %1, column %2").arg(index).arg(pixel),
             row[static_cast<std::size_t>(pixel)], cellOfFile(is, first, end));
    }
    const int a = below(m_case->direct.tokens), b = a + below(m_case->direct.tokens - a) + 1;
    const TierCounts counts = m_case->model.survival().count(static_cast<int>(index), a, b);
    std::array<int, 5> direct{};
    int unread = 0;
    for (int token = a; token < b; ++token)
        if (const auto tier = is.tierOf(token))
            ++direct[static_cast<std::size_t>(*tier)];
        else
            ++unread;
    same("survival index", QStringLiteral("a stretch at step %1").arg(index), counts.byTier, direct);
    same("survival index", QStringLiteral("what is unread at step %1").arg(index), counts.unread, unread);
}

void ViewsTellTheTruth::checkProfile() {
    const DirectRun& is = m_case->direct;
    const int a = below(is.tokens), b = a + below(is.tokens - a) + 1;
    int read = 0, held = 0;
    for (int token = a; token < b; ++token)
        for (const DirectStep& step : is.steps) {
            const auto tier = step.tierOf(token);
            read += tier.has_value();
            held += tier && *tier != Tier::dropped;
        }
    const auto says = m_case->model.survival().heldShare(a, b);
    same("survival map's profile", QStringLiteral("%1 to %2").arg(a).arg(b), says.value_or(-1),
         read == 0 ? -1.0 : static_cast<double>(held) / read);
}

// Timeline, side strip, memory meter, budget and step caption: all that counts a step's tokens.
void ViewsTellTheTruth::checkCounts(std::size_t index) {
    const DirectStep& is = m_case->direct.steps[index];
    const auto what = [&](const char* of) {
        return QStringLiteral("%1 at step %2").arg(QLatin1String(of)).arg(index);
    };
    const auto count = [&](auto holds) {
        int sum = 0;
        for (std::size_t row = 0; row < is.rows(); ++row)
            sum += holds(row) ? 1 : 0;
        return sum;
    };
    const auto inTier = [&](Tier tier) {
        return count([&](std::size_t row) { return is.tiers[row] == tier; });
    };
    const trace::StepCounts& counts = m_case->step(index).counts;
    same("timeline", what("kept"), counts.kept, is.kept());
    same("timeline", what("dropped"), counts.dropped, inTier(Tier::dropped));
    same("memory meter", what("bytes"),
         static_cast<std::int64_t>(m_case->model.store().applied()[index].bytesKept), is.bytesKept);

    const auto selectors = static_cast<int>(m_case->direct.selectors.size());
    const BudgetView view(&m_case->model, &m_case->navigator);
    const BudgetRow& row = view.rows()[index];
    same("budget", what("anchors"), row.anchors, inTier(Tier::anchor));
    same("budget", what("window"), row.window, inTier(Tier::window));
    same("budget", what("dropped"), row.dropped, inTier(Tier::dropped));
    same("budget", what("kept"), row.kept(), is.kept());
    for (int selector = 0; selector <= selectors; ++selector)
        same("budget", what("global of a selector"), row.global[static_cast<std::size_t>(selector)],
             count([&](std::size_t i) {
                 const bool own =
                     selector == selectors ? is.selectors[i] >= selectors : is.selectors[i] == selector;
                 return is.tiers[i] == Tier::global && own;
             }));

    const StepFacts facts = stepFacts(*m_case->model.run(), m_case->step(index));
    same("caption", what("held"), facts.held, static_cast<int>(is.rows()));
    same("caption", what("kept"), facts.kept, is.kept());
    same("caption", what("candidates"), facts.candidates, count([&](auto i) { return is.candidates[i]; }));
    same("caption", what("chosen"), facts.chosen(),
         count([&](auto i) { return is.candidates[i] && is.keeps(i); }));
    same("caption", what("evicted"), facts.evicted,
         count([&](auto i) { return is.reasons[i] == trace::Reason::evicted; }));
    same("caption", what("pinned"), facts.pinned, count([&](auto i) {
             return is.tiers[i] == Tier::global && is.reasons[i] == trace::Reason::pinned;
         }));
}

} // namespace kvprism::views
