// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/config.h"
#include "engine/select/method.h"
#include "engine/trace/step.h"

#include <cstddef>
#include <cstdint>
#include <vector>

// What each method would keep of a recorded step if it chose alone, with the whole quota: by the rules that
// the engine uses, from what was recorded.
namespace kvprism::select {

// A step that had to choose: more candidates than places.
bool hadToChoose(const trace::CompressionStep& step);

// A method as the run used it, else with its own pool.
Part lonePart(const MethodSpec& method, const Config& config);

// Every method that can choose alone in this run's mode, in the registry's order: not hybrids, which need
// two, and not the dense model.
std::vector<Part> loneParts(const Config& config);

// Whether the step holds what the part ranks by.
bool inputsRecorded(const trace::CompressionStep& step, const Part& part);

// What would bring the inputs of a part that the steps of such a run lack.
enum class Remedy {
    fullDetail, // the same run with record-detail full
    ownRun,     // a run with that method: no other scores by its rows
    prompt,     // a run that scores by a prompt, with record-detail full: this one's method reads none
};
Remedy remedyFor(const Part& part, const Config& config);

// Who keeps which candidates of one step.
struct KeptSets {
    std::vector<const MethodSpec*> methods; // those whose inputs are recorded: bit i of `keepers`
    std::vector<std::size_t> rows;          // of step.held: the candidates, ascending
    std::vector<std::uint32_t> keepers;     // [rows] the methods that would keep the token
    std::vector<std::uint8_t> kept;         // [rows] 1: the run really kept it
};
// Nothing but the candidates where the step had not to choose.
KeptSets keptSets(const trace::CompressionStep& step, const Config& config);

// The candidates that exactly these methods keep. Of all combinations the tokens add up to the candidates.
struct Combination {
    std::uint32_t keepers = 0; // 0: no method keeps them
    std::int32_t tokens = 0;
    std::int32_t kept = 0; // how many of them the run really kept
    friend bool operator==(const Combination&, const Combination&) = default;
};
// Those that are not empty, the largest first; equal ones by fewer methods, then by their bits. Looks at the
// methods in `among` alone.
std::vector<Combination> combinations(const KeptSets& sets, std::uint32_t among);

// How much the sets of a step have in common, pair by pair. The last set is what the run really kept; the
// others are those of KeptSets::methods.
struct SharedTokens {
    std::size_t sets = 0;
    std::vector<std::int32_t> shared; // [sets, sets]; on the diagonal the sets' own sizes

    std::int32_t both(std::size_t a, std::size_t b) const { return shared[a * sets + b]; }
    std::int32_t sizeOf(std::size_t set) const { return both(set, set); }
    std::size_t run() const { return sets - 1; }
    // Of what at least one of them keeps, the share that both keep; 1 where neither keeps anything.
    double jaccard(std::size_t a, std::size_t b) const;
};
SharedTokens sharedTokens(const KeptSets& sets);

} // namespace kvprism::select
