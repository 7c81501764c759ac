// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/compare.h"
#include "app/cli/escape.h"
#include "app/cli/passages.h"
#include "app/cli/words.h"

#include <algorithm>
#include <fmt/format.h>

namespace kvprism::cli {

namespace {

constexpr std::size_t answerColumn = 48; // characters

bool beginsCharacter(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

std::size_t characters(const std::string& utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), beginsCharacter));
}

// The first `count` characters; all of it where there are fewer.
std::size_t bytesOf(const std::string& utf8, std::size_t count) {
    std::size_t at = 0;
    for (; at < utf8.size(); ++at)
        if (beginsCharacter(utf8[at]) && count-- == 0)
            break;
    return at;
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines;
    std::string rest = text;
    while (!rest.empty()) {
        const std::size_t newline = rest.find('\n');
        std::size_t end = std::min(newline, bytesOf(rest, width));
        std::size_t next = end;
        if (end == newline) {
            next = end + 1;
        } else if (end < rest.size()) {
            const std::size_t blank = rest.rfind(' ', end);
            if (blank != std::string::npos && blank > 0) {
                end = blank;
                next = blank + 1;
            }
        }
        lines.push_back(rest.substr(0, end));
        rest.erase(0, next);
    }
    return lines;
}

std::string runLine(const char* name, const ComparedRun& run) {
    const trace::Run& record = run.outline.run();
    std::string text = fmt::format("{}  {}", name, oneLine(run.path));
    for (const trace::Setting& setting : record.config)
        if (setting.name == "method" || setting.name == "mode")
            text += " · " + oneLine(setting.value);
    return text + fmt::format(" · budget {}\n", grouped(record.budget));
}

std::string differencesText(const RunComparison& comparison) {
    std::string text;
    for (const auto& difference : comparison.differences)
        text += fmt::format("   {:<20} {} | {}\n", oneLine(difference.name), oneLine(difference.a),
                            oneLine(difference.b));
    return text.empty() ? "The options are the same.\n" : "Different options (A | B):\n" + text;
}

std::string stepsText(const RunComparison& comparison) {
    constexpr const char* format = "{:>5}{:>15}{:>9}{:>9}{:>9}{:>9}{:>10}\n";
    std::string text =
        "\n" + fmt::format(format, "step", "tokens", "both", "only A", "only B", "neither", "Jaccard");
    for (const ComparedStep& step : comparison.steps)
        text += fmt::format(format, step.index, fmt::format("{}–{}", step.begin.value, step.end.value - 1),
                            step.both, step.onlyA, step.onlyB, step.neither, fixed(step.jaccard, 3));
    return text;
}

std::string answersText(const RunComparison& comparison) {
    const auto& a = comparison.a.outline.answers();
    const auto& b = comparison.b.outline.answers();
    if (comparison.a.outline.run().withoutText && comparison.b.outline.run().withoutText)
        return "";
    std::string text;
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        const trace::Answer left = i < a.size() ? *a[i] : trace::Answer();
        const trace::Answer right = i < b.size() ? *b[i] : trace::Answer();
        text += "\n";
        if (left.question == right.question)
            text += "Question: " + oneLine(left.question) + "\n";
        else
            text += sideBySide("Question: " + oneLine(left.question), "Question: " + oneLine(right.question),
                               answerColumn);
        text += sideBySide("A: " + forTerminal(left.text), "B: " + forTerminal(right.text), answerColumn);
    }
    return text;
}

} // namespace

std::string sideBySide(const std::string& left, const std::string& right, std::size_t width) {
    const std::vector<std::string> a = wrapped(left, width), b = wrapped(right, width);
    std::string text;
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        const std::string begin = i < a.size() ? a[i] : "";
        const std::string padding(width - std::min(width, characters(begin)), ' ');
        const std::string end = i < b.size() ? b[i] : "";
        text += end.empty() ? begin + "\n" : begin + padding + " │ " + end + "\n";
    }
    return text;
}

std::string comparisonText(const RunComparison& comparison) {
    std::string text = runLine("A", comparison.a) + runLine("B", comparison.b) + differencesText(comparison);
    for (const std::string& notice : comparison.notices)
        text += "Note: " + oneLine(notice) + "\n";
    text += stepsText(comparison);
    const ComparedRun& named = comparison.a.outline.run().withoutText ? comparison.b : comparison.a;
    text += passagesText("Kept by A alone", named.outline.run(), comparison.last.onlyA);
    text += passagesText("Kept by B alone", named.outline.run(), comparison.last.onlyB);
    return text + answersText(comparison);
}

} // namespace kvprism::cli
