// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/answer.h"
#include "engine/trace/recording/column_codec.h"
#include "engine/trace/recording/database.h"
#include "engine/trace/run.h"

#include <optional>
#include <vector>

// What comes after the steps: the tables answers (answer_columns.h has their columns) and run_end.
namespace kvprism::trace::recording {

Status writeAnswer(const Database& database, ColumnEncoder& encoder, std::int64_t number,
                   const Answer& answer);
Result<std::vector<Answer>> readAnswers(const Database& database, const Run& run);

Status writeEnd(const Database& database, const RunEnd& end);
Result<std::optional<RunEnd>> readEnd(const Database& database);

} // namespace kvprism::trace::recording
