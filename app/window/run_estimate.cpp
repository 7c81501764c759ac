// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/run_estimate.h"

#include "app/window/words.h"
#include "engine/select/options.h"

#include <QCoreApplication>

#include <algorithm>
#include <limits>

namespace kvprism::app {

namespace {

constexpr double bytesPerToken = 4.3; // English prose, vocabularies of 32k to 150k tokens
constexpr std::int32_t usualPrompt = 64;

QString tr(const char* text) {
    return QCoreApplication::translate("kvprism::app::RunEstimate", text);
}

} // namespace

QString estimateText(const files::ModelSummary& model, const select::Config& config,
                     std::uint64_t documentBytes, double tokensPerSecond) {
    const double guess = static_cast<double>(documentBytes) / bytesPerToken;
    const auto tokens = static_cast<std::int32_t>(
        std::clamp(guess, 1.0, static_cast<double>(std::numeric_limits<std::int32_t>::max() / 2)));
    const auto resolved = select::resolve(config, {model.config.contextLength}, tokens, 0, usualPrompt);
    if (!resolved)
        return {};
    QString text = tr("About %1 tokens to read").arg(countText(tokens));
    if (tokensPerSecond > 0)
        text += tr(", %1").arg(durationText(tokens / tokensPerSecond));
    const std::int32_t held = std::min(resolved->budget, tokens);
    return text + tr("; about %1 of weights and %2 for %3 kept tokens")
                      .arg(bytesText(model.weights.total()),
                           bytesText(model.kvBytesPerToken * static_cast<quint64>(held)), countText(held));
}

} // namespace kvprism::app
