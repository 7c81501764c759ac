// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/recording/column_codec.h"
#include "engine/trace/recording/database.h"
#include "engine/trace/recording/step_columns.h"
#include "engine/trace/run.h"
#include "engine/trace/step.h"

#include <vector>

// The tables steps, cuts and applied, and what belongs to a step in others.
namespace kvprism::trace::recording {

// Keeps its prepared statements from step to step. Must go before its Database.
class StepWriter {
  public:
    static Result<StepWriter> open(const Database& database, bool withoutText);
    Status write(ColumnEncoder& encoder, const CompressionStep& step);
    Status write(const StepApplied& applied);

  private:
    Statement m_step;
    StepColumnsWriter m_columns;
    Statement m_cut;
    Statement m_applied;
};

// The rows of `steps`, in order and without their columns; held.size() of each is in `held`. Checked: no step
// is missing, blocks follow one another inside the stream, no more tokens are held than were read.
struct StepRows {
    std::vector<CompressionStep> steps;
    std::vector<std::int32_t> held;
};
Result<StepRows> readStepRows(const Database& database, const Run& run);

// `row` with its columns and cuts, each value in its range. `isNewer`: what a newer minor version added is
// passed over.
Result<CompressionStep> readStep(const Database& database, const Run& run, CompressionStep row,
                                 std::int32_t held, bool isNewer);

Result<std::vector<StepApplied>> readApplied(const Database& database, std::size_t steps);

} // namespace kvprism::trace::recording
