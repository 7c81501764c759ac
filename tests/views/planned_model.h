// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/planned_run.h"
#include "views/models/batch_sink.h"

namespace kvprism::test {

inline views::TraceBatch plannedBatch(const PlannedRunOptions& options) {
    const PlannedRun planned = plannedRun(options);
    views::TraceBatch batch;
    batch.run = planned.run;
    batch.steps = planned.steps;
    return batch;
}

} // namespace kvprism::test
