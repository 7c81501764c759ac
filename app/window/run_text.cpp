// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/run_text.h"

#include "app/window/words.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace kvprism::app {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("kvprism::app::runText", text);
}

QString endText(const trace::TraceStore& store) {
    if (!store.end())
        return tr("cut off");
    switch (store.end()->outcome) {
    case trace::Outcome::finished:
        return {};
    case trace::Outcome::stopped:
        return tr("stopped");
    case trace::Outcome::failed:
        return tr("failed: %1").arg(QString::fromStdString(store.end()->message));
    }
    return {};
}

QString sameText(const verify::Verification& result) {
    const QString steps = result.steps == 1 ? tr("1 step") : tr("%1 steps").arg(countText(result.steps));
    const QString text = result.answers == 0   ? tr("The same choices in %1; no answer was recorded.")
                         : result.answers == 1 ? tr("The same choices in %1 and the same answer.")
                                               : tr("The same choices in %1 and the same answers.");
    return text.arg(steps);
}

} // namespace

MemoryMeter::Reading meterReading(const trace::TraceStore& store, int step) {
    MemoryMeter::Reading reading;
    const trace::Run* run = store.run();
    if (!run)
        return reading;
    reading.known = true;
    reading.budgetTokens = run->budget;
    reading.documentTokens = run->streamTokens();
    reading.bytesPerToken = run->model.kvBytesPerToken;
    if (step < 0 || step >= static_cast<int>(store.steps().size()))
        return reading;
    const auto at = static_cast<std::size_t>(step);
    reading.keptTokens = store.steps()[at]->counts.kept;
    reading.keptBytes = at < store.applied().size()
                            ? store.applied()[at].bytesKept
                            : static_cast<quint64>(reading.keptTokens) * reading.bytesPerToken;
    return reading;
}

QString deviceText(const trace::ModelIdentity& model) {
    return QString::fromStdString(model.device).toUpper() + QLatin1Char(' ') +
           QString::fromStdString(model.dtype);
}

QString recordedWithText(const trace::ModelIdentity& model, const QString& nextModelPath) {
    const QString name = modelName(model);
    return name == modelName(nextModelPath) ? tr("recorded: %1").arg(deviceText(model))
                                            : tr("recorded: %1").arg(name);
}

QString runText(const trace::Run& run, const trace::TraceStore& store) {
    const auto method = std::find_if(run.config.begin(), run.config.end(),
                                     [](const trace::Setting& setting) { return setting.name == "method"; });
    QStringList parts{tr("Recording"), modelName(run.model), deviceText(run.model)};
    if (method != run.config.end())
        parts += QString::fromStdString(method->value);
    parts += tr("%1 of %2 tokens")
                 .arg(countText(std::min(run.budget, run.streamTokens())), countText(run.streamTokens()));
    parts += endText(store);
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

QString verifiedText(const verify::Verification& result) {
    if (result.difference) {
        QString sentence = QString::fromStdString(result.difference->sentence());
        sentence[0] = sentence[0].toUpper();
        return sentence + QLatin1Char('.');
    }
    QString text = sameText(result);
    if (result.firstScoresApart >= 0)
        text += QLatin1Char(' ') + tr("Scores differ from step %1 on, by at most %2 of themselves.")
                                       .arg(countText(result.firstScoresApart))
                                       .arg(result.scoresApart, 0, 'g', 2);
    return text;
}

} // namespace kvprism::app
