// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/words.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace kvprism::app {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("kvprism::app::words", text);
}

const QLocale& locale() {
    static const QLocale english(QLocale::English, QLocale::UnitedStates);
    return english;
}

QString phaseText(Phase phase) {
    switch (phase) {
    case Phase::loading:
        return tr("Loading the model");
    case Phase::tokenising:
        return tr("Turning the text into tokens");
    case Phase::reading:
        return tr("Reading");
    case Phase::answering:
        return tr("Answering");
    case Phase::comparing:
        return tr("Reading everything for comparison");
    }
    return {};
}

QString rateText(double tokensPerSecond) {
    return tr("%1 tokens/s").arg(locale().toString(tokensPerSecond, 'f', tokensPerSecond < 100 ? 1 : 0));
}

} // namespace

QString countText(qint64 count) {
    return locale().toString(count);
}

QString bytesText(quint64 bytes) {
    constexpr double kibi = 1024;
    const auto value = static_cast<double>(bytes);
    if (value < kibi)
        return tr("%1 B").arg(bytes);
    const char* const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double scaled = value / kibi;
    std::size_t unit = 0;
    for (; scaled >= 1000 && unit < 3; ++unit)
        scaled /= kibi;
    return locale().toString(scaled, 'f', scaled < 100 ? 1 : 0) + QLatin1Char(' ') +
           QLatin1String(units[unit]);
}

QString durationText(double seconds) {
    const auto whole = static_cast<qint64>(std::ceil(std::max(seconds, 0.0)));
    if (whole < 60)
        return tr("%1 s").arg(whole);
    if (whole < 3600)
        return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString progressText(const Progress& progress) {
    QStringList parts{phaseText(progress.phase)};
    const bool reads = progress.phase == Phase::reading || progress.phase == Phase::comparing;
    if (reads && progress.total > 0)
        parts += tr("%1 of %2 tokens").arg(countText(progress.done), countText(progress.total));
    if (progress.phase == Phase::tokenising && progress.total > 0)
        parts += tr("%1 of %2")
                     .arg(bytesText(static_cast<quint64>(progress.done)),
                          bytesText(static_cast<quint64>(progress.total)));
    if (progress.phase == Phase::answering)
        parts += tr("%1 tokens").arg(countText(progress.done));
    if (progress.phase != Phase::loading && progress.tokensPerSecond > 0)
        parts += rateText(progress.tokensPerSecond);
    if (reads && progress.tokensPerSecond > 0)
        parts += tr("%1 left").arg(
            durationText(static_cast<double>(progress.total - progress.done) / progress.tokensPerSecond));
    return parts.join(QStringLiteral(" · "));
}

double progressShare(const Progress& progress) {
    if (progress.total <= 0)
        return 0;
    return std::clamp(static_cast<double>(progress.done) / static_cast<double>(progress.total), 0.0, 1.0);
}

QString summaryText(const AskResult& result) {
    const int read = result.tokens.prefix + result.tokens.document;
    QStringList parts;
    if (result.readNow && read > 0 && result.readMs > 0)
        parts += tr("Read %1 tokens in %2 s (%3)")
                     .arg(countText(read), locale().toString(result.readMs / 1000, 'f', 1),
                          rateText(read / result.readMs * 1000));
    if (result.tokens.kept > 0)
        parts += tr("kept %1, %2").arg(countText(result.tokens.kept), bytesText(result.bytes.kept));
    if (result.tokens.answer > 0 && result.answerMs > 0)
        parts += tr("answered %1 tokens in %2 s")
                     .arg(countText(result.tokens.answer), locale().toString(result.answerMs / 1000, 'f', 1));
    return parts.join(QStringLiteral(" · "));
}

} // namespace kvprism::app
