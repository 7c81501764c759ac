// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The one door to libtorch, and the precompiled header of the engine's library.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
