// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/select/config.h"
#include "engine/trace/run.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kvprism::select {

// textList: values separated by commas; \n \t \\ and \, in a value stand for line feed, tab, backslash and
// comma.
// tokenRanges: positions in the stream, "120-135,400".
enum class OptionKind { integer, number, choice, text, textList, tokenRanges };

// One row of the option table that the command line, the strategy panel, the recording and the tests all
// read.
struct OptionSpec {
    std::string_view name; // long option without dashes: "block-size"
    OptionKind kind;
    std::string_view help;                 // one line
    double minimum = 0, maximum = 0;       // integer and number, inclusive
    std::vector<std::string_view> choices; // choice
    std::string_view defaultText;          // as shown; "auto" where the model decides
    std::string (*get)(const Config&);
    Status (*set)(Config&, std::string_view value); // checks kind, range and choice; one sentence
};
// Where a value is still open, `get` says "auto" (budget, block size) or "off" (compression ratio), which
// `set` takes back: set(get()) leaves every Config as it was.

std::span<const OptionSpec> optionTable();
// Accepts '_' for '-' and the published names; nullptr if unknown.
const OptionSpec* findOption(std::string_view name);

struct PresetSpec {
    std::string_view name;
    std::string_view title;
    std::vector<std::pair<std::string_view, std::string_view>> settings; // option, value
};
std::span<const PresetSpec> presetTable();

// What the person asked for, in order: option name → value. The preset's values come first, then these;
// "method" also resets pool and scoring to that method's own. Fails on unknown names, values out of range and
// on combinations that the LASER-KV and command line pages refuse (both budget and compression-ratio, recency
// in accumulate, …).
using Settings = std::map<std::string, std::string>;
Result<Config> configFrom(const Settings& explicitSettings);

// Options among those asked for that decide nothing in this configuration, by their names: --num-tables where
// nothing hashes.
std::vector<std::string> idleOptions(const Settings& explicitSettings, const Config& config);

// Every option as it stands in `config`, in the table's order: what a recording and --json keep.
std::vector<trace::Setting> settingsOf(const Config& config);

// The configuration that a recorded run had: the other way round. Options of other versions are passed over;
// fails on a value that no version writes.
Result<Config> configOfRun(const trace::Run& run);

// Marks have to lie in the stream, and the pinned have to find places beside anchors and window.
struct Geometry;
Status checkMarks(const Config& config, const Geometry& geometry);

// Fills in what depends on model and stream: budget, block size, positions, backend. `streamTokens` is N.
// Fails on a Config that the table would not have made, where G ≤ 0 or B < 4n (unless N ≤ B), naming a budget
// that would do, and where stream, prompt and answer together have more than 2³¹ − 1 positions.
struct ModelLimits {
    std::int32_t contextLength = 0;
};
Result<Config> resolve(Config config, const ModelLimits& limits, std::int32_t streamTokens,
                       std::int32_t prefixTokens, std::int32_t promptTokens);

} // namespace kvprism::select
