// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace kvprism::cli {

struct PeerRequest {
    std::string path; // a Python interpreter, a virtual environment's folder, or a llama-bench executable
    std::string model, text;
    std::int32_t tokens = 0;
    int threads = 1;
};

// Another program that prefills the same model file, asked again and again.
class Peer {
  public:
    virtual ~Peer() = default;
    virtual nlohmann::ordered_json description() const = 0; // name, version, flags
    virtual Result<double> prefill() = 0;                   // tokens per second
};

// Starts it and loads the model. A name that begins with "python", or a folder with bin/python in it, is an
// interpreter that has llama_cpp; anything else is taken for llama-bench.
Result<std::unique_ptr<Peer>> startPeer(const PeerRequest& request);

} // namespace kvprism::cli
