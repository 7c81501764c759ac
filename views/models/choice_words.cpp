// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/choice_words.h"

#include "engine/select/method.h"
#include "views/models/score_scale.h"
#include "views/painting.h"

#include <QCoreApplication>

namespace kvprism::views {

using select::ScorerKind;
using select::Scoring;

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ChoiceWords", text);
}

// Whose attention counts.
QString rowsOf(Scoring scoring) {
    switch (scoring) {
    case Scoring::question:
        return tr("the question");
    case Scoring::standing:
        return tr("the standing prompt");
    case Scoring::window:
        return tr("the block\u2019s last tokens");
    case Scoring::block:
        return tr("the block itself");
    case Scoring::none:
        break;
    }
    return tr("the model");
}

QString hashesOf(select::LshMode mode, Scoring scoring) {
    switch (mode) {
    case select::LshMode::frequencyRank:
        return tr("hash collisions with %1 chose %2").arg(rowsOf(scoring));
    case select::LshMode::magicpigBaseline:
        return tr("MagicPIG\u2019s rule on hash collisions with %1 chose %2").arg(rowsOf(scoring));
    case select::LshMode::magicpigSampling:
        break;
    }
    return tr("a draw weighted by hash collisions with %1 chose %2").arg(rowsOf(scoring));
}

// With a place for the number.
QString rule(const select::Part& part, select::LshMode mode) {
    switch (part.method->scorer) {
    case ScorerKind::peak:
        return tr("peak attention from %1 chose %2").arg(rowsOf(part.scoring));
    case ScorerKind::exact:
        return tr("the sum of attention from %1 chose %2").arg(rowsOf(part.scoring));
    case ScorerKind::keyNorm:
        return tr("the %2 with the smallest keys stay");
    case ScorerKind::lsh:
        return hashesOf(mode, part.scoring);
    case ScorerKind::none:
        break;
    }
    if (part.method->name == "recency")
        return tr("the newest %2 stay");
    if (part.method->name == "random")
        return tr("a random draw chose %2");
    const auto title = part.method->title;
    return tr("%1 chose %2").arg(QString::fromUtf8(title.data(), static_cast<qsizetype>(title.size())));
}

} // namespace

QString choiceWords(const trace::Run& run, const std::optional<select::Config>& config, std::size_t part,
                    int chosen) {
    const auto parts = config ? select::partsOf(*config) : std::vector<select::Part>();
    const QString number = grouped(chosen);
    if (part < parts.size())
        return rule(parts[part], config->lshMode).replace(QStringLiteral("%2"), number);
    const QString name =
        part < run.selectors.size() ? QString::fromStdString(run.selectors[part]) : tr("the method");
    return tr("%1 chose %2").arg(name, number);
}

QString cutWords(const std::optional<select::Config>& config, const trace::Cut& cut) {
    const auto parts = config ? select::partsOf(*config) : std::vector<select::Part>();
    if (cut.selector >= parts.size())
        return {};
    const QString value = scoreText(static_cast<double>(cut.value));
    const QString name = QString::fromUtf8(parts[cut.selector].method->title.data(),
                                           std::ssize(parts[cut.selector].method->title));
    const ScorerKind scorer = parts[cut.selector].method->scorer;
    if (scorer == ScorerKind::keyNorm)
        return tr("%1, the norm of the last key that was small enough (%2).").arg(value, name);
    if (select::givesScores(scorer))
        return tr("%1, the score of the last one chosen (%2).").arg(value, name);
    if (scorer == ScorerKind::lsh && config->lshMode == select::LshMode::frequencyRank)
        return tr("%1, the collisions of the last one chosen (%2).").arg(value, name);
    if (scorer == ScorerKind::lsh && config->lshMode == select::LshMode::magicpigBaseline)
        return tr("%1, the likelihood u of the last one chosen (%2).").arg(value, name);
    return {}; // positions and draws are no scores
}

} // namespace kvprism::views
