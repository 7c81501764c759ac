// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/answer.h"
#include "engine/trace/run.h"

// What remains of the records when nobody may learn the text: positions, counts, scores and choices. Token
// ids and offsets become −1 (their number stays), texts, paths and the document's hash become empty.
namespace kvprism::trace::recording {

Run withoutText(const Run& run);
Answer withoutText(const Answer& answer);
RunEnd withoutText(const RunEnd& end);

} // namespace kvprism::trace::recording
