// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/select/method.h"
#include "engine/select/option_values.h"
#include "engine/select/options.h"

#include <algorithm>
#include <array>
#include <limits>

namespace kvprism::select {

namespace {

constexpr double mostInt32 = std::numeric_limits<std::int32_t>::max();

template <class Row> std::vector<std::string_view> namesIn(std::span<const Row> table) {
    std::vector<std::string_view> names;
    for (const Row& row : table)
        names.push_back(row.name);
    return names;
}

template <class Enum> std::vector<std::string_view> choicesOf(Enum) {
    std::vector<std::string_view> names;
    for (const auto& [value, name] : namesOf(Enum{}))
        names.push_back(name);
    return names;
}

// What a hybrid can be made of: anything that chooses by itself.
std::vector<std::string_view> partNames() {
    std::vector<std::string_view> names;
    for (const MethodSpec& method : methodTable())
        if (!method.isHybrid && !method.keepsAll)
            names.push_back(method.name);
    return names;
}

// A size that may stay open until model and stream are known.
std::string openText(std::int32_t value) {
    return value == 0 ? "auto" : std::to_string(value);
}

Status parseOpen(std::int32_t& target, std::string_view option, std::string_view value) {
    if (value != "auto")
        return parseInto(target, option, value);
    target = 0;
    return {};
}

Status parseRatio(double& target, std::string_view value) {
    if (value != "off")
        return parseInto(target, "compression-ratio", value);
    target = 0;
    return {};
}

Status parseWidth(std::int32_t& target, std::string_view value) {
    std::int32_t width = 0;
    if (const Status read = parseInto(width, "score-pool-width", value); !read)
        return read;
    if (width % 2 == 0)
        return usageError("--score-pool-width must be odd, so that a token stands in its middle.");
    target = width;
    return {};
}

using K = OptionKind;
using Text = std::string_view;

std::vector<OptionSpec> makeTable() {
    // A table reads best with one shape a row.
    // clang-format off
    return {
        {"preset", K::choice, "A set of values to start from", 0, 0, namesIn(presetTable()), "prism",
         [](const Config& c) { return c.preset; },
         [](Config& c, Text v) { return parseChoice(c.preset, "preset", v); }},
        {"method", K::choice, "Which rule chooses what stays", 0, 0, namesIn(methodTable()), "peak",
         [](const Config& c) { return c.method; },
         [](Config& c, Text v) { return parseChoice(c.method, "method", v); }},
        {"mode", K::choice,
         "Whether older memory is examined again at each block",
         0, 0, choicesOf(Mode{}), "recursive",
         [](const Config& c) { return textOf(c.mode); },
         [](Config& c, Text v) { return parseInto(c.mode, "mode", v); }},
        {"budget", K::integer,
         "Tokens to keep; auto: the model's context / 8, within 256 and 4096",
         1, mostInt32, {}, "auto",
         [](const Config& c) { return openText(c.budget); },
         [](Config& c, Text v) { return parseOpen(c.budget, "budget", v); }},
        {"budget-scope", K::choice,
         "In accumulate: the budget of the whole run, or new for each block",
         0, 0, choicesOf(BudgetScope{}), "total",
         [](const Config& c) { return textOf(c.budgetScope); },
         [](Config& c, Text v) { return parseInto(c.budgetScope, "budget-scope", v); }},
        {"compression-ratio", K::number,
         "Share of the stream to keep, instead of a budget",
         1e-9, 1, {}, "off",
         [](const Config& c) { return c.compressionRatio == 0 ? "off" : textOf(c.compressionRatio); },
         [](Config& c, Text v) { return parseRatio(c.compressionRatio, v); }},
        {"block-size", K::integer,
         "Tokens read at a time; auto: 512 or 4096 by the model's context, at most the budget",
         1, mostInt32, {}, "auto",
         [](const Config& c) { return openText(c.blockSize); },
         [](Config& c, Text v) { return parseOpen(c.blockSize, "block-size", v); }},
        {"protection-divisor", K::integer,
         "Anchors and window each get budget / this",
         3, mostInt32, {}, "4",
         [](const Config& c) { return std::to_string(c.protectionDivisor); },
         [](Config& c, Text v) { return parseInto(c.protectionDivisor, "protection-divisor", v); }},
        {"scoring", K::choice,
         "Whose attention decides; none: the method reads no scores",
         0, 0, choicesOf(Scoring{}), "by method",
         [](const Config& c) { return textOf(c.scoring); },
         [](Config& c, Text v) { return parseInto(c.scoring, "scoring", v); }},
        {"standing-prompt", K::text,
         "What standing rows look for while reading; by default names, numbers, dates and other facts",
         0, 0, {}, "",
         [](const Config& c) { return c.standingPrompt; },
         [](Config& c, Text v) { c.standingPrompt = v; return Status(); }},
        {"observation-window", K::integer, "How many of the block's last tokens score (window rows)",
         1, mostInt32, {}, "64",
         [](const Config& c) { return std::to_string(c.observationWindow); },
         [](Config& c, Text v) { return parseInto(c.observationWindow, "observation-window", v); }},
        {"self-exclusion", K::integer,
         "Peak with window or block rows: tokens nearer than this to the row are left out", 0, mostInt32, {}, "64",
         [](const Config& c) { return std::to_string(c.selfExclusion); },
         [](Config& c, Text v) { return parseInto(c.selfExclusion, "self-exclusion", v); }},
        {"score-pool", K::choice,
         "How scores of neighbours are joined",
         0, 0, choicesOf(Pool{}), "by method",
         [](const Config& c) { return textOf(c.scorePool); },
         [](Config& c, Text v) { return parseInto(c.scorePool, "score-pool", v); }},
        {"score-pool-width", K::integer, "How many neighbours, an odd number", 1, 255, {}, "by method",
         [](const Config& c) { return std::to_string(c.scorePoolWidth); },
         [](Config& c, Text v) { return parseWidth(c.scorePoolWidth, v); }},
        {"hybrid-primary", K::choice, "Hybrid: who chooses first", 0, 0, partNames(), "exact",
         [](const Config& c) { return c.hybridPrimary; },
         [](Config& c, Text v) { return parseChoice(c.hybridPrimary, "hybrid-primary", v); }},
        {"hybrid-secondary", K::choice, "Hybrid: who chooses from the rest", 0, 0, partNames(), "lsh",
         [](const Config& c) { return c.hybridSecondary; },
         [](Config& c, Text v) { return parseChoice(c.hybridSecondary, "hybrid-secondary", v); }},
        {"hybrid-ratio", K::number, "Hybrid: the primary's share of the quota", 0, 1, {}, "0.75",
         [](const Config& c) { return textOf(c.hybridRatio); },
         [](Config& c, Text v) { return parseInto(c.hybridRatio, "hybrid-ratio", v); }},
        {"lsh-mode", K::choice, "LSH: what collisions are made into", 0, 0, choicesOf(LshMode{}), "frequency_rank",
         [](const Config& c) { return textOf(c.lshMode); },
         [](Config& c, Text v) { return parseInto(c.lshMode, "lsh-mode", v); }},
        {"num-tables", K::integer, "LSH: hash tables", 1, 64, {}, "8",
         [](const Config& c) { return std::to_string(c.numTables); },
         [](Config& c, Text v) { return parseInto(c.numTables, "num-tables", v); }},
        {"num-bits", K::integer, "LSH: bits a table", 1, 16, {}, "10",
         [](const Config& c) { return std::to_string(c.numBits); },
         [](Config& c, Text v) { return parseInto(c.numBits, "num-bits", v); }},
        {"tie-break", K::choice, "LSH: which distance decides among equal collisions",
         0, 0, choicesOf(TieBreak{}), "l2",
         [](const Config& c) { return textOf(c.tieBreak); },
         [](Config& c, Text v) { return parseInto(c.tieBreak, "tie-break", v); }},
        {"backend", K::choice, "How attention and scores are computed", 0, 0, choicesOf(Backend{}), "auto",
         [](const Config& c) { return textOf(c.backend); },
         [](Config& c, Text v) { return parseInto(c.backend, "backend", v); }},
        {"positions", K::choice,
         "Which positions keys are rotated at",
         0, 0, choicesOf(Positions{}), "auto",
         [](const Config& c) { return textOf(c.positions); },
         [](Config& c, Text v) { return parseInto(c.positions, "positions", v); }},
        {"layout", K::choice,
         "Instruction before the document (inline), or the question in a turn of its own",
         0, 0, choicesOf(Layout{}), "inline",
         [](const Config& c) { return textOf(c.layout); },
         [](Config& c, Text v) { return parseInto(c.layout, "layout", v); }},
        {"pin", K::tokenRanges, "Tokens that stay whatever they are worth, by position in the stream (120-135,400)",
         0, 0, {}, "",
         [](const Config& c) { return textOf(c.pins); },
         [](Config& c, Text v) { return parseInto(c.pins, "pin", v); }},
        {"evict", K::tokenRanges, "Tokens that go as soon as they are read, by position",
         0, 0, {}, "",
         [](const Config& c) { return textOf(c.evictions); },
         [](Config& c, Text v) { return parseInto(c.evictions, "evict", v); }},
        {"seed", K::integer, "Seed of everything that is drawn", 0, 18446744073709551615.0, {}, "1",
         [](const Config& c) { return std::to_string(c.seed); },
         [](Config& c, Text v) { return parseInto(c.seed, "seed", v); }},
        {"max-new-tokens", K::integer, "The longest answer", 1, 1000000, {}, "256",
         [](const Config& c) { return std::to_string(c.maxNewTokens); },
         [](Config& c, Text v) { return parseInto(c.maxNewTokens, "max-new-tokens", v); }},
        {"temperature", K::number, "0: always the likeliest token; more: sampled", 0, 10, {}, "0",
         [](const Config& c) { return textOf(c.temperature); },
         [](Config& c, Text v) { return parseInto(c.temperature, "temperature", v); }},
        {"top-p", K::number,
         "Sample from the likeliest tokens of this total probability",
         0.001, 1, {}, "1",
         [](const Config& c) { return textOf(c.topP); },
         [](Config& c, Text v) { return parseInto(c.topP, "top-p", v); }},
        {"stop-words", K::textList,
         "Texts that end the answer, separated by commas (\\n, \\t, \\\\ and \\, are escapes)",
         0, 0, {}, "",
         [](const Config& c) { return textOf(c.stopWords); },
         [](Config& c, Text v) { return parseInto(c.stopWords, "stop-words", v); }},
        {"record-detail", K::choice, "full: also record scores that the method does not need",
         0, 0, choicesOf(RecordDetail{}), "normal",
         [](const Config& c) { return textOf(c.recordDetail); },
         [](Config& c, Text v) { return parseInto(c.recordDetail, "record-detail", v); }},
        {"evidence", K::integer,
         "For each answer token, how many kept tokens to name that it attended to most (0: none)",
         0, 64, {}, "8",
         [](const Config& c) { return std::to_string(c.evidence); },
         [](Config& c, Text v) { return parseInto(c.evidence, "evidence", v); }},
        {"dense-reference", K::choice,
         "on: also read with everything in memory, and measure how far the answers' distributions are apart",
         0, 0, choicesOf(Switch{}), "off",
         [](const Config& c) { return textOf(c.denseReference); },
         [](Config& c, Text v) { return parseInto(c.denseReference, "dense-reference", v); }},
    };
    // clang-format on
}

} // namespace

std::span<const OptionSpec> optionTable() {
    static const std::vector<OptionSpec> table = makeTable();
    return table;
}

const OptionSpec* findOption(std::string_view name) {
    std::string wanted(name);
    std::replace(wanted.begin(), wanted.end(), '_', '-');
    if (wanted == "compression-mode")
        wanted = "mode"; // its other published name
    for (const OptionSpec& spec : optionTable())
        if (spec.name == wanted)
            return &spec;
    return nullptr;
}

std::span<const PresetSpec> presetTable() {
    static const std::array<PresetSpec, 3> presets{{
        {"prism",
         "Peak attention, memory examined again at each block",
         {{"method", "peak"}, {"mode", "recursive"}, {"scoring", "question"}}},
        {"laser-kv",
         "LASER-KV inside the budget: exact attention and LSH, older memory as it was",
         {{"method", "hybrid"},
          {"hybrid-primary", "exact"},
          {"hybrid-secondary", "lsh"},
          {"hybrid-ratio", "0.75"},
          {"lsh-mode", "magicpig_baseline"},
          {"mode", "accumulate"},
          {"budget-scope", "total"}}},
        {"laser-kv-paper",
         "LASER-KV as published: the budget anew for every block",
         {{"method", "hybrid"},
          {"hybrid-primary", "exact"},
          {"hybrid-secondary", "lsh"},
          {"hybrid-ratio", "0.75"},
          {"lsh-mode", "magicpig_baseline"},
          {"mode", "accumulate"},
          {"budget-scope", "per_block"},
          {"block-size", "4096"},
          {"positions", "absolute"},
          {"layout", "detached"}}},
    }};
    return presets;
}

std::vector<trace::Setting> settingsOf(const Config& config) {
    std::vector<trace::Setting> settings;
    for (const OptionSpec& spec : optionTable())
        settings.push_back({std::string(spec.name), spec.get(config)});
    return settings;
}

Result<Config> configOfRun(const trace::Run& run) {
    Config config;
    for (const trace::Setting& setting : run.config) {
        const OptionSpec* spec = findOption(setting.name);
        if (!spec || (run.withoutText && setting.value.empty()))
            continue;
        if (const Status done = spec->set(config, setting.value); !done)
            return done.error();
    }
    return config;
}

} // namespace kvprism::select
