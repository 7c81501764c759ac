// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/config.h"
#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <QString>

#include <optional>

// How a run's parts choose, in words for a class.
namespace kvprism::views {

// "peak attention from the question chose 128", "the newest 128 stay"; `part` is an index into
// Run::selectors. Without a configuration that can be read it is called by its name.
QString choiceWords(const trace::Run& run, const std::optional<select::Config>& config, std::size_t part,
                    int chosen);

// What the line was that a part drew; empty where it is no number that is recorded of tokens.
QString cutWords(const std::optional<select::Config>& config, const trace::Cut& cut);

} // namespace kvprism::views
