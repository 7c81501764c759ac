// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/options.h"
#include "engine/trace/run.h"

#include <QStringList>

namespace kvprism::app {

// The options of a run as a person would set them: what differs from the defaults, without what the model
// decided.
select::Settings settingsOfRun(const trace::Run& run);

// What a run was asked for in few words, as far as it was recorded.
struct RunOptions {
    QString method;     // of the preset or method, with the mode where it is not the usual one: "LASER-KV"
    QString reading;    // "for this question"; empty where nothing is scored
    QStringList marks;  // "3 pinned", "1 evicted"
    QStringList others; // what else differs from the defaults: "seed 2", "dense run"
};
RunOptions optionsOf(const trace::Run& run);

} // namespace kvprism::app
