// SPDX-License-Identifier: GPL-3.0-or-later
// From what a person asked for to a configuration that can run.
#include "engine/select/geometry.h"
#include "engine/select/method.h"
#include "engine/select/option_values.h"
#include "engine/select/options.h"

#include <algorithm>
#include <limits>

namespace kvprism::select {

namespace {

using Asked = std::map<std::string, std::string, std::less<>>; // canonical option name → value

Result<Asked> canonicalNames(const Settings& settings) {
    Asked asked;
    for (const auto& [name, value] : settings) {
        const OptionSpec* spec = findOption(name);
        if (!spec)
            return usageError("There is no option --" + name + ".");
        const auto [place, isNew] = asked.emplace(spec->name, value);
        if (!isNew && place->second != value)
            return usageError("--" + place->first + " is given twice, as '" + place->second + "' and '" +
                              value + "': give it once.");
    }
    return asked;
}

Status setOption(Config& config, std::string_view name, std::string_view value) {
    const OptionSpec* spec = findOption(name);
    return spec ? spec->set(config, value) : Status(defect("A preset names an option that is not there."));
}

Status setMethod(Config& config, std::string_view name) {
    if (const Status done = setOption(config, "method", name); !done)
        return done;
    const MethodSpec& method = *findMethod(config.method);
    config.scoring = method.scoring;
    config.scorePool = method.pool;
    config.scorePoolWidth = method.poolWidth;
    return {};
}

// A pool without a width: the method's own where it is the method's pool, else what the methods with that
// pool use.
std::int32_t defaultWidth(Pool pool, const MethodSpec& method) {
    if (pool == Pool::none)
        return 1;
    if (pool == method.pool)
        return method.poolWidth;
    return pool == Pool::avg ? 15 : 7;
}

Status applyPreset(Config& config, std::string_view name) {
    if (const Status done = setOption(config, "preset", name); !done)
        return done;
    const auto presets = presetTable();
    const auto preset =
        std::find_if(presets.begin(), presets.end(), [&](const auto& row) { return row.name == name; });
    for (const auto& [option, value] : preset->settings) {
        const Status done = option == "method" ? setMethod(config, value) : setOption(config, option, value);
        if (!done)
            return done;
    }
    return {};
}

// Whether --scoring says anything: of a hybrid, to one of its parts.
bool hasFreeRows(const Config& config) {
    const auto isFree = [](std::string_view name) {
        const MethodSpec* method = findMethod(name);
        return method && method->scoringIsFree;
    };
    return config.method == "hybrid" ? isFree(config.hybridPrimary) || isFree(config.hybridSecondary)
                                     : isFree(config.method);
}

// What no single option shows: combinations that cannot run.
Status checkCombination(const Config& config) {
    const MethodSpec* method = findMethod(config.method);
    if (!method)
        return noSuchChoice("method", config.method);
    const std::string name = "--method " + config.method;
    if (method->scoring == Scoring::none) {
        if (config.scoring != Scoring::none)
            return usageError(name + " looks at no rows: leave --scoring out, or choose peak, exact or lsh.");
        if (config.scorePool != Pool::none || config.scorePoolWidth != 1)
            return usageError(name +
                              " ranks by no pooled scores: leave --score-pool and --score-pool-width out.");
    } else if (method->isHybrid && !hasFreeRows(config)) {
        if (config.scoring != Scoring::none)
            return usageError("A hybrid of " + config.hybridPrimary + " and " + config.hybridSecondary +
                              " has rows of its own: leave --scoring out, or choose peak, exact or lsh.");
    } else if (config.scoring == Scoring::none) {
        return usageError(name + " ranks by scores: give it --scoring question, standing, window or block.");
    } else if (!method->scoringIsFree && config.scoring != method->scoring) {
        return usageError(name + " has rows of its own: leave --scoring out, or choose peak, exact or lsh.");
    }
    if ((method->isHybrid || method->scorer == ScorerKind::lsh) &&
        (config.scorePool != Pool::none || config.scorePoolWidth != 1))
        return usageError(
            name + " takes no --score-pool: " +
            (method->isHybrid ? "each of its parts pools as it does alone." : "LSH does not pool."));
    if (config.scorePool == Pool::none && config.scorePoolWidth != 1)
        return usageError("--score-pool-width needs --score-pool max or avg.");
    if (method->isHybrid && config.hybridPrimary == config.hybridSecondary)
        return usageError("--hybrid-primary and --hybrid-secondary are both " + config.hybridPrimary +
                          ": a hybrid needs two different methods.");
    for (const Part& part : partsOf(config)) {
        const std::string partName(part.method->name);
        if (config.mode == Mode::accumulate && !part.method->accumulate)
            return usageError(
                "--method " + partName +
                " runs in --mode recursive only: in accumulate nothing new would ever be chosen.");
        if (part.method->scorer != ScorerKind::lsh)
            continue;
        if (part.scoring == Scoring::block)
            return usageError(
                "LSH hashes the rows of a question, a standing prompt or a window: --scoring block is not "
                "for it.");
        if (config.lshMode != LshMode::frequencyRank && config.numTables < 2)
            return usageError("--lsh-mode " + textOf(config.lshMode) + " needs --num-tables 2 or more.");
    }
    if (config.budgetScope == BudgetScope::perBlock && config.mode != Mode::accumulate)
        return usageError(
            "--budget-scope per_block needs --mode accumulate: recursive has one budget for the run.");
    return {};
}

} // namespace

Status checkMarks(const Config& config, const Geometry& geometry) {
    for (const auto& [option, marks] : {std::pair("pin", &config.pins), {"evict", &config.evictions}})
        if (marks->last() >= geometry.streamTokens)
            return usageError("--" + std::string(option) + " names token " + std::to_string(marks->last()) +
                              ", but the stream has " + std::to_string(geometry.streamTokens) +
                              " tokens, counted from 0.");
    for (const auto& [first, last] : config.pins.ranges())
        for (std::int32_t position = first; position <= last; ++position)
            if (config.evictions.contains(StreamPos(position)))
                return usageError("Token " + std::to_string(position) + " is both pinned and evicted.");
    const std::int64_t pinned =
        config.pins.countIn(StreamPos(geometry.anchors), StreamPos(geometry.streamTokens));
    if (!geometry.keepsAll && pinned > geometry.global)
        return usageError("--pin names " + std::to_string(pinned) +
                          " tokens behind the anchors, but the global memory has " +
                          std::to_string(geometry.global) + " places: pin fewer or use a larger --budget.");
    return {};
}

namespace {

// A Config that was not made by configFrom: every value has to be one that the table takes.
Status checkValues(const Config& config) {
    for (const OptionSpec& spec : optionTable()) {
        Config copy = config;
        if (const Status done = spec.set(copy, spec.get(config)); !done)
            return done;
    }
    return checkCombination(config);
}

} // namespace

Result<Config> configFrom(const Settings& explicitSettings) {
    const Result<Asked> named = canonicalNames(explicitSettings);
    if (!named)
        return named.error();
    const Asked& asked = *named;
    const auto given = [&](std::string_view name) { return asked.find(name) != asked.end(); };
    if (given("budget") && given("compression-ratio"))
        return usageError("--budget and --compression-ratio both say how much to keep: give one of them.");

    Config config;
    Status done = applyPreset(config, given("preset") ? asked.at("preset") : config.preset);
    if (done && given("method"))
        done = setMethod(config, asked.at("method"));
    if (!done)
        return done.error();
    if (given("score-pool")) {
        if (done = setOption(config, "score-pool", asked.at("score-pool")); !done)
            return done.error();
        config.scorePoolWidth = defaultWidth(config.scorePool, *findMethod(config.method));
    }
    for (const auto& [name, value] : asked) {
        if (name == "preset" || name == "method" || name == "score-pool")
            continue;
        if (done = setOption(config, name, value); !done)
            return done.error();
    }
    if (config.method == "hybrid" && !hasFreeRows(config) && !given("scoring"))
        config.scoring = Scoring::none;
    if (done = checkCombination(config); !done)
        return done.error();
    return config;
}

std::vector<std::string> idleOptions(const Settings& explicitSettings, const Config& config) {
    const std::vector<Part> parts = partsOf(config);
    const auto any = [&](auto&& holds) { return std::ranges::any_of(parts, holds); };
    const bool isHybrid = config.method == "hybrid";
    const bool hashes = any([](const Part& part) { return part.method->scorer == ScorerKind::lsh; });
    const bool byDistance = hashes && config.lshMode == LshMode::frequencyRank;
    const bool byWindow = any([](const Part& part) { return part.scoring == Scoring::window; });
    const bool excludes = any([](const Part& part) {
        return part.method->scorer == ScorerKind::peak &&
               (part.scoring == Scoring::window || part.scoring == Scoring::block);
    });
    const std::map<std::string_view, bool> counts{
        {"hybrid-primary", isHybrid},
        {"hybrid-secondary", isHybrid},
        {"hybrid-ratio", isHybrid},
        {"lsh-mode", hashes},
        {"num-tables", hashes},
        {"num-bits", hashes},
        {"tie-break", byDistance},
        {"standing-prompt", promptOf(config) == Scoring::standing},
        {"observation-window", byWindow},
        {"self-exclusion", excludes},
        {"dense-reference", !findMethod(config.method)->keepsAll},
    };
    std::vector<std::string> idle;
    for (const auto& [name, value] : explicitSettings) {
        const OptionSpec* spec = findOption(name);
        const auto found = spec ? counts.find(spec->name) : counts.end();
        if (found != counts.end() && !found->second)
            idle.emplace_back(spec->name);
    }
    return idle;
}

Result<Config> resolve(Config config, const ModelLimits& limits, std::int32_t streamTokens,
                       std::int32_t prefixTokens, std::int32_t promptTokens) {
    if (const Status done = checkValues(config); !done)
        return done.error();
    const std::int64_t positions = std::int64_t{streamTokens} + promptTokens + config.maxNewTokens;
    if (positions > std::numeric_limits<std::int32_t>::max())
        return usageError("Document, question and answer have " + std::to_string(positions) +
                          " positions, more than can be counted: shorten the document or --max-new-tokens.");
    const std::int32_t mostBlock = limits.contextLength <= 8192 ? 512 : 4096;
    if (config.budget == 0 && config.compressionRatio > 0) {
        const Result<std::int32_t> budget = budgetForRatio(config, mostBlock, streamTokens, prefixTokens);
        if (!budget)
            return budget.error();
        config.budget = *budget;
    }
    if (config.budget == 0)
        config.budget = std::clamp(limits.contextLength / 8, 256, 4096);
    if (config.blockSize == 0)
        config.blockSize = std::min(mostBlock, config.budget);
    if (config.backend == Backend::automatic)
        config.backend = Backend::flash;
    const auto geometry = makeGeometry(config, streamTokens, prefixTokens);
    if (!geometry)
        return geometry.error();
    if (const Status marks = checkMarks(config, *geometry); !marks)
        return marks.error();
    // Where nothing is dropped the two are the same, and absolute is cheaper.
    if (config.positions == Positions::automatic)
        config.positions = positions <= limits.contextLength || geometry->keepsAll ? Positions::absolute
                                                                                   : Positions::reindexed;
    return config;
}

} // namespace kvprism::select
