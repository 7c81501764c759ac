// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/store.h"

#include <cstddef>
#include <string>

namespace kvprism::test {

// Plays what a store holds into a sink: the first `steps` steps, and answers and end only if `ends`.
void play(const trace::TraceStore& store, trace::TraceSink& sink, std::size_t steps, bool ends);

Status writeRecording(const trace::TraceStore& store, const std::string& file, bool withoutText = false);
Result<trace::TraceStore> readRecording(const std::string& file); // a whole replay
Result<trace::TraceStore> readChecked(const std::string& file);   // after checkRecording

} // namespace kvprism::test
