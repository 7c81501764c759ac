// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"

#include <QString>

namespace kvprism::app {

// Numbers and states as people read them.
QString countText(qint64 count);      // "7,639"
QString bytesText(quint64 bytes);     // "22.5 MiB"
QString durationText(double seconds); // "4 s", "2 min 10 s"

// "Reading · 1,024 of 7,639 tokens · 1,650 tokens/s · 4 s left"
QString progressText(const Progress& progress);
double progressShare(const Progress& progress); // 0 … 1, of its phase

// What stands in the status line once a run is over.
QString summaryText(const AskResult& result);

} // namespace kvprism::app
