// SPDX-License-Identifier: GPL-3.0-or-later
// The door of libkvprism_engine.so: what engine_loader.cpp looks for.
#include "engine/cpu_engine.h"

extern "C" __attribute__((visibility("default"))) kvprism::Engine* kvprism_create_engine() {
    return kvprism::makeCpuEngine().release();
}
