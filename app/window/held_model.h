// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/engine.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace kvprism::app {

using EngineFactory = std::function<Result<std::unique_ptr<Engine>>()>;

// The engine and the model in it: made when they are first needed, and kept between runs. Engine thread.
class HeldModel {
  public:
    // `beforeItGoes` is called before a model gives way to another: sessions go before their model.
    HeldModel(EngineFactory factory, std::function<void()> beforeItGoes)
        : m_factory(std::move(factory)), m_beforeItGoes(std::move(beforeItGoes)) {}

    Engine& engine() { return *m_engine; } // after one of the next two was well

    Status hold(const ModelRequest& request, EngineObserver* observer, const std::stop_token& stop);
    // The model of a recording, in its number type and on its device: the one held where it is that one, else
    // from where it was, else from `instead`. Its hash decides.
    Status holdRecorded(const trace::ModelIdentity& recorded, const std::string& instead,
                        EngineObserver* observer, const std::stop_token& stop);

    // The next run loads it anew: what it lies on may be gone.
    void forget() { m_request.reset(); }

  private:
    Status holdIfSame(const trace::ModelIdentity& recorded, const std::string& path, EngineObserver* observer,
                      const std::stop_token& stop);

    EngineFactory m_factory;
    std::function<void()> m_beforeItGoes;
    std::unique_ptr<Engine> m_engine;
    std::optional<ModelRequest> m_request; // what the model was loaded from; nothing: there is none
    trace::ModelIdentity m_identity;
};

} // namespace kvprism::app
