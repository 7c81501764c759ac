// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/option_values.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace kvprism::select {

namespace {

// 2^64 − 1 has no double of its own.
std::string mostText(double maximum) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    return maximum >= static_cast<double>(most) ? std::to_string(most) : textOf(maximum);
}

template <class Number>
Status parseNumber(Number& target, std::string_view option, std::string_view value, std::string_view kind) {
    const OptionSpec& spec = *findOption(option);
    Number number{};
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool read = failure == std::errc() && end == value.data() + value.size();
    // Written so that "not a number" is outside every range.
    const bool inRange =
        static_cast<double>(number) >= spec.minimum && static_cast<double>(number) <= spec.maximum;
    if (!read || !inRange)
        return usageError("--" + std::string(option) + " takes " + std::string(kind) + " from " +
                          textOf(spec.minimum) + " to " + mostText(spec.maximum) + ", not '" +
                          std::string(value) + "'.");
    target = number;
    return {};
}

} // namespace

EnumNames<Mode> namesOf(Mode) {
    static constexpr std::array<std::pair<Mode, std::string_view>, 2> names{
        {{Mode::recursive, "recursive"}, {Mode::accumulate, "accumulate"}}};
    return names;
}

EnumNames<BudgetScope> namesOf(BudgetScope) {
    static constexpr std::array<std::pair<BudgetScope, std::string_view>, 2> names{
        {{BudgetScope::total, "total"}, {BudgetScope::perBlock, "per_block"}}};
    return names;
}

EnumNames<Scoring> namesOf(Scoring) {
    static constexpr std::array<std::pair<Scoring, std::string_view>, 5> names{
        {{Scoring::question, "question"},
         {Scoring::standing, "standing"},
         {Scoring::window, "window"},
         {Scoring::block, "block"},
         {Scoring::none, "none"}}};
    return names;
}

EnumNames<Pool> namesOf(Pool) {
    static constexpr std::array<std::pair<Pool, std::string_view>, 3> names{
        {{Pool::none, "none"}, {Pool::max, "max"}, {Pool::avg, "avg"}}};
    return names;
}

EnumNames<Backend> namesOf(Backend) {
    static constexpr std::array<std::pair<Backend, std::string_view>, 3> names{
        {{Backend::automatic, "auto"}, {Backend::eager, "eager"}, {Backend::flash, "flash"}}};
    return names;
}

EnumNames<Positions> namesOf(Positions) {
    static constexpr std::array<std::pair<Positions, std::string_view>, 3> names{
        {{Positions::automatic, "auto"},
         {Positions::absolute, "absolute"},
         {Positions::reindexed, "reindexed"}}};
    return names;
}

EnumNames<Layout> namesOf(Layout) {
    static constexpr std::array<std::pair<Layout, std::string_view>, 2> names{
        {{Layout::inlined, "inline"}, {Layout::detached, "detached"}}};
    return names;
}

EnumNames<LshMode> namesOf(LshMode) {
    static constexpr std::array<std::pair<LshMode, std::string_view>, 3> names{
        {{LshMode::frequencyRank, "frequency_rank"},
         {LshMode::magicpigBaseline, "magicpig_baseline"},
         {LshMode::magicpigSampling, "magicpig_sampling"}}};
    return names;
}

EnumNames<TieBreak> namesOf(TieBreak) {
    static constexpr std::array<std::pair<TieBreak, std::string_view>, 5> names{
        {{TieBreak::l2, "l2"},
         {TieBreak::maxSim, "max_sim"},
         {TieBreak::mahalanobis, "mahalanobis"},
         {TieBreak::partitionedCentroid, "partitioned_centroid"},
         {TieBreak::none, "none"}}};
    return names;
}

EnumNames<Switch> namesOf(Switch) {
    static constexpr std::array<std::pair<Switch, std::string_view>, 2> names{
        {{Switch::off, "off"}, {Switch::on, "on"}}};
    return names;
}

EnumNames<RecordDetail> namesOf(RecordDetail) {
    static constexpr std::array<std::pair<RecordDetail, std::string_view>, 2> names{
        {{RecordDetail::normal, "normal"}, {RecordDetail::full, "full"}}};
    return names;
}

std::string textOf(double value) {
    char text[32];
    const auto end =
        value > -1e15 && value < 1e15 && value == static_cast<double>(static_cast<std::int64_t>(value))
            ? std::to_chars(text, text + sizeof text, static_cast<std::int64_t>(value)).ptr
            : std::to_chars(text, text + sizeof text, value).ptr;
    return {text, end};
}

std::string textOf(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) {
        if (!text.empty())
            text += ',';
        for (const char c : value) {
            if (c == '\n')
                text += "\\n";
            else if (c == '\t')
                text += "\\t";
            else if (c == '\\' || c == ',')
                (text += '\\') += c;
            else
                text += c;
        }
    }
    return text;
}

Error noSuchChoice(std::string_view option, std::string_view value) {
    std::string choices;
    for (const std::string_view choice : findOption(option)->choices)
        choices += (choices.empty() ? "" : ", ") + std::string(choice);
    return usageError("--" + std::string(option) + " takes one of " + choices + ", not '" +
                      std::string(value) + "'.");
}

Status parseInto(std::int32_t& target, std::string_view option, std::string_view value) {
    return parseNumber(target, option, value, "a whole number");
}

Status parseInto(std::uint64_t& target, std::string_view option, std::string_view value) {
    return parseNumber(target, option, value, "a whole number");
}

Status parseInto(double& target, std::string_view option, std::string_view value) {
    return parseNumber(target, option, value, "a number");
}

Status parseInto(std::vector<std::string>& target, std::string_view option, std::string_view value) {
    std::vector<std::string> values(1);
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == ',') {
            values.emplace_back();
        } else if (value[i] != '\\') {
            values.back() += value[i];
        } else {
            const char escaped = ++i < value.size() ? value[i] : '\0';
            if (escaped == 'n')
                values.back() += '\n';
            else if (escaped == 't')
                values.back() += '\t';
            else if (escaped == '\\' || escaped == ',')
                values.back() += escaped;
            else
                return usageError(
                    "--" + std::string(option) +
                    " knows the escapes \\n, \\t, \\\\ and \\, and no others: write \\\\ for a backslash.");
        }
    }
    std::erase(values, "");
    target = std::move(values);
    return {};
}

Status parseChoice(std::string& target, std::string_view option, std::string_view value) {
    const auto& choices = findOption(option)->choices;
    if (std::find(choices.begin(), choices.end(), value) == choices.end())
        return noSuchChoice(option, value);
    target = std::string(value);
    return {};
}

} // namespace kvprism::select
