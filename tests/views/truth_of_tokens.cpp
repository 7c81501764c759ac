// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/views_truth.h"
#include "views/models/needle_story.h"
#include "views/models/text_search.h"
#include "views/models/token_story.h"
#include "views/needle_strip.h"

#include <algorithm>
#include <cmath>

namespace kvprism::views {

using trace::Tier;

namespace {

// Without what the stream's end left of a character that it cut in two.
QString wholeCharacters(QString text) {
    while (text.endsWith(QChar::ReplacementCharacter))
        text.chop(1);
    return text;
}

} // namespace

void ViewsTellTheTruth::checkStories() {
    const DirectRun& is = m_case->direct;
    for (int i = 0; i < 40; ++i) {
        const int token = below(is.tokens), at = below(static_cast<int>(is.steps.size()));
        const TokenStory says = tokenStory(m_case->model, token, at);
        const auto what = [&](const char* of) {
            return QStringLiteral("%1 of token %2 at step %3").arg(QLatin1String(of)).arg(token).arg(at);
        };
        const auto read = is.readAt(token), gone = is.droppedAt(token);
        const DirectStep& step = is.steps[static_cast<std::size_t>(at)];
        same("token", what("the reading"), says.readAt, read);
        same("token", what("the dropping"), says.droppedAt, gone);
        same("token", what("the tier"), says.tier, step.tierOf(token));
        if (!says.tier)
            continue;
        const auto told = static_cast<std::size_t>(gone ? std::min(at, *gone) : at);
        const auto row = is.steps[told].rowOf(token);
        same("token", what("whether it has a reason"), says.reason.has_value(), row.has_value());
        if (!row)
            continue;
        same("token", what("the reason"), *says.reason, is.steps[told].reasons[*row]);
        if (!says.score)
            continue;
        same("token", what("the score's step"), says.score->step, static_cast<int>(told));
        const auto column = is.steps[told].scores.find(says.score->column);
        same("token", what("the score's column"), column != is.steps[told].scores.end(), true);
        if (column != is.steps[told].scores.end())
            same("token", what("the score"), says.score->value, column->second[*row]);
        if (says.score->cut)
            same("token", what("the cut"), *says.score->cut, is.steps[told].cuts.begin()->second);
        for (const int other : says.tookItsPlace) {
            const auto place = is.steps[told].rowOf(other);
            same("token", what("what took its place"), place && is.steps[told].keeps(*place), true);
        }
    }
}

void ViewsTellTheTruth::checkText() {
    const DirectRun& is = m_case->direct;
    for (std::size_t index = 0; index < is.steps.size(); ++index)
        for (int token = 0; token < is.tokens; ++token)
            same("text", QStringLiteral("the tint of token %1 at step %2").arg(token).arg(index),
                 m_case->model.survival().tier(static_cast<int>(index), token),
                 is.steps[index].tierOf(token));
    same("text", QStringLiteral("whether there is text"), m_case->model.text().empty(), is.withoutText);
    if (is.withoutText)
        return;
    std::string whole;
    for (const std::string& piece : is.pieces)
        whole += piece;
    same("text", QStringLiteral("all of it"), wholeCharacters(m_case->model.text().text()),
         wholeCharacters(QString::fromStdString(whole)));
    const int at = below(static_cast<int>(is.steps.size()));
    const std::vector<Hit> hits = findAll(m_case->model.text(), QStringLiteral("river"));
    HitSurvival direct;
    for (int token = 0; token < is.tokens; ++token) { // the word is a token with the space before it
        if (is.pieces[static_cast<std::size_t>(token)].find("iver") == std::string::npos)
            continue;
        const auto tier = is.steps[static_cast<std::size_t>(at)].tierOf(token);
        direct.read += tier.has_value();
        direct.heldTokens += tier && *tier != Tier::dropped;
    }
    const HitSurvival says = survivalOf(hits, m_case->model.survival(), at);
    same("search", QStringLiteral("read places"), says.read, direct.read);
    same("search", QStringLiteral("places held whole"), says.whole, direct.heldTokens);
    same("search", QStringLiteral("held tokens"), says.heldTokens, direct.heldTokens);
}

void ViewsTellTheTruth::checkNeedles() {
    const DirectRun& is = m_case->direct;
    for (int i = 0; i < 5; ++i) {
        const int first = below(is.tokens);
        const Navigator::TokenRange range{first, std::min(first + below(20), is.tokens - 1)};
        const NeedleStory says = needleStory(m_case->model, range);
        const NeedleStrip strip(&m_case->model, nullptr, &m_case->navigator, range, nullptr);
        const auto heldAfter = [&](const DirectStep& step) {
            int held = 0;
            for (int token = range.first; token <= range.last; ++token) {
                const auto row = step.rowOf(token);
                held += row && step.keeps(*row);
            }
            return held;
        };
        same("needles", QStringLiteral("held at the end"), says.heldAtEnd, heldAfter(is.steps.back()));
        std::optional<int> damaged, lost;
        for (std::size_t index = 0; index < is.steps.size(); ++index) {
            const DirectStep& step = is.steps[index];
            const int held = heldAfter(step);
            const int read = std::clamp(step.end - range.first, 0, says.tokens());
            if (held < read && !damaged)
                damaged = static_cast<int>(index);
            if (read == says.tokens() && held == 0 && !lost)
                lost = static_cast<int>(index);
            const double share = strip.heldShare(static_cast<int>(index));
            same("needle strip", QStringLiteral("step %1").arg(index),
                 std::abs(std::max(share, 0.0) - static_cast<double>(held) / says.tokens()) < 1e-9, true);
        }
        same("needles", QStringLiteral("the damage"), says.damaged ? says.damaged->step : -1,
             damaged.value_or(-1));
        same("needles", QStringLiteral("the loss"), says.lost ? says.lost->step : -1, lost.value_or(-1));
    }
}

} // namespace kvprism::views
