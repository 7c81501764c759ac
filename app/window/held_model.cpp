// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/held_model.h"

#include "engine/files/random_shape.h"
#include "engine/verify/recorded_run.h"

#include <filesystem>

namespace kvprism::app {

Status HeldModel::hold(const ModelRequest& request, EngineObserver* observer, const std::stop_token& stop) {
    if (!m_engine) {
        auto made = m_factory();
        if (!made)
            return made.error();
        m_engine = std::move(made).value();
    }
    if (m_request == request)
        return {};
    m_beforeItGoes();
    m_request.reset();
    auto loaded = m_engine->loadModel(request, observer, stop);
    if (!loaded)
        return loaded.error();
    m_identity = std::move(loaded).value();
    m_request = request;
    return {};
}

Status HeldModel::holdRecorded(const trace::ModelIdentity& recorded, const std::string& instead,
                               EngineObserver* observer, const std::stop_token& stop) {
    const bool held = m_request && m_identity.sha256 == recorded.sha256 &&
                      m_identity.dtype == recorded.dtype && m_identity.device == recorded.device;
    if (held)
        return {};
    std::error_code failure;
    const bool hasFile = std::filesystem::exists(recorded.path, failure);
    if (recorded.path != instead && (hasFile || files::shapeOfRandomPath(recorded.path))) {
        const Status there = holdIfSame(recorded, recorded.path, observer, stop);
        if (there || there.error().code == ErrorCode::interrupted)
            return there;
    }
    return holdIfSame(recorded, instead, observer, stop);
}

Status HeldModel::holdIfSame(const trace::ModelIdentity& recorded, const std::string& path,
                             EngineObserver* observer, const std::stop_token& stop) {
    if (const Status loaded = hold(verify::requestOf(recorded, path), observer, stop); !loaded)
        return loaded;
    return verify::checkModel(m_identity.sha256, path, recorded, "choose that one.");
}

} // namespace kvprism::app
