// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/run_options.h"

#include "app/window/words.h"
#include "engine/select/method.h"
#include "engine/text/chat_template.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace kvprism::app {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("kvprism::app::runOptions", text);
}

std::string valueOf(const trace::Run& run, std::string_view name) {
    const auto found = std::find_if(run.config.begin(), run.config.end(),
                                    [&](const trace::Setting& setting) { return setting.name == name; });
    return found == run.config.end() ? std::string() : found->value;
}

QString titleOf(const std::string& name) {
    const select::MethodSpec* method = select::findMethod(name);
    return QString::fromStdString(method ? std::string(method->title) : name);
}

QString methodText(const select::Config& config) {
    QString text = titleOf(config.method);
    if (config.preset == "laser-kv" && config.method == "hybrid")
        text = tr("LASER-KV");
    else if (config.preset == "laser-kv-paper" && config.method == "hybrid")
        text = tr("LASER-KV as published");
    else if (config.method == "hybrid")
        text = tr("%1 + %2").arg(titleOf(config.hybridPrimary), titleOf(config.hybridSecondary));
    const bool usualMode = config.mode == select::Mode::recursive || config.preset != "prism";
    return usualMode ? text : tr("%1, accumulating").arg(text);
}

QString readingText(const select::Config& config) {
    switch (select::promptOf(config)) {
    case select::Scoring::question:
        return tr("for this question");
    case select::Scoring::standing:
        return tr("for any question");
    default:
        break;
    }
    switch (select::partsOf(config).front().scoring) {
    case select::Scoring::window:
        return tr("by each block's last tokens");
    case select::Scoring::block:
        return tr("by each block itself");
    default:
        return {};
    }
}

std::int64_t tokensIn(const select::TokenRanges& ranges) {
    std::int64_t count = 0;
    for (const auto& range : ranges.ranges())
        count += range.last - range.first + 1;
    return count;
}

QStringList marksText(const select::Config& config) {
    QStringList marks;
    if (const auto pinned = tokensIn(config.pins))
        marks += tr("%1 pinned").arg(countText(pinned));
    if (const auto evicted = tokensIn(config.evictions))
        marks += tr("%1 evicted").arg(countText(evicted));
    return marks;
}

// What stands elsewhere, or changes what is recorded or said and not what is kept.
bool isSaidOtherwise(std::string_view name) {
    constexpr std::array<std::string_view, 16> names{
        "preset",          "method",     "mode",          "scoring",         "budget",
        "block-size",      "pin",        "evict",         "evidence",        "compression-ratio",
        "max-new-tokens",  "stop-words", "record-detail", "dense-reference", "hybrid-primary",
        "hybrid-secondary"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

QStringList othersOf(const trace::Run& run, const select::Config& config) {
    QStringList others;
    for (const auto& [name, value] : settingsOfRun(run)) {
        const bool ofPreset = config.preset != "prism" &&
                              (name.starts_with("hybrid-") || name == "lsh-mode" || name == "budget-scope");
        if (isSaidOtherwise(name) || ofPreset)
            continue;
        if (name == "standing-prompt" || name == "instruction")
            others += name == "instruction" ? tr("another instruction") : tr("another standing prompt");
        else
            others += QString::fromStdString(name).replace(QLatin1Char('-'), QLatin1Char(' ')) +
                      QLatin1Char(' ') + QString::fromStdString(value);
    }
    if (config.denseReference == select::Switch::on)
        others += tr("with a dense run");
    return others;
}

} // namespace

select::Settings settingsOfRun(const trace::Run& run) {
    const bool byRatio = valueOf(run, "compression-ratio") != "off";
    select::Settings settings;
    settings["method"] = valueOf(run, "method"); // first: it brings values of its own with it
    for (const select::OptionSpec& option : select::optionTable()) {
        const std::string name(option.name);
        const std::string value = valueOf(run, name);
        const auto usual = select::configFrom(settings);
        if (option.kind == select::OptionKind::tokenRanges)
            continue; // marks belong to the document, and stand there
        const bool decided = name == "backend" || name == "positions" || (name == "budget" && byRatio);
        if (!value.empty() && !decided && (!usual || option.get(*usual) != value))
            settings[name] = value;
    }
    // What a run reads with where nobody wrote a prompt is recorded in words.
    if (const auto own = settings.find("standing-prompt");
        own != settings.end() && own->second == text::defaultStandingPrompt())
        settings.erase(own);
    return settings;
}

RunOptions optionsOf(const trace::Run& run) {
    const auto config = select::configOfRun(run);
    if (!config) // of another version
        return {titleOf(valueOf(run, "method")), {}, {}, {}};
    return {methodText(*config), readingText(*config), marksText(*config), othersOf(run, *config)};
}

} // namespace kvprism::app
