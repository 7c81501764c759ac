// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine_loader.h"

#include "engine/shared_library.h"

#include <cstdlib>

namespace kvprism {

namespace {

using CreateEngine = Engine* (*)();

Result<CreateEngine> findFactory() {
    // libtorch's OpenMP threads spin between operators by default: beside a window (or any other work) that
    // makes every operator wait for a core. Read by libgomp when it is loaded, hence here; the user's own
    // setting wins.
    setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
    const auto symbol =
        symbolOfOurLibrary("The engine library", "libkvprism_engine.so", "kvprism_create_engine");
    if (!symbol)
        return symbol.error();
    return reinterpret_cast<CreateEngine>(*symbol);
}

} // namespace

Result<std::unique_ptr<Engine>> loadEngine() {
    static const Result<CreateEngine> factory = findFactory();
    if (!factory)
        return factory.error();
    return std::unique_ptr<Engine>((*factory)());
}

} // namespace kvprism
