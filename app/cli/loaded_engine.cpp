// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/loaded_engine.h"

#include "app/cli/model_tokenizer.h"
#include "engine/engine_loader.h"

#include <filesystem>

namespace kvprism::cli {

Result<LoadedEngine> loadEngineWith(ModelRequest request, EngineObserver* observer, Interrupt& interrupt) {
    const auto path = placeOfModel(request);
    if (!path)
        return path.error();
    if (request.random.empty())
        request.path = *path;
    std::error_code failure;
    (void)std::filesystem::current_path(failure); // libraries of libtorch look for themselves from there
    if (failure)
        return noInput("The folder that this was started in is gone: change to one that is there.");
    auto engine = loadEngine();
    if (!engine)
        return engine.error();
    LoadedEngine loaded{std::move(engine).value(), {}};
    const std::stop_token stop = interrupt.beginWork();
    auto model = loaded.engine->loadModel(request, observer, stop);
    interrupt.endWork();
    if (!model && model.error().code == ErrorCode::interrupted)
        return interrupted("Interrupted.");
    if (!model)
        return model.error();
    loaded.model = std::move(model).value();
    return loaded;
}

Result<std::unique_ptr<Session>> openWatched(Engine& engine, const select::Config& config,
                                             const text::Document& document, EngineObserver* observer,
                                             Interrupt& interrupt) {
    auto session = engine.openSession(config, document, observer, interrupt.beginWork());
    interrupt.endWork();
    if (!session && session.error().code == ErrorCode::interrupted)
        return interrupted("Interrupted.");
    return session;
}

} // namespace kvprism::cli
