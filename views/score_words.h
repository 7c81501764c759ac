// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/score_points.h"

#include <QString>
#include <QStringList>

// What score view and LSH view say of scores, for people.
namespace kvprism::views {

class TraceModel;

// "peak, pooled", "exact (recorded beside)", "LSH collisions", …
QString scoreTitle(const ScoreKind& kind, const trace::Run& run);
// The same with what it decided: "peak, pooled · decides", of a hybrid "exact · decides first".
QString scoreChoice(const ScoreKind& kind, const trace::Run& run);

// “the” at 1,234
QString tokenName(const TraceModel& model, int token);
// "kept by peak", "kept: filled up", "dropped"
QString outcomeOf(const ScorePoints::Point& point, const trace::Run& run);
// Its token, outcome, score, rank of how many and margin to the cut-off, a line each.
QStringList pointLines(const TraceModel& model, const ScorePoints& points, const ScorePoints::Point& point);

// Why a step has nothing to show by score: what it was like, and what would bring scores.
QString whyNotScored(const trace::Run& run, const trace::CompressionStep& step);

} // namespace kvprism::views
