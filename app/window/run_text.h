// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/memory_meter.h"
#include "engine/trace/store.h"
#include "engine/verify/verifier.h"
#include "views/models/model_name.h"

#include <QString>

namespace kvprism::app {

// What the meter shows of a run at a step: the engine's own counters as the trace holds them.
MemoryMeter::Reading meterReading(const trace::TraceStore& store, int step);

using views::modelName;
QString deviceText(const trace::ModelIdentity& model); // "CPU bf16"
// What the top bar says of a recording below the model that would answer the next question.
QString recordedWithText(const trace::ModelIdentity& model, const QString& nextModelPath);

// A shown recording in one line: model, device, strategy, how it ended.
QString runText(const trace::Run& run, const trace::TraceStore& store);

// What came of running a recording again, in a sentence or two.
QString verifiedText(const verify::Verification& result);

} // namespace kvprism::app
