// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/select/config.h"
#include "engine/select/options.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// Between values and their text, as the option table's rows need it. Errors name the option and what it
// takes.
namespace kvprism::select {

template <class Enum> using EnumNames = std::span<const std::pair<Enum, std::string_view>>;

EnumNames<Mode> namesOf(Mode);
EnumNames<BudgetScope> namesOf(BudgetScope);
EnumNames<Scoring> namesOf(Scoring);
EnumNames<Pool> namesOf(Pool);
EnumNames<Backend> namesOf(Backend);
EnumNames<Positions> namesOf(Positions);
EnumNames<Layout> namesOf(Layout);
EnumNames<LshMode> namesOf(LshMode);
EnumNames<TieBreak> namesOf(TieBreak);
EnumNames<RecordDetail> namesOf(RecordDetail);
EnumNames<Switch> namesOf(Switch);

template <class Enum> std::string textOf(Enum value) requires std::is_enum_v<Enum> {
    for (const auto& [candidate, name] : namesOf(value))
        if (candidate == value)
            return std::string(name);
    return {};
}
std::string textOf(double value); // the shortest text that reads back as the same number
std::string textOf(const std::vector<std::string>& values);

// "--mode" takes recursive or accumulate, not 'x'.
Error noSuchChoice(std::string_view option, std::string_view value);

Status parseInto(std::int32_t& target, std::string_view option, std::string_view value);
Status parseInto(std::uint64_t& target, std::string_view option, std::string_view value);
Status parseInto(double& target, std::string_view option, std::string_view value);
Status parseInto(std::vector<std::string>& target, std::string_view option, std::string_view value);
Status parseChoice(std::string& target, std::string_view option, std::string_view value);

template <class Enum>
Status parseInto(Enum& target, std::string_view option,
                 std::string_view value) requires std::is_enum_v<Enum> {
    for (const auto& [candidate, name] : namesOf(target)) {
        if (name != value)
            continue;
        target = candidate;
        return {};
    }
    return noSuchChoice(option, value);
}

} // namespace kvprism::select
