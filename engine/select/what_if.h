// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <cstdint>
#include <optional>

namespace kvprism::select {

// Settings that can be changed after the fact, since no score depends on them. Empty: as it ran.
struct WhatIf {
    std::optional<std::int32_t> budget{};            // B, tokens
    std::optional<std::int32_t> protectionDivisor{}; // n
    std::optional<double> hybridRatio{};
    bool isEmpty() const { return !budget && !protectionDivisor && !hybridRatio; }
    friend bool operator==(const WhatIf&, const WhatIf&) = default;
};

// Whether `run` could have been made with these settings. The error (usage) says why not.
Status checkWhatIf(const trace::Run& run, const WhatIf& changed);

// What `step` of `run` would have chosen, from its recorded scores and the memory that was really held before
// it: a prediction of this step alone. `before` is the step before it, nullptr for the first. The error
// (usage) says why there is none: settings that cannot be, or a step that recorded nothing to choose by.
Result<trace::CompressionStep> predictStep(const trace::Run& run, const trace::CompressionStep* before,
                                           const trace::CompressionStep& step, const WhatIf& changed);

} // namespace kvprism::select
