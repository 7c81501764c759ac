// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/synthetic_run.h"
#include "views/models/batch_sink.h"

namespace kvprism::test {

inline views::TraceBatch syntheticBatch(const SyntheticOptions& options) {
    views::BatchSink sink;
    produceSyntheticRun(options, sink);
    return sink.batch;
}

} // namespace kvprism::test
