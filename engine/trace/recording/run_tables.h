// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/recording/column_codec.h"
#include "engine/trace/recording/database.h"
#include "engine/trace/run.h"

// What is known before the first step: the tables about, config, selectors, notices and token_columns.
namespace kvprism::trace::recording {

Status writeRun(Database& database, ColumnEncoder& encoder, const Run& run);
Result<Run> readRun(const Database& database);

} // namespace kvprism::trace::recording
