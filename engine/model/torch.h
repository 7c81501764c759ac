// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one door to libtorch, and the precompiled header of the engine's library. Qt's moc has nothing to find
// behind it, and would look for a quarter of a minute.
#ifndef Q_MOC_RUN
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#endif
