// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <numeric>
#include <set>

namespace kvprism::cli {

namespace {

// Options that mean something when they are empty, or have a better sentence of their own.
constexpr std::array<std::string_view, 2> mayBeEmpty{"--stop-words", "--question"};

// How many characters have to be put in, left out, changed or swapped with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> beforeLast, last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t k = 1; k <= b.size(); ++k) {
            const std::size_t changed = last[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1);
            row[k] = std::min({changed, last[k] + 1, row[k - 1] + 1});
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                row[k] = std::min(row[k], beforeLast[k - 2] + 1);
        }
        beforeLast = last;
        last = row;
    }
    return last.back();
}

// "; did you mean ask?", or nothing where no name comes near.
std::string suggestion(std::string_view word, const std::vector<std::string>& names) {
    const std::string* best = nullptr;
    std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string& name : names) {
        if (name.size() > 2 * word.size() || word.size() > 2 * name.size())
            continue;
        const std::size_t away = distance(word, name);
        if (away < least) {
            least = away;
            best = &name;
        }
    }
    return best ? fmt::format("; did you mean {}?", *best) : "";
}

std::vector<std::string> optionNames(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        if (!option->get_group().empty() && !option->get_lnames().empty())
            names.push_back("--" + option->get_lnames().front());
    return names;
}

class Walk {
  public:
    explicit Walk(std::span<const std::string> arguments) : m_rest(arguments) {}

    Status over(const CLI::App& app) {
        const bool hasCommands = !app.get_subcommands([](const CLI::App*) { return true; }).empty();
        std::size_t places = app.get_options([](const CLI::Option* o) { return o->get_positional(); }).size();
        m_given.clear();
        while (!m_rest.empty()) {
            const std::string word = take();
            if (word == "--help" || word == "-h" || word == "--version" || word == "--")
                return {}; // CLI11 knows what to do
            if (word.size() > 1 && word[0] == '-' && !isNumber(word)) {
                if (const Status known = option(app, word); !known)
                    return known;
            } else if (hasCommands) {
                return command(app, word);
            } else if (places-- == 0) {
                return usageError(fmt::format("'{}' is one word too many for {}: put a text of several "
                                              "words in quotes (see --help)",
                                              word, app.get_name()));
            }
        }
        return {};
    }

  private:
    static bool isNumber(std::string_view word) {
        return word.size() > 1 && word[1] >= '0' && word[1] <= '9';
    }
    std::string take() {
        const std::string word = m_rest.front();
        m_rest = m_rest.subspan(1);
        return word;
    }

    Status command(const CLI::App& app, const std::string& word) {
        std::vector<std::string> names;
        for (const CLI::App* known : app.get_subcommands([](const CLI::App*) { return true; })) {
            if (known->get_name() == word)
                return over(*known);
            names.push_back(known->get_name());
        }
        return usageError(fmt::format("'{}' is no subcommand of {}{} (see --help)", word, app.get_name(),
                                      suggestion(word, names)));
    }

    Status option(const CLI::App& app, const std::string& word) {
        const std::size_t equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const CLI::Option* option = app.get_option_no_throw(name);
        if (!option)
            return usageError(fmt::format("{} is no option of {}{} (see --help)", name, app.get_name(),
                                          suggestion(name, optionNames(app))));
        if (option->get_items_expected_max() == 0)
            return {}; // a flag
        const bool once = option->get_items_expected_max() == 1 &&
                          option->get_multi_option_policy() == CLI::MultiOptionPolicy::Throw;
        if (!m_given.insert(option).second && once)
            return usageError(name + " is given twice: give it once.");
        const bool hasNext = !m_rest.empty() && !app.get_option_no_throw(m_rest.front());
        if (equals == std::string::npos && !hasNext)
            return usageError(name + " needs a value (see --help)");
        const std::string value = equals == std::string::npos ? take() : word.substr(equals + 1);
        if (value.empty() && std::find(mayBeEmpty.begin(), mayBeEmpty.end(), name) == mayBeEmpty.end())
            return usageError(name + " is empty: give it a value, or leave it out.");
        while (option->get_items_expected_max() > 1 && !m_rest.empty() && !m_rest.front().starts_with('-'))
            take(); // a list takes all the words that follow
        return {};
    }

    std::span<const std::string> m_rest;
    std::set<const CLI::Option*> m_given;
};

} // namespace

std::vector<std::string> withDashes(const CLI::App& app, std::vector<std::string> arguments) {
    const CLI::App* command = &app;
    for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
        std::string& word = arguments[i];
        if (!word.starts_with("--")) {
            for (const CLI::App* sub : command->get_subcommands([](const CLI::App*) { return true; }))
                if (sub->get_name() == word)
                    command = sub;
            continue;
        }
        const std::size_t end = std::min(word.find('='), word.size());
        std::string name = word.substr(0, end);
        const CLI::Option* option = command->get_option_no_throw(name);
        if (!option) {
            std::replace(name.begin(), name.end(), '_', '-');
            option = command->get_option_no_throw(name);
            if (option)
                word.replace(0, end, name);
        }
        const bool hasValue =
            end == word.size() && i + 1 < arguments.size() && !arguments[i + 1].starts_with("--");
        if (option && option->get_items_expected_max() > 0 && hasValue)
            ++i;
    }
    return arguments;
}

Status checkArguments(const CLI::App& app, std::span<const std::string> arguments) {
    return Walk(arguments).over(app);
}

Error usageErrorOf(const CLI::ParseError& failure) {
    std::string text = failure.what();
    // A check of ours: "--threads: takes a whole number …, not 'x'."
    if (const std::size_t at = text.find(": takes "); text.ends_with('.') && at != std::string::npos)
        return usageError(text.erase(at, 1));
    return usageError(text + " (see --help)");
}

std::function<std::string(const std::string&)> wholeNumber(std::uint64_t least, std::uint64_t most) {
    return [least, most](const std::string& value) -> std::string {
        std::uint64_t number = 0;
        const char* const end = value.data() + value.size();
        const auto [stop, failure] = std::from_chars(value.data(), end, number);
        if (failure == std::errc() && stop == end && number >= least && number <= most)
            return "";
        return fmt::format("takes a whole number from {} to {}, not '{}'.", least, most, value);
    };
}

std::function<std::string(const std::string&)> oneOf(std::vector<std::string> choices) {
    return [choices = std::move(choices)](const std::string& value) -> std::string {
        if (std::find(choices.begin(), choices.end(), value) != choices.end())
            return "";
        return fmt::format("takes one of {}, not '{}'.", fmt::join(choices, ", "), value);
    };
}

} // namespace kvprism::cli
