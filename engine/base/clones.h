// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Before a function whose loops the compiler should vectorise for several processors; which one runs is
// decided when the program starts. What it calls must be inlined into it. Levels of the x86-64 ABI, not
// processors' names, which match that one processor alone.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define KVPRISM_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KVPRISM_CLONES
#endif
