// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/score_words.h"

#include "engine/select/method.h"
#include "engine/select/options.h"
#include "views/models/score_scale.h"
#include "views/models/trace_model.h"
#include "views/painting.h"

#include <QCoreApplication>

#include <algorithm>

namespace kvprism::views {

using trace::Reason;

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Scores", text);
}

QString columnTitle(QString name, const trace::Run& run) {
    const QString pooled = QStringLiteral("pooled");
    if (name == pooled)
        return tr("%1, pooled")
            .arg(run.selectors.empty() ? tr("score") : QString::fromStdString(run.selectors.front()));
    if (name.startsWith(pooled + QLatin1Char(':')))
        return tr("%1, pooled").arg(name.mid(pooled.size() + 1));
    const auto other = static_cast<qsizetype>(trace::otherPrefix.size());
    if (name.startsWith(QString::fromLatin1(trace::otherPrefix.data(), other)))
        return tr("%1, not pooled (recorded beside)").arg(name.mid(other));
    return tr("%1, not pooled").arg(name);
}

} // namespace

QString scoreTitle(const ScoreKind& kind, const trace::Run& run) {
    switch (kind.source) {
    case ScoreKind::Source::collisions:
        return tr("LSH collisions");
    case ScoreKind::Source::distance:
        return tr("LSH distance");
    case ScoreKind::Source::u:
        return tr("MagicPIG's u");
    case ScoreKind::Source::column:
        break;
    }
    const QString name = QString::fromStdString(kind.name);
    return kind.selector && !name.startsWith(QStringLiteral("pooled")) ? name : columnTitle(name, run);
}

QString scoreChoice(const ScoreKind& kind, const trace::Run& run) {
    const QString title = scoreTitle(kind, run);
    if (!kind.selector)
        return title;
    if (kind.drawn)
        return tr("%1 · weights of the draw").arg(title);
    if (run.selectors.size() < 2)
        return tr("%1 · decides").arg(title);
    return *kind.selector == 0 ? tr("%1 · decides first").arg(title) : tr("%1 · decides second").arg(title);
}

QString tokenName(const TraceModel& model, int token) {
    const QString label = model.text().label(token);
    return label.isEmpty() ? tr("token %1").arg(grouped(token)) : tr("%1 at %2").arg(label, grouped(token));
}

QString outcomeOf(const ScorePoints::Point& point, const trace::Run& run) {
    if (!point.kept())
        return tr("dropped");
    if (point.reason == Reason::filled)
        return tr("kept: filled up, as fewer met the rule than places were left");
    if (point.selector < run.selectors.size())
        return tr("kept by %1").arg(QString::fromStdString(run.selectors[point.selector]));
    return tr("kept");
}

namespace {

QString marginText(const ScorePoints& points, const ScorePoints::Point& point) {
    const auto margin = points.margin(point);
    if (!margin)
        return {};
    const QString cut = scoreText(static_cast<double>(*points.cut()));
    if (*margin == 0)
        return point.kept() ? tr("exactly on the cut-off of %1").arg(cut)
                            : tr("exactly the cut-off of %1, which tokens ranked before it met").arg(cut);
    // As published, MagicPIG looks at u only among tokens that collide twice.
    if (*margin > 0 && !point.kept() && points.kind().source == ScoreKind::Source::u)
        return tr("above the cut-off of %1, but fewer than two tables collide").arg(cut);
    if (*margin > 0)
        return tr("%1 beyond the cut-off of %2").arg(scoreText(*margin), cut);
    return tr("missed the cut-off of %2 by %1").arg(scoreText(-*margin), cut);
}

} // namespace

QStringList pointLines(const TraceModel& model, const ScorePoints& points, const ScorePoints::Point& point) {
    const trace::Run& run = *model.run();
    QStringList lines{tokenName(model, point.token), outcomeOf(point, run)};
    lines << tr("%1: %2").arg(scoreTitle(points.kind(), run), scoreText(static_cast<double>(point.value)));
    if (point.rank > 0)
        lines << tr("rank %1 of %2").arg(grouped(point.rank), grouped(points.ranked()));
    else
        lines << tr("taken before this part could choose");
    if (const QString margin = marginText(points, point); !margin.isEmpty())
        lines << margin;
    return lines;
}

QString whyNotScored(const trace::Run& run, const trace::CompressionStep& step) {
    const QString index = grouped(step.index);
    const auto& reasons = step.held.reasons;
    if (run.budget > 0 && run.streamTokens() <= run.budget)
        return tr("Everything fits in the budget, so nothing was scored: a smaller budget makes the method "
                  "choose.");
    const auto config = select::configOfRun(run);
    const auto parts = config ? select::partsOf(*config) : std::vector<select::Part>();
    const bool keepsAll = std::ranges::any_of(parts, [](const auto& part) { return part.method->keepsAll; });
    if (keepsAll)
        return tr("The dense model keeps everything, so nothing was scored.");
    if (step.counts.candidates == 0 ||
        std::ranges::all_of(reasons, [](Reason reason) { return reason == Reason::fits; }))
        return tr("Step %1 had nothing to choose from: all that it held is protected or was chosen earlier.")
            .arg(index);
    const bool measures = std::ranges::any_of(
        parts, [](const auto& part) { return part.method->scorer != select::ScorerKind::none; });
    if (!measures && !parts.empty()) {
        const auto title = parts.front().method->title;
        return tr("%1 needs no scores. Record with full detail to see what other methods would have scored.")
            .arg(QString::fromUtf8(title.data(), static_cast<qsizetype>(title.size())));
    }
    return tr("Step %1 dropped nothing, so nothing was scored.").arg(index);
}

} // namespace kvprism::views
